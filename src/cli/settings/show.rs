//! `rollcall settings`: every setting in force, as a settings file.

use std::fmt::Write;

use clap::{Arg, ArgMatches};

use super::Parsed;
use super::file::{Kind, arguments};
use super::origin::variable;
use super::{is_secret, raw};
use crate::data::DataFolder;

/// Returns every setting in force, as TOML. An unset value or a possible secret is a comment.
pub(crate) fn show(parsed: &Parsed) -> String {
    let matches = match parsed.matches.subcommand() {
        Some((_, matches)) => matches,
        None => &parsed.matches,
    };
    let mut shown = format!(
        "# Rollcall {}: the settings in force.\n",
        env!("CARGO_PKG_VERSION")
    );
    let read = match &parsed.file {
        Some(file) => format!("# Read from {}.\n", file.path().display()),
        None => "# No settings file was read.\n".to_owned(),
    };
    shown.push_str(&read);
    for arg in arguments(&parsed.command) {
        let flag = arg.get_long().unwrap_or_default();
        shown.push('\n');
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines() {
            // Writing to a string can't fail.
            let _ = writeln!(shown, "# {line}");
        }
        let variable = variable(arg).unwrap_or_default();
        let origin = parsed.origins.of(flag);
        let _ = writeln!(shown, "# --{flag}, {variable}: {origin}.");
        let _ = writeln!(shown, "{}", setting(arg, flag, matches));
    }
    shown
}

/// Returns the line that sets this flag, or a comment if it is unset or may be a secret.
fn setting(arg: &Arg, flag: &str, matches: &ArgMatches) -> String {
    let values: Vec<String> = raw(matches, arg.get_id().as_str())
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let kind = Kind::of(arg);
    let Some(first) = values.first() else {
        return match (kind, DataFolder::default_path()) {
            (Kind::Texts, _) => format!("{flag} = []"),
            (_, Ok(path)) if flag == "data" => {
                format!("# {flag} = {}", quoted(&path.to_string_lossy()))
            }
            _ => format!("# {flag} is not set"),
        };
    };
    if is_secret(arg) {
        let lines = values.iter().flat_map(|headers| headers.lines());
        let names = lines.filter_map(|header| {
            let (name, _) = header.split_once(':')?;
            Some(quoted(&format!("{}: ***", name.trim())))
        });
        return format!(
            "# Masked. Put headers into a file and name it with --header-file, to see its name here.\n# {flag} = [{}]",
            names.collect::<Vec<_>>().join(", ")
        );
    }
    // A user, a password or a query may be a secret.
    if flag == "upstream" && first.contains(['@', '?']) {
        let host = first.rsplit_once('@').map_or(&**first, |(_, rest)| rest);
        let host = host.split_once("://").map_or(host, |(_, rest)| rest);
        let shown = host.split('?').next().unwrap_or_default();
        let shown = quoted(&format!("***{shown}***"));
        return format!("# Masked.\n# {flag} = {shown}");
    }
    let value = match kind {
        Kind::Switch => first.clone(),
        Kind::Number => number(first).unwrap_or_else(|| first.clone()),
        Kind::Duration => number(first).unwrap_or_else(|| quoted(first)),
        Kind::Text => quoted(first),
        Kind::Texts => {
            let texts: Vec<_> = values.iter().map(|value| quoted(value)).collect();
            format!("[{}]", texts.join(", "))
        }
    };
    format!("{flag} = {value}")
}

/// A number in TOML's syntax, which allows fewer notations than a flag.
fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = text.parse().map(|whole: u64| whole.to_string()).ok();
    whole.or_else(|| text.parse().map(|number: f64| number.to_string()).ok())
}

/// A TOML string. It is written as JSON, which differs in one control character only.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}
