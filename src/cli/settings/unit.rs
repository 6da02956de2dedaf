//! An address and the secrets that are sent to it are one unit per source.
//!
//! The strongest source that names an address decides which one is used: flags, then variables, then
//! the settings file. A source's secrets belong to the address that the same source names, and are
//! used only if that address is in use. Secrets of a source without an address are used if all other
//! sources name the same address. Otherwise it is unclear which address they belong to, and that is an
//! error. So a secret is never sent to an address that it was not set for.

use std::ffi::OsStr;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use reqwest::Url;

use super::origin::{Source, variable};
use super::{InvalidSetting, Origin, SettingsFile};

/// An address and the secrets that are sent to it, by their flags.
struct Unit {
    address: &'static str,
    secrets: [&'static str; 2],
}

const UNITS: [Unit; 2] = [
    Unit {
        address: "upstream",
        secrets: ["header", "header-file"],
    },
    Unit {
        address: "api",
        secrets: ["token", "token-file"],
    },
];

/// Removes from the file the secrets of addresses that are not in use.
///
/// Returns the flags whose variables must be ignored for the same reason.
pub(super) fn remove_unused_secrets(
    command: &Command,
    matches: &ArgMatches,
    mut file: Option<&mut SettingsFile>,
) -> Result<Vec<&'static str>, InvalidSetting> {
    let mut unused_variables = Vec::new();
    for unit in &UNITS {
        let sources = Sources {
            command,
            matches,
            file: file.as_deref(),
        };
        let unused = unit.unused_sources(&sources)?;
        if unused.contains(&Source::Variables) {
            unused_variables.extend(unit.secrets);
        }
        if let Some(file) = file
            .as_deref_mut()
            .filter(|_| unused.contains(&Source::File))
        {
            unit.secrets.iter().for_each(|flag| file.remove(flag));
        }
    }
    Ok(unused_variables)
}

impl Unit {
    /// Returns the sources whose secrets are for another address than the one in use.
    fn unused_sources(&self, sources: &Sources<'_>) -> Result<Vec<Source>, InvalidSetting> {
        let addresses: Vec<_> = Source::STRONGEST_FIRST
            .into_iter()
            .filter_map(|source| {
                let (origin, address) = sources.value(source, self.address)?;
                Some((source, origin, address))
            })
            .collect();
        let Some((_, used, address)) = addresses.first() else {
            return Ok(Vec::new());
        };
        let mut others = addresses.iter();
        let Some((_, other, _)) = others.find(|(_, _, other)| !is_same_address(other, address))
        else {
            return Ok(Vec::new());
        };
        let mut unused = Vec::new();
        for source in Source::STRONGEST_FIRST {
            match addresses
                .iter()
                .find(|(named_by, _, _)| *named_by == source)
            {
                Some((_, _, own)) if is_same_address(own, address) => {}
                Some(_) => unused.push(source),
                None => self.refuse_secrets(sources, source, [used, other])?,
            }
        }
        Ok(unused)
    }

    /// Returns an error if the source has secrets: they may belong to either of two addresses.
    fn refuse_secrets(
        &self,
        sources: &Sources<'_>,
        source: Source,
        [used, other]: [&Origin; 2],
    ) -> Result<(), InvalidSetting> {
        for flag in self.secrets {
            if let (Some(arg), Some((origin, _))) =
                (sources.argument(flag), sources.value(source, flag))
            {
                let problem = format!(
                    "ambiguous: it may be for the --{address} {used}, or for the one {other}. Set \
                     --{address} in the same place as --{flag}",
                    address = self.address
                );
                return Err(InvalidSetting::new(arg, origin, problem));
            }
        }
        Ok(())
    }
}

/// The values of one command's arguments, by source.
struct Sources<'a> {
    command: &'a Command,
    matches: &'a ArgMatches,
    file: Option<&'a SettingsFile>,
}

impl<'a> Sources<'a> {
    fn argument(&self, flag: &str) -> Option<&'a Arg> {
        let mut arguments = self.command.get_arguments();
        arguments.find(|arg| arg.get_long() == Some(flag))
    }

    /// The first value that this source sets, whether or not another one overrides it.
    fn value(&self, source: Source, flag: &str) -> Option<(Origin, String)> {
        let arg = self.argument(flag)?;
        let id = arg.get_id().as_str();
        let text = |value: &OsStr| value.to_string_lossy().into_owned();
        let (origin, value) = match source {
            Source::CommandLine => {
                let is_given = self.matches.value_source(id) == Some(ValueSource::CommandLine);
                let value = super::raw(self.matches, id).next().filter(|_| is_given)?;
                (Origin::CommandLine, text(value))
            }
            Source::Variables => {
                let name = variable(arg)?;
                let value = std::env::var_os(&name)?;
                (Origin::Variable(name), text(&value))
            }
            Source::File => {
                let file = self.file?;
                (file.origin(flag)?, file.value(flag)?.to_owned())
            }
        };
        (!value.is_empty()).then_some((origin, value))
    }
}

/// Whether two addresses have the same scheme, host, port and path.
fn is_same_address(one: &str, other: &str) -> bool {
    let place = |text: &str| {
        let url = Url::parse(text).ok()?;
        let path = url.path().trim_end_matches('/').to_owned();
        Some((url.origin(), path))
    };
    // The origin of `localhost:8686`, an address without its scheme, isn't even equal to itself.
    if one == other {
        return true;
    }
    match (place(one), place(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}
