//! Reads the API's settings from environment variables.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use contract::limits;
use contract::wire::{RunSettings, UpstreamInfo};
use store::https::HttpsError;
use store::{Store, StoreError};

use crate::Api;
use crate::step_functions::{
    StateMachineArnError, StepFunctions, StepFunctionsSettings, load_aws_config,
};

/// Why the settings in the environment can't be used.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// A required variable is missing.
    #[error("the variable {0} is not set: it must be {1}")]
    Missing(&'static str, &'static str),
    /// A variable has an invalid value.
    #[error("the variable {0} is invalid: it must be {1}")]
    Invalid(&'static str, &'static str),
    /// The state machine's ARN is invalid.
    #[error("the variable ROLLCALL_STATE_MACHINE_ARN: {0}")]
    StateMachine(#[from] StateMachineArnError),
    /// The bucket can't be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTPS client for AWS can't be created.
    #[error(transparent)]
    Https(#[from] HttpsError),
}

/// Creates the API from environment variables. `lookup` returns the value of a variable.
///
/// `ROLLCALL_BUCKET`, `ROLLCALL_UPSTREAM` and `ROLLCALL_STATE_MACHINE_ARN` are required.
/// `ROLLCALL_FETCHER_CONCURRENCY`, `ROLLCALL_DEFAULT_CONCURRENCY`, `ROLLCALL_MAX_CONCURRENCY`,
/// `ROLLCALL_SWEEP_SECONDS` and `ROLLCALL_UPSTREAM_IS_DEMO` are optional.
pub fn api_from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Api, EnvironmentError> {
    let read = Reader(&lookup);
    let bucket = read.text("ROLLCALL_BUCKET", "the data bucket's name")?;
    let machine = read.text("ROLLCALL_STATE_MACHINE_ARN", "a state machine's ARN")?;
    let demo = read.parsed("ROLLCALL_UPSTREAM_IS_DEMO", "true or false")?;
    let upstream = read.upstream(demo.unwrap_or(false))?;
    let fetchers = read.parsed("ROLLCALL_FETCHER_CONCURRENCY", "a number of fetchers")?;
    let sweep_after = read.parsed("ROLLCALL_SWEEP_SECONDS", "a number of seconds")?;
    let max_concurrency = read
        .parsed("ROLLCALL_MAX_CONCURRENCY", "a number of requests")?
        .unwrap_or(limits::MAX_CONCURRENCY);
    let concurrency = read.parsed("ROLLCALL_DEFAULT_CONCURRENCY", "a number of requests")?;
    let defaults = RunSettings::default();
    let settings = StepFunctionsSettings {
        state_machine: machine.parse()?,
        fetcher_concurrency: fetchers.unwrap_or(StepFunctionsSettings::DEFAULT_FETCHER_CONCURRENCY),
        sweep_after: sweep_after.map_or(
            StepFunctionsSettings::DEFAULT_SWEEP_AFTER,
            Duration::from_secs,
        ),
    };
    Ok(Api {
        store: Store::in_bucket(&bucket)?,
        engine: Arc::new(StepFunctions::new(&load_aws_config()?, settings)),
        upstream,
        defaults: RunSettings {
            // A default above the maximum would make every start without a value fail.
            max_concurrency: concurrency
                .unwrap_or(defaults.max_concurrency)
                .min(max_concurrency),
            ..defaults
        },
        max_concurrency,
    })
}

/// Reads variables with a function that returns the value of one.
struct Reader<F>(F);

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn text(&self, name: &'static str, expected: &'static str) -> Result<String, EnvironmentError> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .ok_or(EnvironmentError::Missing(name, expected))
    }

    fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, EnvironmentError> {
        (self.0)(name)
            .filter(|value| !value.is_empty())
            .map(|value| value.trim().parse())
            .transpose()
            .map_err(|_| EnvironmentError::Invalid(name, expected))
    }

    /// Reads the upstream's address without its user name, password and query.
    fn upstream(&self, demo: bool) -> Result<UpstreamInfo, EnvironmentError> {
        const NAME: &str = "ROLLCALL_UPSTREAM";
        const EXPECTED: &str = "an address such as https://records.example.gov/ssn/";
        let invalid = || EnvironmentError::Invalid(NAME, EXPECTED);
        let uri: http::Uri = self.text(NAME, EXPECTED)?.parse().map_err(|_| invalid())?;
        let host = uri.host().ok_or_else(invalid)?;
        let default_port = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => return Err(invalid()),
        };
        Ok(UpstreamInfo {
            host: match uri.port_u16().filter(|port| *port != default_port) {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            },
            path: format!("{}/", uri.path().trim_end_matches('/')),
            demo,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    fn upstream(url: &str) -> Result<UpstreamInfo, EnvironmentError> {
        Reader(|name: &str| (name == "ROLLCALL_UPSTREAM").then(|| url.to_owned())).upstream(false)
    }

    #[test]
    fn the_upstream_is_shown_without_its_secrets() {
        for (url, host, path) in [
            (
                "https://records.example.gov/ssn/",
                "records.example.gov",
                "/ssn/",
            ),
            (
                "https://records.example.gov:443/ssn",
                "records.example.gov",
                "/ssn/",
            ),
            ("http://u:p@127.0.0.1:8080?key=k", "127.0.0.1:8080", "/"),
        ] {
            let info = upstream(url).unwrap();
            assert_eq!((info.host.as_str(), info.path.as_str()), (host, path));
        }
        for bad in [
            "/ssn/",
            "records.example.gov",
            "ftp://records.example.gov/",
            "https://",
        ] {
            let error = upstream(bad).unwrap_err().to_string();
            assert!(error.contains("ROLLCALL_UPSTREAM"), "{bad}: {error}");
        }
    }

    #[test]
    fn an_error_names_the_variable() {
        let valid = [
            ("ROLLCALL_BUCKET", "data"),
            ("ROLLCALL_UPSTREAM", "https://records.example.gov/ssn/"),
            (
                "ROLLCALL_STATE_MACHINE_ARN",
                "arn:aws:states:us-east-1:123456789012:stateMachine:rollcall",
            ),
        ];
        for (name, value) in [
            ("ROLLCALL_BUCKET", ""),
            ("ROLLCALL_UPSTREAM", "x"),
            ("ROLLCALL_STATE_MACHINE_ARN", "rollcall"),
            ("ROLLCALL_FETCHER_CONCURRENCY", "many"),
            ("ROLLCALL_SWEEP_SECONDS", "-1"),
        ] {
            let result = api_from_env(|variable| {
                if variable == name {
                    return Some(value.to_owned());
                }
                let variable = valid.iter().find(|(name, _)| *name == variable);
                variable.map(|(_, value)| (*value).to_owned())
            });
            let error = result.err().expect(name).to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_template_sets_only_variables_that_the_api_reads() {
        let template = include_str!("../../../infra/template.yaml");
        let (_, function) = template.split_once("\n  Api:\n").unwrap();
        let (_, variables) = function.split_once("\n        Variables:\n").unwrap();
        let names: Vec<&str> = variables
            .lines()
            .take_while(|line| line.starts_with("          "))
            .filter_map(|line| Some(line.trim_start().split_once(": ")?.0))
            .filter(|name| !name.starts_with('#'))
            .collect();
        assert!(names.contains(&"ROLLCALL_UPSTREAM"), "{names:?}");

        let read = RefCell::new(BTreeSet::new());
        let result = api_from_env(|name| {
            read.borrow_mut().insert(name.to_owned());
            match name {
                "ROLLCALL_BUCKET" => Some("data".to_owned()),
                "ROLLCALL_UPSTREAM" => Some("https://records.example.gov/ssn/".to_owned()),
                // An error, but only after all variables have been read.
                "ROLLCALL_STATE_MACHINE_ARN" => Some("rollcall".to_owned()),
                _ => None,
            }
        });
        assert!(matches!(result, Err(EnvironmentError::StateMachine(_))));
        let read = read.into_inner();
        for name in names {
            assert!(read.contains(name), "{name} is not read");
        }
    }
}
