//! Settings: a flag outdoes a variable, a variable a file, a file the default.
//!
//! There is one definition of each, clap's. A file's values are laid into the command as its
//! defaults, so that flag, variable and file are read alike and refused in the same words.

mod arg;
mod clap_error;
mod file;
mod origin;
mod show;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Command};

pub(crate) use arg::SettingsArg;
pub(crate) use file::{FileError, SettingsFile};
pub(crate) use origin::{BadSetting, Origins};
pub(crate) use show::show;

/// The subcommands that a file sets defaults of.
const WITH_SETTINGS: [&str; 3] = ["serve", "fetch", "settings"];

/// A command line can't be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// As clap says it; help and the version as well.
    #[error(transparent)]
    Clap(#[from] clap::Error),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Setting(#[from] BadSetting),
}

/// A command line that was understood.
pub(crate) struct Parsed {
    /// The command, with the file's values as defaults.
    pub(crate) command: Command,
    pub(crate) matches: ArgMatches,
    /// The file that settings were read from.
    pub(crate) file: Option<SettingsFile>,
}

impl Parsed {
    /// Where the settings of the command that was called come from.
    pub(crate) fn origins(&self) -> Origins {
        let (command, matches) = called(&self.command, &self.matches);
        Origins::new(command, matches, self.file.as_ref())
    }

    /// What was called, and its arguments.
    pub(crate) fn called(&self) -> (&Command, &ArgMatches) {
        called(&self.command, &self.matches)
    }
}

/// Reads a command line, whose first word is the program's name.
pub(crate) fn parse(command: Command, given: &[OsString]) -> Result<Parsed, Refused> {
    let told =
        |error: clap::Error, command: &Command| match clap_error::refused(&error, command, given) {
            Some((arg, origin)) => Refused::Setting(clap_error::bad_setting(&error, arg, origin)),
            None => Refused::Clap(error),
        };
    // What is missing may stand in a file, which is known when the rest is read.
    let lenient = each(command.clone(), |command| {
        command.mut_args(|arg| {
            let is_setting = arg.get_env().is_some();
            if is_setting { arg.required(false) } else { arg }
        })
    });
    let matches = lenient
        .try_get_matches_from(given)
        .map_err(|error| told(error, &command))?;
    let name = matches.subcommand_name();
    if name.is_some_and(|name| !WITH_SETTINGS.contains(&name)) {
        return Ok(Parsed {
            command,
            matches,
            file: None,
        });
    }
    let called = called(&command, &matches).1;
    let path = match called.get_one::<PathBuf>("settings_file") {
        Some(path) => Some(path.clone()),
        None => default_path()?,
    };
    let Some(path) = path else {
        let matches = command.clone().try_get_matches_from(given);
        return Ok(Parsed {
            matches: matches.map_err(|error| told(error, &command))?,
            command,
            file: None,
        });
    };
    let file = SettingsFile::read(&path, &command)?;
    let command = each(command, |command| file.lay_into(command));
    let matches = command
        .clone()
        .try_get_matches_from(given)
        .map_err(|error| told(error, &command))?;
    Ok(Parsed {
        command,
        matches,
        file: Some(file),
    })
}

/// The command and its subcommands that have settings, each changed.
fn each(command: Command, change: impl Fn(Command) -> Command) -> Command {
    WITH_SETTINGS
        .into_iter()
        .fold(change(command), |command, name| {
            command.mut_subcommand(name, &change)
        })
}

fn called<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    let subcommand = matches
        .subcommand()
        .and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    subcommand.unwrap_or((command, matches))
}

/// The user's own settings, where there are any.
fn default_path() -> Result<Option<PathBuf>, FileError> {
    use etcetera::BaseStrategy;
    let Ok(places) = etcetera::choose_base_strategy() else {
        return Ok(None);
    };
    let path = places.config_dir().join("rollcall/settings.toml");
    match path.try_exists() {
        Ok(true) => Ok(Some(path)),
        Ok(false) => Ok(None),
        Err(error) => Err(FileError::Unreadable(path, error)),
    }
}
