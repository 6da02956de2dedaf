//! What clap says of a setting's value, in the words that all settings' errors have.

use std::error::Error;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::origin::{BadSetting, Origin, variable};

/// The argument whose value is refused, and where the value comes from, where it is a setting and
/// no file was read yet.
pub(super) fn refused<'a>(
    error: &clap::Error,
    command: &'a Command,
    given: &[OsString],
) -> Option<(&'a Arg, Origin)> {
    let is_of_value = matches!(
        error.kind(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
    );
    let shown = text(error, ContextKind::InvalidArg).filter(|_| is_of_value)?;
    let flag = shown.strip_prefix("--")?.split([' ', '=', '[']).next()?;
    let commands = std::iter::once(command).chain(command.get_subcommands());
    let arg = commands
        .flat_map(Command::get_arguments)
        .find(|arg| arg.get_long() == Some(flag) && arg.get_env().is_some())?;
    let is_given = given.iter().filter_map(|word| word.to_str()).any(|word| {
        word.strip_prefix("--")
            .and_then(|word| word.strip_prefix(flag))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    });
    let origin = match variable(arg) {
        Some(variable) if !is_given => Origin::Variable(variable),
        _ => Origin::CommandLine,
    };
    Some((arg, origin))
}

/// The error of a setting's value, which isn't repeated where it may be a secret.
pub(super) fn bad_setting(error: &clap::Error, arg: &Arg, origin: Origin) -> BadSetting {
    let takes = error.source().map(ToString::to_string);
    let takes = takes.unwrap_or_else(|| "it takes a value".to_owned());
    let wrong = match text(error, ContextKind::InvalidValue) {
        Some(got) if !got.is_empty() && is_secret(arg) => {
            format!("no good: {takes}")
        }
        Some(got) if !got.is_empty() => format!("{got:?}: {takes}"),
        _ => format!("empty: {takes}"),
    };
    BadSetting::new(arg, origin, wrong)
}

/// Whether the value may be a secret.
pub(super) fn is_secret(arg: &Arg) -> bool {
    matches!(arg.get_long(), Some("header" | "token"))
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}
