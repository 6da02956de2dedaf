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
    /// Where an upstream is named that a stronger source outdoes, the strongest first, and whether it
    /// is the one in force all the same.
    outdone_upstreams: Vec<(Origin, bool)>,
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
            outdone_upstreams: outdone_upstreams(command, matches, file).unwrap_or_default(),
        }
    }

    /// Refuses a header that was set for another upstream, whose secret it may be. It is for the one
    /// that its own source names; where that names none, it may be for any.
    pub(crate) fn check_header(&self, flag: &str) -> Result<(), BadSetting> {
        let (upstream, header) = (self.of("upstream"), self.of(flag));
        if header.strength() >= upstream.strength() {
            return Ok(());
        }
        let own = |origin: &Origin| origin.strength() == header.strength();
        let names_one = self.outdone_upstreams.iter().any(|(at, _)| own(at));
        let mut may_be_for = self.outdone_upstreams.iter();
        let other = may_be_for.find(|(at, in_force)| !in_force && (own(at) || !names_one));
        let Some((other, _)) = other else {
            return Ok(());
        };
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

/// As [`Origins`] holds it; nothing where no upstream is in force.
fn outdone_upstreams(
    command: &Command,
    matches: &ArgMatches,
    file: Option<&SettingsFile>,
) -> Option<Vec<(Origin, bool)>> {
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some("upstream"))?;
    let id = arg.get_id().as_str();
    let source = matches.value_source(id)?;
    let in_force = matches.get_raw(id)?.next()?;
    let named = |value: &OsStr, origin| (!value.is_empty()).then(|| (origin, value == in_force));
    let by_variable = || {
        let name = variable(arg)?;
        let value = std::env::var_os(&name)?;
        named(&value, Origin::Variable(name))
    };
    let by_file = || {
        let file = file?;
        named(file.value("upstream")?.as_ref(), file.origin("upstream")?)
    };
    let outdone = match source {
        ValueSource::CommandLine => [by_variable(), by_file()],
        ValueSource::EnvVariable => [None, by_file()],
        _ => [None, None],
    };
    Some(outdone.into_iter().flatten().collect())
}
