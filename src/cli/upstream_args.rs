//! How the upstream is asked, as flags and variables.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use fetcher::{Fetcher, SettingsError, UpstreamSettings};
use http::{HeaderMap, HeaderName, HeaderValue};
use store::Store;

/// How the upstream is asked.
#[derive(Args)]
#[command(next_help_heading = "Upstream")]
pub(crate) struct UpstreamArgs {
    /// A header sent with every GET, as `Name: value`; may be given again.
    #[arg(
        long,
        value_name = "HEADER",
        env = "ROLLCALL_HEADER",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    header: Vec<String>,
    /// Seconds until a connection must stand.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_CONNECT_TIMEOUT",
        default_value_t = 5.0
    )]
    connect_timeout: f64,
    /// Seconds for one attempt, from its start to the end of the answer.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_ATTEMPT_TIMEOUT",
        default_value_t = 30.0
    )]
    attempt_timeout: f64,
    /// Bytes of an answer's body, at most 1048576.
    #[arg(long, value_name = "BYTES", env = "ROLLCALL_BODY_CAP", default_value_t = 64 << 10)]
    body_cap: usize,
    /// Attempts for one number.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_MAX_ATTEMPTS",
        default_value_t = 4
    )]
    max_attempts: u32,
    /// Seconds of the first backoff, which doubles from attempt to attempt.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_BACKOFF",
        default_value_t = 0.2
    )]
    backoff: f64,
    /// Seconds of the longest backoff.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_BACKOFF_CAP",
        default_value_t = 20.0
    )]
    backoff_cap: f64,
    /// Seconds of the longest Retry-After that is waited for.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_RETRY_AFTER_CAP",
        default_value_t = 300.0
    )]
    retry_after_cap: f64,
    /// Requests on one HTTPS connection at the same time.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_STREAMS_PER_CONNECTION",
        default_value_t = 100
    )]
    streams_per_connection: usize,
    /// Allows plain http beyond this machine: every number crosses the network unencrypted.
    #[arg(long, env = "ROLLCALL_ALLOW_HTTP")]
    allow_http: bool,
    /// Follows HTTPS_PROXY and its like.
    #[arg(long, env = "ROLLCALL_USE_PROXY")]
    use_proxy: bool,
    /// Certificates in PEM to trust beside the system's.
    #[arg(long, value_name = "FILE", env = "ROLLCALL_CA_FILE")]
    ca_file: Option<PathBuf>,
}

/// A flag of the upstream is no good. None repeats a header's value: it may be a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error("--header is no good: it takes `Name: value`, such as `X-Api-Key: …`")]
    Header,
    #[error("{0} is {1}; it takes seconds from 0 to 86400")]
    Seconds(&'static str, f64),
    #[error("the file of --ca-file, {0}, can't be read: {1}")]
    CaFile(PathBuf, std::io::Error),
    #[error(transparent)]
    Upstream(#[from] SettingsError),
}

impl UpstreamArgs {
    /// What asks the upstream at this address.
    pub(crate) fn fetcher(&self, store: Store, url: &str) -> Result<Fetcher, ArgsError> {
        Ok(Fetcher::new(store, self.settings(url)?)?)
    }

    /// The settings for this address.
    fn settings(&self, url: &str) -> Result<UpstreamSettings, ArgsError> {
        let trusted_certificates = match &self.ca_file {
            Some(path) => {
                Some(std::fs::read(path).map_err(|error| ArgsError::CaFile(path.clone(), error))?)
            }
            None => None,
        };
        Ok(UpstreamSettings {
            url: url.to_owned(),
            headers: self
                .header
                .iter()
                .map(|line| header(line))
                .collect::<Result<HeaderMap, _>>()?,
            connect_timeout: seconds("--connect-timeout", self.connect_timeout)?,
            attempt_timeout: seconds("--attempt-timeout", self.attempt_timeout)?,
            body_cap: self.body_cap,
            max_attempts: self.max_attempts,
            backoff: seconds("--backoff", self.backoff)?,
            backoff_cap: seconds("--backoff-cap", self.backoff_cap)?,
            retry_after_cap: seconds("--retry-after-cap", self.retry_after_cap)?,
            streams_per_connection: self.streams_per_connection,
            allow_http: self.allow_http,
            use_proxy: self.use_proxy,
            trusted_certificates,
        })
    }
}

fn header(line: &str) -> Result<(HeaderName, HeaderValue), ArgsError> {
    let (name, value) = line.split_once(':').ok_or(ArgsError::Header)?;
    let name = name.trim().parse().map_err(|_| ArgsError::Header)?;
    let mut value: HeaderValue = value.trim().parse().map_err(|_| ArgsError::Header)?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn seconds(flag: &'static str, value: f64) -> Result<Duration, ArgsError> {
    if (0.0..=86_400.0).contains(&value) {
        Ok(Duration::from_secs_f64(value))
    } else {
        Err(ArgsError::Seconds(flag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        upstream: UpstreamArgs,
    }

    #[test]
    fn the_defaults_are_the_fetcher_s_own() {
        let ours = Only::parse_from(["x"])
            .upstream
            .settings("https://a.example/")
            .unwrap();
        let theirs = UpstreamSettings::new("https://a.example/");
        let key = |settings: &UpstreamSettings| {
            let UpstreamSettings {
                url,
                connect_timeout,
                attempt_timeout,
                body_cap,
                max_attempts,
                backoff,
                ..
            } = settings.clone();
            let UpstreamSettings {
                backoff_cap,
                retry_after_cap,
                streams_per_connection,
                allow_http,
                use_proxy,
                ..
            } = settings.clone();
            (
                (
                    url,
                    connect_timeout,
                    attempt_timeout,
                    body_cap,
                    max_attempts,
                    backoff,
                ),
                (
                    backoff_cap,
                    retry_after_cap,
                    streams_per_connection,
                    allow_http,
                    use_proxy,
                ),
            )
        };
        assert_eq!(key(&ours), key(&theirs));
    }

    #[test]
    fn a_header_is_taken_and_its_value_is_in_no_error() {
        let with = |line: &str| {
            Only::parse_from(["x", "--header", line])
                .upstream
                .settings("https://a.example/")
        };
        assert_eq!(
            with("X-Api-Key: s3cret").unwrap().headers["x-api-key"],
            "s3cret"
        );
        for bad in ["s3cret", ": s3cret", "X Y: s3cret"] {
            assert!(!with(bad).unwrap_err().to_string().contains("s3cret"));
        }
    }
}
