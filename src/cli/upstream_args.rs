//! The upstream's settings as arguments, made from the fetcher's table.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use fetcher::settings::{Kind, Setting, TABLE};
use fetcher::{Fetcher, SettingsError, UpstreamSettings};
use store::Store;

use super::private_file::warn_if_readable_by_others;
use super::settings::{InvalidSetting, Origins};

/// The upstream's settings as they were given: values for the settings of [`TABLE`].
#[derive(Clone, Debug, Default)]
pub(crate) struct UpstreamArgs {
    values: Vec<(&'static Setting, Vec<OsString>)>,
}

/// The upstream's settings are invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    #[error(transparent)]
    Upstream(#[from] SettingsError),
}

impl UpstreamArgs {
    /// The upstream's address, if one is set.
    pub(crate) fn url(&self) -> Option<&str> {
        let mut values = self.values.iter();
        let (_, values) = values.find(|(setting, _)| matches!(setting.kind, Kind::Address))?;
        values.first()?.to_str()
    }

    /// The settings for the upstream at this address. Reads the files that they name.
    pub(crate) fn settings(
        &self,
        url: &str,
        origins: &Origins,
    ) -> Result<UpstreamSettings, InvalidSetting> {
        let mut settings = self.read(origins, |_| true)?;
        settings.url = url.to_owned();
        Ok(settings)
    }

    /// Reads the settings that `is_wanted` selects; all others have their defaults.
    pub(crate) fn read(
        &self,
        origins: &Origins,
        is_wanted: impl Fn(&Setting) -> bool,
    ) -> Result<UpstreamSettings, InvalidSetting> {
        let mut settings = UpstreamSettings::new(String::new());
        let wanted = self.values.iter().filter(|(setting, _)| is_wanted(setting));
        for (setting, values) in wanted {
            for value in values {
                if matches!(setting.kind, Kind::HeaderFile) {
                    warn_if_readable_by_others(Path::new(value));
                }
                setting.set(&mut settings, value).map_err(|problem| {
                    let problem = setting.describe(&value.to_string_lossy(), &problem);
                    origins.invalid(&setting.flag(), problem)
                })?;
            }
        }
        Ok(settings)
    }

    /// A fetcher for the upstream at this address.
    pub(crate) fn fetcher(
        &self,
        store: Store,
        url: &str,
        origins: &Origins,
    ) -> Result<Fetcher, ArgsError> {
        let settings = self.settings(url, origins)?;
        Fetcher::new(store, settings).map_err(|error| {
            let (flag, problem) = match error {
                SettingsError::Address(problem) => (
                    "upstream",
                    format!("{problem}. Use an address such as https://records.example.gov/ssn/"),
                ),
                SettingsError::PlainHttp(_) => ("upstream", error.to_string()),
                SettingsError::Certificates(problem) => ("ca-file", problem),
                error => return ArgsError::Upstream(error),
            };
            origins.invalid(flag, format!("invalid: {problem}")).into()
        })
    }
}

impl FromArgMatches for UpstreamArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let values = TABLE.iter().map(|setting| {
            let values = matches.get_raw(setting.name).into_iter().flatten();
            (setting, values.map(ToOwned::to_owned).collect())
        });
        Ok(Self {
            values: values.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for UpstreamArgs {
    fn augment_args(command: Command) -> Command {
        command
            .next_help_heading("Upstream")
            .args(TABLE.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A setting as clap's argument.
fn argument(setting: &'static Setting) -> Arg {
    let help = match setting.range() {
        Some(range) => format!("{} [range: {range}]", setting.help),
        None => setting.help.to_owned(),
    };
    let argument = Arg::new(setting.name)
        .long(setting.flag())
        .env(setting.variable())
        .help(help);
    let argument = match setting.default_value() {
        // clap's action for a switch sets its default.
        Some(default) if !matches!(setting.kind, Kind::Switch(_)) => {
            argument.default_value(default)
        }
        _ => argument,
    };
    match setting.kind {
        // Listed first, since most calls use it.
        Kind::Address => argument
            .value_name("URL")
            .help_heading(None::<&str>)
            .display_order(0),
        Kind::Headers => argument
            .value_name("HEADER")
            .action(ArgAction::Append)
            .value_parser(move |text: &str| parse(setting, text, |_| text.to_owned())),
        Kind::HeaderFile | Kind::CertificateFile => argument
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf)),
        Kind::Duration { field, .. } => argument.value_name("DURATION").value_parser(
            move |text: &str| -> Result<Duration, String> {
                parse(setting, text, |settings| *field(settings))
            },
        ),
        Kind::Count { field, unit, .. } => argument
            .value_name(if unit == "bytes" { "BYTES" } else { "N" })
            .value_parser(move |text: &str| -> Result<u32, String> {
                parse(setting, text, |settings| *field(settings))
            }),
        Kind::Switch(field) => argument
            .value_name("BOOL")
            .action(ArgAction::SetTrue)
            .num_args(0..=1)
            .require_equals(true)
            .value_parser(move |text: &str| -> Result<bool, String> {
                parse(setting, text, |settings| *field(settings))
            }),
    }
}

/// Parses a value as this setting's. Returns the field of the settings that the value sets.
fn parse<T>(
    setting: &Setting,
    text: &str,
    field: impl Fn(&mut UpstreamSettings) -> T,
) -> Result<T, String> {
    let mut settings = UpstreamSettings::new(String::new());
    setting.set(&mut settings, text.as_ref())?;
    Ok(field(&mut settings))
}
