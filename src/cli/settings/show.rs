//! `rollcall settings`: every setting in force, as a file that can be read again.

use std::fmt::Write;

use clap::{Arg, ArgMatches};

use super::Parsed;
use super::clap_error::is_secret;
use super::file::{Kind, may_set};
use super::origin::variable;
use crate::data::DataFolder;

/// Every setting in force, as TOML. What isn't set, and what may be a secret, is a comment.
pub(crate) fn show(parsed: &Parsed) -> String {
    let (command, matches) = parsed.called();
    let origins = parsed.origins();
    let mut shown = format!(
        "# Rollcall {}: the settings in force.\n",
        env!("CARGO_PKG_VERSION")
    );
    let read = match &parsed.file {
        Some(file) => format!("# Read from {}.\n", file.path().display()),
        None => "# No settings file was read.\n".to_owned(),
    };
    shown.push_str(&read);
    for arg in may_set(command) {
        let flag = arg.get_long().unwrap_or_default();
        shown.push('\n');
        for line in arg
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default()
            .lines()
        {
            // Writing to a text can't fail.
            let _ = writeln!(shown, "# {line}");
        }
        let variable = variable(arg).unwrap_or_default();
        let _ = writeln!(shown, "# --{flag}, {variable}: {}.", origins.of(flag));
        let _ = writeln!(shown, "{}", setting(arg, flag, matches));
    }
    shown
}

fn setting(arg: &Arg, flag: &str, matches: &ArgMatches) -> String {
    let values: Vec<String> = matches
        .get_raw(arg.get_id().as_str())
        .into_iter()
        .flatten()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let kind = Kind::of(arg);
    if values.is_empty() {
        return match (kind, DataFolder::default_path()) {
            (Kind::Texts, _) => format!("{flag} = []"),
            (_, Ok(path)) if flag == "data" => {
                format!("# {flag} = {}", quoted(&path.to_string_lossy()))
            }
            _ => format!("# {flag} is not set"),
        };
    }
    if is_secret(arg) {
        let names = values.iter().map(|header| {
            let name = header.split_once(':').map_or("", |(name, _)| name.trim());
            quoted(&format!("{name}: ***"))
        });
        return format!(
            "# Masked; with --header-file they stand in a file of their own.\n# {flag} = [{}]",
            names.collect::<Vec<_>>().join(", ")
        );
    }
    let first = values.first().map(String::as_str).unwrap_or_default();
    // What stands before an @ or in a query may be a secret.
    if flag == "upstream" && first.contains(['@', '?']) {
        let host = first.rsplit_once('@').map_or(first, |(_, rest)| rest);
        let host = host.split_once("://").map_or(host, |(_, rest)| rest);
        let shown = host.split('?').next().unwrap_or_default();
        return format!(
            "# Masked.\n# {flag} = {}",
            quoted(&format!("***{shown}***"))
        );
    }
    match kind {
        Kind::Switch => format!("{flag} = {first}"),
        Kind::Number => format!("{flag} = {}", number(first)),
        Kind::Text => format!("{flag} = {}", quoted(first)),
        Kind::Texts => {
            let texts: Vec<_> = values.iter().map(|value| quoted(value)).collect();
            format!("{flag} = [{}]", texts.join(", "))
        }
    }
}

/// As TOML has numbers, which has fewer ways to write one than a flag takes.
fn number(text: &str) -> String {
    let text = text.trim();
    let whole = text.parse().map(|whole: u64| whole.to_string()).ok();
    let any = || text.parse().map(|number: f64| number.to_string()).ok();
    whole.or_else(any).unwrap_or_else(|| text.to_owned())
}

/// A JSON string is a string in TOML too, but for one control character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}
