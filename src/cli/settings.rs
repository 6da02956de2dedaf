//! Settings from three sources: a flag overrides a variable, a variable overrides a settings file.
//!
//! clap defines every setting once. The file's values become clap's defaults. So flag, variable and file
//! have the same parser and the same errors. An address and the secrets that are sent to it are one unit
//! per source: see [`unit`].

mod file;
mod origin;
mod origins;
mod show;
mod unit;

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, value_parser};

pub(crate) use file::{FileError, SettingsFile};
pub(crate) use origin::{InvalidSetting, Origin};
pub(crate) use origins::Origins;
pub(crate) use show::show;

/// The commands whose settings a file can set, in addition to `rollcall` alone.
const WITH_SETTINGS: [&str; 3] = ["serve", "fetch", "settings"];

/// The file that settings are read from.
#[derive(Args)]
pub(crate) struct SettingsArg {
    /// A settings file in TOML, whose keys are flags without `--`; a flag or a variable overrides it
    /// [default: rollcall/settings.toml in the user's configuration folder, if it exists].
    #[arg(long = "settings", value_name = "FILE", env = "ROLLCALL_SETTINGS")]
    pub(crate) settings_file: Option<PathBuf>,
}

/// The command line or a setting is invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParseError {
    /// clap's own error. clap also returns `--help` and `--version` as errors.
    #[error(transparent)]
    Clap(#[from] clap::Error),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
}

/// A parsed command line.
pub(crate) struct Parsed {
    /// The command that was called, as it is defined.
    pub(crate) command: Command,
    pub(crate) matches: ArgMatches,
    /// The file that settings were read from.
    pub(crate) file: Option<SettingsFile>,
    /// Where the settings of the called command come from.
    pub(crate) origins: Origins,
}

/// Parses a command line, whose first word is the program's name.
pub(crate) fn parse(command: Command, words: &[OsString]) -> Result<Parsed, ParseError> {
    // First without checking values, so that an invalid one can be reported with its origin.
    let unchecked = change_all(command.clone(), |command| {
        command.mut_args(|arg| match is_setting(&arg) {
            true => arg.value_parser(value_parser!(OsString)).required(false),
            false => arg,
        })
    });
    let matches = unchecked.try_get_matches_from(words)?;
    let has_settings = |name| WITH_SETTINGS.contains(&name);
    if !matches.subcommand_name().is_none_or(has_settings) {
        let without_variables = change_all(command.clone(), |command| {
            command.mut_args(|arg| arg.env(Resettable::Reset))
        });
        return Ok(Parsed {
            command,
            matches: without_variables.try_get_matches_from(words)?,
            file: None,
            origins: Origins::default(),
        });
    }
    let (called, unchecked) = called(&command, &matches);
    let path = match raw(unchecked, "settings_file").next() {
        Some(path) => Some(path.into()),
        None => default_path()?,
    };
    let mut file = path
        .map(|path| SettingsFile::read(&path, &command))
        .transpose()?;
    for arg in called.get_arguments().filter(|arg| is_setting(arg)) {
        let id = arg.get_id().as_str();
        let origin = match unchecked.value_source(id) {
            Some(ValueSource::CommandLine) => Origin::CommandLine,
            Some(ValueSource::EnvVariable) => Origin::of_variable(arg),
            _ => continue,
        };
        raw(unchecked, id).try_for_each(|value| check(arg, value, &origin))?;
    }
    let unused_variables = unit::remove_unused_secrets(called, unchecked, file.as_mut())?;
    let resolved = change_all(command.clone(), |command| {
        let command = match &file {
            Some(file) => file.set_defaults(command),
            None => command,
        };
        command.mut_args(|arg| match arg.get_long() {
            Some(flag) if unused_variables.contains(&flag) => arg.env(Resettable::Reset),
            _ => arg,
        })
    });
    let matches = resolved.try_get_matches_from(words)?;
    let (called, called_matches) = self::called(&command, &matches);
    Ok(Parsed {
        origins: Origins::new(called, called_matches, file.as_ref()),
        command: called.clone(),
        matches,
        file,
    })
}

/// Applies a change to the command and to each subcommand with settings.
fn change_all(command: Command, change: impl Fn(Command) -> Command) -> Command {
    WITH_SETTINGS
        .into_iter()
        .fold(change(command), |command, name| {
            command.mut_subcommand(name, &change)
        })
}

/// The command that was called, and its arguments.
fn called<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    let subcommand = matches
        .subcommand()
        .and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    subcommand.unwrap_or((command, matches))
}

/// An argument's values as they were typed.
fn raw<'a>(matches: &'a ArgMatches, id: &str) -> impl Iterator<Item = &'a OsStr> {
    matches.get_raw(id).into_iter().flatten()
}

/// Whether an argument can be set by a variable, as every setting can.
fn is_setting(arg: &Arg) -> bool {
    arg.get_env().is_some()
}

/// Checks a value with its argument's own parser.
fn check(arg: &Arg, value: &OsStr, origin: &Origin) -> Result<(), InvalidSetting> {
    let mut word = OsString::from(format!("--{}=", arg.get_long().unwrap_or_default()));
    word.push(value);
    let alone = Command::new("setting")
        .no_binary_name(true)
        .arg(arg.clone().env(Resettable::Reset).required(false));
    let Err(error) = alone.try_get_matches_from([word]) else {
        return Ok(());
    };
    let takes = error.source().map(ToString::to_string);
    let takes = takes.unwrap_or_else(|| "it takes a value".to_owned());
    let problem = match value.to_string_lossy() {
        value if value.is_empty() => format!("empty: {takes}"),
        _ if is_secret(arg) => format!("invalid: {takes}"),
        value => format!("{value:?}: {takes}"),
    };
    Err(InvalidSetting::new(arg, origin.clone(), problem))
}

/// Whether a value may be a secret.
fn is_secret(arg: &Arg) -> bool {
    matches!(arg.get_long(), Some("header" | "token"))
}

/// Returns the path of the user's own settings file, if it exists.
fn default_path() -> Result<Option<PathBuf>, FileError> {
    use etcetera::BaseStrategy;
    let Ok(folders) = etcetera::choose_base_strategy() else {
        return Ok(None);
    };
    let path = folders.config_dir().join("rollcall/settings.toml");
    match path.try_exists() {
        Ok(true) => Ok(Some(path)),
        Ok(false) => Ok(None),
        Err(error) => Err(FileError::Unreadable(path, error)),
    }
}
