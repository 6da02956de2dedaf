//! A settings file: TOML, whose keys are flags without `--`.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use clap::{Arg, ArgAction, Command};
use toml::de::{DeTable, DeValue};

use super::{InvalidSetting, Origin, check, is_setting};
use crate::cli::private_file::warn_if_readable_by_others;

/// A settings file can't be used. No message repeats a line of the file, since it may hold a secret.
///
/// [`InvalidSetting`] repeats the setting's value, unless that may be a secret.
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
    #[error(
        "line {line} of the settings file {path}: `{name}` is not a setting. The settings are {known}"
    )]
    Unknown {
        path: PathBuf,
        line: usize,
        name: String,
        known: String,
    },
    #[error(transparent)]
    Invalid(#[from] InvalidSetting),
}

/// A settings file.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    /// The settings by their flags.
    settings: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    line: usize,
    /// The values, each as on a command line.
    values: Vec<String>,
}

impl SettingsFile {
    /// Reads a file that may set this command's settings, and checks each value.
    pub(super) fn read(path: &Path, command: &Command) -> Result<Self, FileError> {
        let text = fs::read_to_string(path)
            .map_err(|error| FileError::Unreadable(path.to_owned(), error))?;
        let file = Self::parse(path, &text, command)?;
        if file.settings.contains_key("header") {
            warn_if_readable_by_others(path);
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
            let Some(arg) = arguments(command).find(|arg| arg.get_long() == Some(name)) else {
                let known: Vec<_> = arguments(command).filter_map(Arg::get_long).collect();
                return Err(FileError::Unknown {
                    path: path.to_owned(),
                    line,
                    name: name.to_owned(),
                    known: known.join(", "),
                });
            };
            let origin = Origin::File(path.to_owned(), line);
            let values = Kind::of(arg)
                .read(value.get_ref())
                .map_err(|problem| InvalidSetting::new(arg, origin.clone(), problem))?;
            for value in &values {
                check(arg, value.as_ref(), &origin)?;
            }
            settings.insert(name.to_owned(), Entry { line, values });
        }
        let path = path.to_owned();
        Ok(Self { path, settings })
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the file sets this flag.
    pub(super) fn origin(&self, flag: &str) -> Option<Origin> {
        let entry = self.settings.get(flag)?;
        Some(Origin::File(self.path.clone(), entry.line))
    }

    /// The first value that the file sets this flag to.
    pub(super) fn value(&self, flag: &str) -> Option<&str> {
        let first = self.settings.get(flag)?.values.first()?;
        Some(first)
    }

    /// Removes the file's value of this flag.
    pub(super) fn remove(&mut self, flag: &str) {
        self.settings.remove(flag);
    }

    /// The command with the file's values as its defaults.
    pub(super) fn set_defaults(&self, command: Command) -> Command {
        command.mut_args(
            |arg| match arg.get_long().and_then(|flag| self.settings.get(flag)) {
                Some(entry) => arg.default_values(entry.values.clone()).required(false),
                None => arg,
            },
        )
    }
}

/// The arguments that a file may set: all settings but the file itself.
pub(super) fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| is_setting(arg) && arg.get_long() != Some("settings"))
}

/// A setting's type in TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Switch,
    Number,
    /// A number of seconds, or a text with a unit.
    Duration,
    Text,
    Texts,
}

impl Kind {
    pub(super) fn of(arg: &Arg) -> Self {
        let parsed = arg.get_value_parser().type_id();
        if parsed == TypeId::of::<bool>() {
            Self::Switch
        } else if parsed == TypeId::of::<u32>() || parsed == TypeId::of::<f64>() {
            Self::Number
        } else if parsed == TypeId::of::<Duration>() {
            Self::Duration
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
            Self::Duration => "a number of seconds, or a duration in quotes such as \"500ms\"",
            Self::Text => "a text in quotes",
            Self::Texts => "a list of texts, such as [\"…\", \"…\"]",
        }
    }

    /// Returns the value as on a command line. The error names its type and the expected type.
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
            (Self::Number | Self::Duration, DeValue::Integer(value)) => {
                let number = i64::from_str_radix(value.as_str(), value.radix());
                let number = number.map_err(|_| wrong(&DeValue::Integer(value.clone())))?;
                Ok(vec![number.to_string()])
            }
            (Self::Number | Self::Duration, DeValue::Float(value)) => {
                Ok(vec![value.as_str().to_owned()])
            }
            (Self::Duration | Self::Text | Self::Texts, DeValue::String(text)) => {
                Ok(vec![text.to_string()])
            }
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
