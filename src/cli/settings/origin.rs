//! Where a setting's value comes from, and the error that says so.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::SettingsFile;

/// Where a setting's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag.
    CommandLine,
    /// The environment variable of this name.
    Variable(String),
    /// This line of this file.
    File(PathBuf, usize),
    /// Nobody said anything.
    Default,
}

impl Origin {
    /// A source outdoes all that are weaker.
    fn strength(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(..) => 1,
            Self::Variable(_) => 2,
            Self::CommandLine => 3,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("given on the command line"),
            Self::Variable(name) => write!(f, "given by the variable {name}"),
            Self::File(path, line) => write!(f, "given in line {line} of {}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A setting is no good. Names the flag, its variable and where the value comes from.
#[derive(Debug, thiserror::Error)]
#[error("{setting}, {origin}, is {wrong}")]
pub(crate) struct BadSetting {
    setting: String,
    origin: Origin,
    wrong: String,
}

impl BadSetting {
    /// `wrong` goes on from "is": what it got, and what it takes.
    pub(crate) fn new(arg: &Arg, origin: Origin, wrong: impl fmt::Display) -> Self {
        Self {
            setting: name(arg),
            origin,
            wrong: wrong.to_string(),
        }
    }
}

/// As it is written: the flag, and its variable.
fn name(arg: &Arg) -> String {
    let flag = arg.get_long().unwrap_or(arg.get_id().as_str());
    match variable(arg) {
        Some(variable) => format!("--{flag} ({variable})"),
        None => format!("--{flag}"),
    }
}

/// The variable that sets this argument.
pub(super) fn variable(arg: &Arg) -> Option<String> {
    arg.get_env()
        .map(|name| name.to_string_lossy().into_owned())
}

/// Where every setting of a command comes from, by its flag. Empty, everything is by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    by_flag: BTreeMap<String, (String, Origin)>,
    /// Where another upstream than the one in force is named, which a stronger source outdoes.
    other_upstream: Option<Origin>,
}

impl Origins {
    /// Of a command whose defaults come from this file, as far as it names them.
    pub(super) fn new(
        command: &Command,
        matches: &ArgMatches,
        file: Option<&SettingsFile>,
    ) -> Self {
        let settings = command.get_arguments().filter_map(|arg| {
            let flag = arg.get_long()?;
            // Help and version have no value, and clap doesn't know them here.
            let source = matches
                .try_contains_id(arg.get_id().as_str())
                .ok()
                .and_then(|_| matches.value_source(arg.get_id().as_str()));
            let origin = match source {
                Some(ValueSource::CommandLine) => Origin::CommandLine,
                Some(ValueSource::EnvVariable) => Origin::Variable(variable(arg)?),
                _ => file
                    .and_then(|file| file.origin(flag))
                    .unwrap_or(Origin::Default),
            };
            Some((flag.to_owned(), (name(arg), origin)))
        });
        Self {
            by_flag: settings.collect(),
            other_upstream: other_upstream(command, matches, file),
        }
    }

    /// Refuses a header that was set for another upstream: where the one in force outdoes another,
    /// and comes from a stronger source than the header, the header may be that one's secret.
    pub(crate) fn check_header(&self, flag: &str) -> Result<(), BadSetting> {
        let upstream = self.of("upstream");
        let Some(other) = &self.other_upstream else {
            return Ok(());
        };
        if self.of(flag).strength() >= upstream.strength() {
            return Ok(());
        }
        Err(self.bad(
            flag,
            format!(
                "for the upstream {other}, and may be its secret; the one in force is {upstream} \
                 (--upstream). To send headers to this one, give --{flag} as a flag as well"
            ),
        ))
    }

    /// Where the value of this flag comes from.
    pub(crate) fn of(&self, flag: &str) -> Origin {
        self.by_flag
            .get(flag)
            .map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    /// The error of this flag; `wrong` goes on from "is": what it got, and what it takes.
    pub(crate) fn bad(&self, flag: &str, wrong: impl fmt::Display) -> BadSetting {
        let known = self.by_flag.get(flag);
        BadSetting {
            setting: known.map_or_else(|| format!("--{flag}"), |(name, _)| name.clone()),
            origin: self.of(flag),
            wrong: wrong.to_string(),
        }
    }
}

/// Where an upstream is named that is outdone by another.
fn other_upstream(
    command: &Command,
    matches: &ArgMatches,
    file: Option<&SettingsFile>,
) -> Option<Origin> {
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some("upstream"))?;
    let id = arg.get_id().as_str();
    let source = matches.value_source(id)?;
    let in_force = matches.get_raw(id)?.next()?;
    let is_other = |value: &OsStr| !value.is_empty() && value != in_force;
    let by_variable = || {
        let name = variable(arg)?;
        let value = std::env::var_os(&name)?;
        is_other(&value).then_some(Origin::Variable(name))
    };
    let by_file = || {
        let file = file?;
        is_other(file.value("upstream")?.as_ref()).then(|| file.origin("upstream"))?
    };
    match source {
        ValueSource::CommandLine => by_variable().or_else(by_file),
        ValueSource::EnvVariable => by_file(),
        _ => None,
    }
}
