//! Settings in a file: TOML, each named as its flag is.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::builder::Resettable;
use clap::{Arg, ArgAction, Command};
use toml::de::{DeTable, DeValue};

use super::clap_error::bad_setting;
use super::origin::{BadSetting, Origin};
use crate::cli::headers;

/// A settings file can't be used. No message repeats what is in it but a setting's own value: a
/// line may hold a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the settings file {0} can't be read: {1}")]
    Unreadable(PathBuf, io::Error),
    #[error(
        "line {line} of the settings file {path} can't be read: {message}. It takes TOML, such as `max-attempts = 4`"
    )]
    Syntax {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("line {line} of the settings file {path}: `{name}` is no setting; it takes {known}")]
    Unknown {
        path: PathBuf,
        line: usize,
        name: String,
        known: String,
    },
    #[error(transparent)]
    Bad(#[from] BadSetting),
}

/// What a file says of settings.
#[derive(Debug, Default)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    /// By flag.
    settings: BTreeMap<String, Setting>,
}

#[derive(Debug)]
struct Setting {
    line: usize,
    /// As a command line would have them.
    values: Vec<String>,
}

impl SettingsFile {
    /// Reads a file that may set what this command's variables set.
    pub(super) fn read(path: &Path, command: &Command) -> Result<Self, FileError> {
        let text = fs::read_to_string(path)
            .map_err(|error| FileError::Unreadable(path.to_owned(), error))?;
        let file = Self::parse(path, &text, command)?;
        if file.settings.contains_key("header") {
            headers::warn_if_open_to_others(path);
        }
        Ok(file)
    }

    fn parse(path: &Path, text: &str, command: &Command) -> Result<Self, FileError> {
        let line_of = |at: usize| {
            let before = text.as_bytes().iter().take(at);
            1 + before.filter(|byte| **byte == b'\n').count()
        };
        let table = DeTable::parse(text).map_err(|error| FileError::Syntax {
            path: path.to_owned(),
            line: line_of(error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let mut settings = BTreeMap::new();
        for (key, value) in table.get_ref() {
            let line = line_of(key.span().start);
            let name = key.get_ref().as_ref();
            let Some(arg) = may_set(command).find(|arg| arg.get_long() == Some(name)) else {
                let known: Vec<_> = may_set(command).filter_map(Arg::get_long).collect();
                return Err(FileError::Unknown {
                    path: path.to_owned(),
                    line,
                    name: name.to_owned(),
                    known: known.join(", "),
                });
            };
            let origin = || Origin::File(path.to_owned(), line);
            let values = Kind::of(arg)
                .read(value.get_ref())
                .map_err(|wrong| BadSetting::new(arg, origin(), wrong))?;
            check(arg, &values, origin)?;
            settings.insert(name.to_owned(), Setting { line, values });
        }
        let path = path.to_owned();
        Ok(Self { path, settings })
    }

    /// Where the file stands.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the file sets this flag.
    pub(super) fn origin(&self, flag: &str) -> Option<Origin> {
        let setting = self.settings.get(flag)?;
        Some(Origin::File(self.path.clone(), setting.line))
    }

    /// The first value that the file sets this flag to.
    pub(super) fn value(&self, flag: &str) -> Option<&str> {
        let first = self.settings.get(flag)?.values.first()?;
        Some(first)
    }

    /// The command with the file's values as its defaults.
    pub(super) fn lay_into(&self, command: Command) -> Command {
        command.mut_args(
            |arg| match arg.get_long().and_then(|flag| self.settings.get(flag)) {
                Some(setting) => arg.default_values(setting.values.clone()).required(false),
                None => arg,
            },
        )
    }
}

/// The arguments of a command that a file may set: those that have a variable, but for the file.
pub(super) fn may_set(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| arg.get_env().is_some() && arg.get_long() != Some("settings"))
}

/// Whether the argument takes these values, by its own parser.
fn check(arg: &Arg, values: &[String], origin: impl Fn() -> Origin) -> Result<(), BadSetting> {
    let flag = arg.get_long().unwrap_or_default();
    let alone = Command::new("settings")
        .no_binary_name(true)
        .arg(arg.clone().env(Resettable::Reset).required(false));
    let given = values.iter().map(|value| format!("--{flag}={value}"));
    match alone.try_get_matches_from(given) {
        Ok(_) => Ok(()),
        Err(error) => Err(bad_setting(&error, arg, origin())),
    }
}

/// What a setting is in TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Switch,
    Number,
    Text,
    Texts,
}

impl Kind {
    pub(super) fn of(arg: &Arg) -> Self {
        let parsed = arg.get_value_parser().type_id();
        let is_number = [
            TypeId::of::<u32>(),
            TypeId::of::<usize>(),
            TypeId::of::<f64>(),
        ];
        if parsed == TypeId::of::<bool>() {
            Self::Switch
        } else if is_number.iter().any(|number| parsed == *number) {
            Self::Number
        } else if matches!(arg.get_action(), ArgAction::Append) {
            Self::Texts
        } else {
            Self::Text
        }
    }

    fn takes(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Number => "a number",
            Self::Text => "a text in quotes",
            Self::Texts => "a list of texts, such as [\"…\", \"…\"]",
        }
    }

    /// The value as a command line would have it; else what it is, and what it should be.
    fn read(self, value: &DeValue<'_>) -> Result<Vec<String>, String> {
        let wrong = |value: &DeValue<'_>| {
            let article = match value {
                DeValue::Integer(_) | DeValue::Array(_) => "an",
                _ => "a",
            };
            format!("{article} {}: it takes {}", value.type_str(), self.takes())
        };
        match (self, value) {
            (Self::Switch, DeValue::Boolean(value)) => Ok(vec![value.to_string()]),
            (Self::Number, DeValue::Integer(value)) => {
                let number = i64::from_str_radix(value.as_str(), value.radix());
                Ok(vec![
                    number
                        .map_err(|_| wrong(&DeValue::Integer(value.clone())))?
                        .to_string(),
                ])
            }
            (Self::Number, DeValue::Float(value)) => Ok(vec![value.as_str().to_owned()]),
            (Self::Text | Self::Texts, DeValue::String(text)) => Ok(vec![text.to_string()]),
            (Self::Texts, DeValue::Array(values)) => values
                .iter()
                .map(|value| match value.get_ref() {
                    DeValue::String(text) => Ok(text.to_string()),
                    other => Err(format!("a list with {}", wrong(other))),
                })
                .collect(),
            (_, other) => Err(wrong(other)),
        }
    }
}
