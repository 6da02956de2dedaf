//! The origin of a setting's value, and the error that names it.

use std::fmt;
use std::path::PathBuf;

use clap::Arg;

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
    pub(super) setting: String,
    pub(super) origin: Origin,
    pub(super) problem: String,
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
pub(super) fn name(arg: &Arg) -> String {
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
