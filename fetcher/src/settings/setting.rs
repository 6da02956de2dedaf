//! One setting of the table: how its value is parsed, checked and shown.

use std::ffi::OsStr;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::UpstreamSettings;
use crate::SettingsError;

/// The syntax of a header, as an error describes it.
const HEADER: &str = "it takes `Name: value`, such as `X-Api-Key: …`";

/// The definition of one setting.
#[derive(Debug)]
pub struct Setting {
    /// The name in snake case, such as `attempt_timeout`.
    pub name: &'static str,
    /// What it does, in a line without a full stop.
    pub help: &'static str,
    /// The type of its value, with default and range.
    pub kind: Kind,
}

/// The type of a setting's value, with default and range.
#[derive(Debug)]
pub enum Kind {
    /// The upstream's address. [`Fetcher::new`](crate::Fetcher::new) checks it.
    Address,
    /// Headers, one `Name: value` per line. They may be secrets.
    Headers,
    /// The path of a file of such headers.
    HeaderFile,
    /// The path of a file of certificates in PEM.
    CertificateFile,
    /// A duration, such as `30` (seconds), `30s` or `500ms`.
    Duration {
        /// The default.
        default: Duration,
        /// The valid values.
        range: RangeInclusive<Duration>,
        /// Returns its field in the settings.
        field: fn(&mut UpstreamSettings) -> &mut Duration,
    },
    /// A whole number.
    Count {
        /// The default.
        default: u32,
        /// The valid values.
        range: RangeInclusive<u32>,
        /// What it counts, such as `bytes`.
        unit: &'static str,
        /// Returns its field in the settings.
        field: fn(&mut UpstreamSettings) -> &mut u32,
    },
    /// `true` or `false`; `false` by default. The function returns its field in the settings.
    Switch(fn(&mut UpstreamSettings) -> &mut bool),
}

impl Setting {
    /// Returns the flag without its hyphens, which is also the key in a settings file: `attempt-timeout`.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Returns the name of the environment variable: `ROLLCALL_ATTEMPT_TIMEOUT`.
    pub fn variable(&self) -> String {
        format!("ROLLCALL_{}", self.name.to_uppercase())
    }

    /// Returns the default, if there is one, in the syntax of [`Self::set`].
    pub fn default_value(&self) -> Option<String> {
        match &self.kind {
            Kind::Duration { default, .. } => Some(format_duration(*default)),
            Kind::Count { default, .. } => Some(default.to_string()),
            Kind::Switch(_) => Some(false.to_string()),
            _ => None,
        }
    }

    /// Returns the range with its unit, such as `1 to 10 attempts`, if there is one.
    pub fn range(&self) -> Option<String> {
        match &self.kind {
            Kind::Duration { range, .. } => Some(format!(
                "{} to {}",
                format_duration(*range.start()),
                format_duration(*range.end())
            )),
            Kind::Count { range, unit, .. } => {
                Some(format!("{} to {} {unit}", range.start(), range.end()))
            }
            _ => None,
        }
    }

    /// Whether a value may be a secret, which no message may contain.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Headers)
    }

    /// Parses a value and sets its field. Reads a file; adds headers to those already set.
    ///
    /// The error says what is wrong and which values are valid, such as `it takes 1 to 10 attempts`. It
    /// does not contain the value: [`Self::describe`] adds that, unless it may be a secret.
    pub fn set(&self, settings: &mut UpstreamSettings, value: &OsStr) -> Result<(), String> {
        let text = value.to_str().unwrap_or_default();
        match &self.kind {
            Kind::Address => settings.url = text.to_owned(),
            Kind::Headers => {
                let headers = parse_headers(text).map_err(|line| match line {
                    1 => HEADER.to_owned(),
                    line => format!("line {line} is no header: {HEADER}"),
                })?;
                if headers.is_empty() {
                    return Err(HEADER.to_owned());
                }
                settings.headers.extend(headers);
            }
            Kind::HeaderFile => {
                let text =
                    String::from_utf8(read(value)?).map_err(|_| "it isn't UTF-8".to_owned())?;
                let headers = parse_headers(&text)
                    .map_err(|line| format!("its line {line} is no header: {HEADER}"))?;
                settings.headers.extend(headers);
            }
            Kind::CertificateFile => {
                let pem = read(value)?;
                // rustls accepts a file without certificates, but that is a mistake of the operator.
                if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
                    return Err("it holds no certificate: it takes PEM".to_owned());
                }
                settings.trusted_certificates = Some(pem);
            }
            Kind::Duration { range, field, .. } => {
                let duration = parse_duration(text).filter(|duration| range.contains(duration));
                *field(settings) = duration.ok_or_else(|| self.expected())?;
            }
            Kind::Count { range, field, .. } => {
                let count = text.trim().parse().ok();
                let count = count.filter(|count| range.contains(count));
                *field(settings) = count.ok_or_else(|| self.expected())?;
            }
            Kind::Switch(field) => {
                *field(settings) = text.trim().parse().map_err(|_| self.expected())?;
            }
        }
        Ok(())
    }

    /// Describes an invalid value and its problem. Omits the value if it may be a secret.
    pub fn describe(&self, value: &str, problem: &str) -> String {
        match self.is_secret() {
            true => format!("invalid: {problem}"),
            false => format!("{value:?}: {problem}"),
        }
    }

    fn expected(&self) -> String {
        let range = self.range();
        match &self.kind {
            Kind::Duration { .. } => format!(
                "it takes {}, such as 30 (seconds), 30s or 500ms",
                range.unwrap_or_default()
            ),
            Kind::Switch(_) => "it takes true or false".to_owned(),
            _ => format!("it takes {}", range.unwrap_or_default()),
        }
    }

    /// Sets the default.
    pub(super) fn reset(&self, settings: &mut UpstreamSettings) {
        match &self.kind {
            Kind::Duration { default, field, .. } => *field(settings) = *default,
            Kind::Count { default, field, .. } => *field(settings) = *default,
            _ => {}
        }
    }

    /// Checks that the field is within the range.
    pub(super) fn check(&self, settings: &mut UpstreamSettings) -> Result<(), SettingsError> {
        let outside = match &self.kind {
            Kind::Duration { range, field, .. } => {
                let value = *field(settings);
                (!range.contains(&value)).then(|| format_duration(value))
            }
            Kind::Count { range, field, .. } => {
                let value = *field(settings);
                (!range.contains(&value)).then(|| value.to_string())
            }
            _ => None,
        };
        match outside {
            None => Ok(()),
            Some(value) => Err(SettingsError::Invalid {
                name: self.name.to_owned(),
                problem: self.describe(&value, &self.expected()),
            }),
        }
    }
}

/// Parses a number of seconds, or numbers with units such as `1m 30s` or `1.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

fn format_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// Parses one `Name: value` per line and skips blank lines. The error is the number of an invalid line.
fn parse_headers(text: &str) -> Result<Vec<(HeaderName, HeaderValue)>, usize> {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim().parse().ok()?;
        let mut value: HeaderValue = value.trim().parse().ok()?;
        value.set_sensitive(true);
        Some((name, value))
    };
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| header(line).ok_or(index + 1))
        .collect()
}

fn read(path: &OsStr) -> Result<Vec<u8>, String> {
    fs::read(Path::new(path)).map_err(|error| format!("it can't be read: {error}"))
}
