//! Where each setting of a command comes from.

use std::collections::BTreeMap;
use std::fmt;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::SettingsFile;
use super::origin::{InvalidSetting, Origin, Source, name};

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
