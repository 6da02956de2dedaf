//! How the upstream is asked, as flags and variables.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use fetcher::{Fetcher, SettingsError, UpstreamSettings};
use http::HeaderMap;
use store::Store;

use super::settings::{BadSetting, Origins};
use super::{headers, takes};

/// The shortest timeout, in seconds.
const SHORTEST: f64 = 0.001;
/// The longest of all times: a day, in seconds.
const LONGEST: f64 = 86_400.0;

/// How the upstream is asked.
#[derive(Args)]
#[command(next_help_heading = "Upstream")]
pub(crate) struct UpstreamArgs {
    /// A header sent with every GET, as `Name: value`; may be given again. Others on this machine
    /// can see a command line: put a secret into a file or a variable.
    #[arg(
        long,
        value_name = "HEADER",
        env = "ROLLCALL_HEADER",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    header: Vec<String>,
    /// A file with headers sent with every GET, a line `Name: value` each.
    #[arg(long, value_name = "FILE", env = "ROLLCALL_HEADER_FILE")]
    header_file: Option<PathBuf>,
    /// Seconds until a connection must stand.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_CONNECT_TIMEOUT",
        default_value_t = 5.0,
        value_parser = takes::number(SHORTEST..=LONGEST, "seconds")
    )]
    connect_timeout: f64,
    /// Seconds for one attempt, from its start to the end of the answer.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_ATTEMPT_TIMEOUT",
        default_value_t = 30.0,
        value_parser = takes::number(SHORTEST..=LONGEST, "seconds")
    )]
    attempt_timeout: f64,
    /// Bytes of an answer's body, at most 1048576.
    #[arg(
        long,
        value_name = "BYTES",
        env = "ROLLCALL_BODY_CAP",
        default_value_t = 64 << 10,
        value_parser = takes::number(1..=1_usize << 20, "bytes")
    )]
    body_cap: usize,
    /// Attempts for one number.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_MAX_ATTEMPTS",
        default_value_t = 4,
        value_parser = takes::number(1..=10_u32, "")
    )]
    max_attempts: u32,
    /// Seconds of the first backoff, which doubles from attempt to attempt.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_BACKOFF",
        default_value_t = 0.2,
        value_parser = takes::number(0.0..=LONGEST, "seconds")
    )]
    backoff: f64,
    /// Seconds of the longest backoff.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_BACKOFF_CAP",
        default_value_t = 20.0,
        value_parser = takes::number(0.0..=LONGEST, "seconds")
    )]
    backoff_cap: f64,
    /// Seconds of the longest Retry-After that is waited for.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "ROLLCALL_RETRY_AFTER_CAP",
        default_value_t = 300.0,
        value_parser = takes::number(0.0..=LONGEST, "seconds")
    )]
    retry_after_cap: f64,
    /// Requests on one HTTPS connection at the same time.
    #[arg(
        long,
        value_name = "N",
        env = "ROLLCALL_STREAMS_PER_CONNECTION",
        default_value_t = 100,
        value_parser = takes::number(1..=10_000_usize, "")
    )]
    streams_per_connection: usize,
    /// Allows plain http beyond this machine: every number crosses the network unencrypted.
    #[arg(
        long,
        env = "ROLLCALL_ALLOW_HTTP",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL",
        value_parser = takes::switch
    )]
    allow_http: bool,
    /// Follows HTTPS_PROXY and its like.
    #[arg(
        long,
        env = "ROLLCALL_USE_PROXY",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL",
        value_parser = takes::switch
    )]
    use_proxy: bool,
    /// Certificates in PEM to trust beside the system's.
    #[arg(long, value_name = "FILE", env = "ROLLCALL_CA_FILE")]
    ca_file: Option<PathBuf>,
    /// Where these come from, for errors.
    #[arg(skip)]
    pub(crate) origins: Origins,
}

/// The upstream can't be asked as it is set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error(transparent)]
    Upstream(#[from] SettingsError),
}

impl UpstreamArgs {
    /// What asks the upstream at this address.
    pub(crate) fn fetcher(&self, store: Store, url: &str) -> Result<Fetcher, ArgsError> {
        self.fetcher_with(store, self.settings(url)?)
    }

    /// What asks the upstream by these settings.
    pub(crate) fn fetcher_with(
        &self,
        store: Store,
        settings: UpstreamSettings,
    ) -> Result<Fetcher, ArgsError> {
        let bad = |flag, error| self.origins.bad(flag, format!("no good: {error}")).into();
        Fetcher::new(store, settings).map_err(|error| match error {
            SettingsError::Address(_) | SettingsError::PlainHttp(_) => bad("upstream", error),
            SettingsError::Certificates(_) => bad("ca-file", error),
            error => ArgsError::Upstream(error),
        })
    }

    /// The settings for this address.
    pub(crate) fn settings(&self, url: &str) -> Result<UpstreamSettings, BadSetting> {
        Ok(UpstreamSettings {
            url: url.to_owned(),
            headers: self.headers()?,
            connect_timeout: Duration::from_secs_f64(self.connect_timeout),
            attempt_timeout: Duration::from_secs_f64(self.attempt_timeout),
            body_cap: self.body_cap,
            max_attempts: self.max_attempts,
            backoff: Duration::from_secs_f64(self.backoff),
            backoff_cap: Duration::from_secs_f64(self.backoff_cap),
            retry_after_cap: Duration::from_secs_f64(self.retry_after_cap),
            streams_per_connection: self.streams_per_connection,
            allow_http: self.allow_http,
            use_proxy: self.use_proxy,
            trusted_certificates: self.certificates()?,
            roots: None,
        })
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, BadSetting> {
        let Some(path) = &self.ca_file else {
            return Ok(None);
        };
        let bad = |wrong: &str| {
            let wrong = format!("{}, which {wrong}", path.display());
            self.origins.bad("ca-file", wrong)
        };
        let pem = fs::read(path).map_err(|error| bad(&format!("can't be read: {error}")))?;
        // A file without one would be taken, and trust nobody more.
        match String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            true => Ok(Some(pem)),
            false => Err(bad("holds no certificate: it takes PEM")),
        }
    }

    /// What is sent with every GET: the headers of the file, then those given one by one.
    fn headers(&self) -> Result<HeaderMap, BadSetting> {
        let mut all = HeaderMap::new();
        if let Some(path) = &self.header_file {
            self.origins.check_header("header-file")?;
            let headers = headers::from_file(path);
            all.extend(headers.map_err(|wrong| self.origins.bad("header-file", wrong))?);
        }
        if !self.header.is_empty() {
            self.origins.check_header("header")?;
        }
        for line in &self.header {
            let header = headers::header(line);
            let wrong = |takes| self.origins.bad("header", format!("no header: {takes}"));
            all.extend([header.map_err(wrong)?]);
        }
        Ok(all)
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
    fn the_fetcher_takes_what_is_within_the_bounds_told_here() {
        let bounds = [
            ["--connect-timeout", "0.001", "86400"],
            ["--attempt-timeout", "0.001", "86400"],
            ["--body-cap", "1", "1048576"],
            ["--max-attempts", "1", "10"],
            ["--backoff", "0", "86400"],
            ["--backoff-cap", "0", "86400"],
            ["--retry-after-cap", "0", "86400"],
            ["--streams-per-connection", "1", "10000"],
        ];
        for [flag, least, most] in bounds {
            for value in [least, most] {
                let args = Only::parse_from(["x", flag, value]).upstream;
                let fetcher = args.fetcher(Store::in_memory(), "http://127.0.0.1:1/");
                assert!(fetcher.is_ok(), "{flag} {value}");
            }
        }
    }
}
