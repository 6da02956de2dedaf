//! The origin of a setting's value, and the error that names it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::SettingsFile;

/// A source of settings. A later variant overrides an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    File,
    Variables,
    CommandLine,
}

impl Source {
    pub(super) const STRONGEST_FIRST: [Self; 3] = [Self::CommandLine, Self::Variables, Self::File];
}

/// Where a setting's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag.
    CommandLine,
    /// The environment variable of this name.
    Variable(String),
    /// This line of this file.
    File(PathBuf, usize),
    Default,
}

impl Origin {
    /// The variable of this argument.
    pub(super) fn of_variable(arg: &Arg) -> Self {
        Self::Variable(variable(arg).unwrap_or_default())
    }

    /// The source; none for a default.
    pub(crate) fn source(&self) -> Option<Source> {
        match self {
            Self::CommandLine => Some(Source::CommandLine),
            Self::Variable(_) => Some(Source::Variables),
            Self::File(..) => Some(Source::File),
            Self::Default => None,
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

/// A setting is invalid. The message names its flag, its variable and the value's origin.
#[derive(Debug, thiserror::Error)]
#[error("{setting}, {origin}, is {problem}")]
pub(crate) struct InvalidSetting {
    setting: String,
    origin: Origin,
    problem: String,
}

impl InvalidSetting {
    /// Creates the error. `problem` completes the sentence "the setting is …".
    ///
    /// It contains the value and what the setting takes, as in `"x": it takes 1 to 10`.
    pub(crate) fn new(arg: &Arg, origin: Origin, problem: impl fmt::Display) -> Self {
        Self {
            setting: name(arg),
            origin,
            problem: problem.to_string(),
        }
    }
}

/// The flag and its variable: `--max-attempts (ROLLCALL_MAX_ATTEMPTS)`.
fn name(arg: &Arg) -> String {
    let flag = arg.get_long().unwrap_or(arg.get_id().as_str());
    match variable(arg) {
        Some(variable) => format!("--{flag} ({variable})"),
        None => format!("--{flag}"),
    }
}

/// The variable that sets this argument.
pub(super) fn variable(arg: &Arg) -> Option<String> {
    let name = arg.get_env()?;
    Some(name.to_string_lossy().into_owned())
}

/// Where each setting of a command comes from, by its flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    by_flag: BTreeMap<String, (String, Origin)>,
}

impl Origins {
    /// Reads the origins of a command whose defaults come from this file.
    pub(super) fn new(
        command: &Command,
        matches: &ArgMatches,
        file: Option<&SettingsFile>,
    ) -> Self {
        let settings = command.get_arguments().filter_map(|arg| {
            let (flag, id) = (arg.get_long()?, arg.get_id().as_str());
            // clap's own flags have no value.
            matches.try_contains_id(id).ok()?;
            let origin = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => Origin::CommandLine,
                Some(ValueSource::EnvVariable) => Origin::of_variable(arg),
                _ => file
                    .and_then(|file| file.origin(flag))
                    .unwrap_or(Origin::Default),
            };
            Some((flag.to_owned(), (name(arg), origin)))
        });
        Self {
            by_flag: settings.collect(),
        }
    }

    /// Where the value of this flag comes from.
    pub(crate) fn of(&self, flag: &str) -> Origin {
        let known = self.by_flag.get(flag);
        known.map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    /// Whether the flag itself is on the command line.
    pub(crate) fn is_flag(&self, flag: &str) -> bool {
        self.of(flag) == Origin::CommandLine
    }

    /// Whether a flag or its variable is set.
    pub(crate) fn is_given(&self, flag: &str) -> bool {
        self.of(flag).source() >= Some(Source::Variables)
    }

    /// Creates the error of this flag. `problem` is as in [`InvalidSetting::new`].
    pub(crate) fn invalid(&self, flag: &str, problem: impl fmt::Display) -> InvalidSetting {
        let known = self.by_flag.get(flag);
        InvalidSetting {
            setting: known.map_or_else(|| format!("--{flag}"), |(name, _)| name.clone()),
            origin: self.of(flag),
            problem: problem.to_string(),
        }
    }
}
