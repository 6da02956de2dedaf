//! The upstream's settings as environment variables, which is how a Lambda is told.

use std::fs;
use std::str::FromStr;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{SettingsError, UpstreamSettings};

/// How a duration is written.
const DURATION: &str = "a duration such as 30s or 200ms";

impl UpstreamSettings {
    /// Settings from variables named `ROLLCALL_…`; what isn't set has its default. `lookup` answers
    /// a variable's value. An error names the variable and what it takes, never a header's value.
    pub fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let url = lookup("ROLLCALL_UPSTREAM_URL").ok_or_else(|| {
            SettingsError::Address("the variable ROLLCALL_UPSTREAM_URL is not set".to_owned())
        })?;
        let read = Reader(lookup);
        let mut settings = Self::new(url);
        read.duration("ROLLCALL_CONNECT_TIMEOUT", &mut settings.connect_timeout)?;
        read.duration("ROLLCALL_ATTEMPT_TIMEOUT", &mut settings.attempt_timeout)?;
        read.duration("ROLLCALL_BACKOFF", &mut settings.backoff)?;
        read.duration("ROLLCALL_BACKOFF_CAP", &mut settings.backoff_cap)?;
        read.duration("ROLLCALL_RETRY_AFTER_CAP", &mut settings.retry_after_cap)?;
        read.parsed("ROLLCALL_BODY_CAP", &mut settings.body_cap, "bytes")?;
        read.parsed(
            "ROLLCALL_MAX_ATTEMPTS",
            &mut settings.max_attempts,
            "1 to 10",
        )?;
        let streams = &mut settings.streams_per_connection;
        read.parsed("ROLLCALL_STREAMS_PER_CONNECTION", streams, "1 or more")?;
        read.parsed(
            "ROLLCALL_ALLOW_HTTP",
            &mut settings.allow_http,
            "true or false",
        )?;
        read.parsed(
            "ROLLCALL_USE_PROXY",
            &mut settings.use_proxy,
            "true or false",
        )?;
        if let Some(lines) = (read.0)("ROLLCALL_UPSTREAM_HEADERS") {
            settings.headers = headers(&lines)?;
        }
        if let Some(file) = (read.0)("ROLLCALL_TRUSTED_CERTIFICATES") {
            let pem = fs::read(&file)
                .map_err(|error| SettingsError::Certificates(format!("{file}: {error}")))?;
            settings.trusted_certificates = Some(pem);
        }
        Ok(settings)
    }
}

struct Reader<F>(F);

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        setting: &mut T,
        takes: &'static str,
    ) -> Result<(), SettingsError> {
        self.with(name, setting, takes, |text| text.parse().ok())
    }

    fn duration(&self, name: &'static str, setting: &mut Duration) -> Result<(), SettingsError> {
        self.with(name, setting, DURATION, |text| {
            humantime::parse_duration(text).ok()
        })
    }

    fn with<T>(
        &self,
        name: &'static str,
        setting: &mut T,
        takes: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<(), SettingsError> {
        if let Some(got) = (self.0)(name) {
            *setting = parse(got.trim()).ok_or(SettingsError::Range { name, got, takes })?;
        }
        Ok(())
    }
}

/// One `Name: value` a line. A value may be a secret, so only the line is named in an error.
fn headers(lines: &str) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    let lines = lines.lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let header = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::from_str(name.trim()).ok()?;
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        let (name, value) = header.ok_or_else(|| SettingsError::Range {
            name: "ROLLCALL_UPSTREAM_HEADERS",
            got: format!("no header in its line {}", index + 1),
            takes: "one `Name: value` a line",
        })?;
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<UpstreamSettings, SettingsError> {
        UpstreamSettings::from_environment(|name| {
            let found = variables.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const URL: (&str, &str) = ("ROLLCALL_UPSTREAM_URL", "https://records.example.gov/ssn/");

    #[test]
    fn what_is_not_set_has_its_default() {
        let (read, default) = (read(&[URL]).unwrap(), UpstreamSettings::new(URL.1));
        assert_eq!(read.url, URL.1);
        assert_eq!(read.attempt_timeout, default.attempt_timeout);
        assert_eq!(read.max_attempts, default.max_attempts);
        assert!(read.headers.is_empty());
    }

    #[test]
    fn what_is_set_is_taken() {
        let read = read(&[
            URL,
            ("ROLLCALL_ATTEMPT_TIMEOUT", "1500ms"),
            ("ROLLCALL_BODY_CAP", "1048576"),
            ("ROLLCALL_ALLOW_HTTP", "true"),
            (
                "ROLLCALL_UPSTREAM_HEADERS",
                "X-Api-Key: a:b\n\nAccept: text/plain\n",
            ),
        ])
        .unwrap();
        assert_eq!(read.attempt_timeout, Duration::from_millis(1500));
        assert_eq!(read.body_cap, 1 << 20);
        assert!(read.allow_http);
        assert_eq!(read.headers["x-api-key"], "a:b");
        assert_eq!(read.headers["accept"], "text/plain");
    }

    #[test]
    fn an_error_names_the_variable_and_no_header() {
        for (name, value) in [
            ("ROLLCALL_ATTEMPT_TIMEOUT", "soon"),
            ("ROLLCALL_MAX_ATTEMPTS", "-1"),
            ("ROLLCALL_USE_PROXY", "perhaps"),
            ("ROLLCALL_UPSTREAM_HEADERS", "Accept: text/plain\nsecret"),
        ] {
            let error = read(&[URL, (name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(
            read(&[])
                .unwrap_err()
                .to_string()
                .contains("ROLLCALL_UPSTREAM_URL")
        );
        let missing = ("ROLLCALL_TRUSTED_CERTIFICATES", "/no/such.pem");
        assert!(
            read(&[URL, missing])
                .unwrap_err()
                .to_string()
                .contains("/no/such.pem")
        );
    }
}
