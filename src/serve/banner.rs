//! What a server prints when it starts.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use contract::text::pluralize;
use contract::wire::{RunSettings, UpstreamInfo};
use indicatif::HumanFloatCount;

use crate::page;

/// The settings in force, in a few lines.
pub(super) struct Banner<'a> {
    pub(super) upstream: &'a UpstreamInfo,
    pub(super) data: PathBuf,
    /// How many days after its start a run is erased, if it has ended.
    pub(super) retain: Option<u32>,
    pub(super) runs: &'a RunSettings,
    pub(super) listening: SocketAddr,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Rollcall {}", env!("CARGO_PKG_VERSION"))?;
        let UpstreamInfo { host, path, demo } = self.upstream;
        match demo {
            true => writeln!(
                f,
                "  upstream  none is set: a demo in this process answers with made-up records.\n\
                 \x20           Set yours with --upstream URL"
            )?,
            false => writeln!(f, "  upstream  {host}{path}")?,
        }
        write!(f, "  data      {}, ", self.data.display())?;
        match self.retain {
            Some(days) => {
                let days = pluralize(days.into(), "day");
                writeln!(f, "runs are erased {days} after their start")?;
            }
            None => writeln!(f, "runs are kept until they are deleted")?,
        }
        write!(
            f,
            "  a run     up to {} at a time",
            pluralize(self.runs.max_concurrency.into(), "request")
        )?;
        if let Some(rate) = self.runs.requests_per_second {
            write!(f, ", {} per second", HumanFloatCount(rate))?;
        }
        if self.runs.tolerated_failure_percentage < 100.0 {
            let percent = self.runs.tolerated_failure_percentage;
            write!(f, ", stops if more than {percent} % fail")?;
        }
        writeln!(f, ", unless its request says otherwise")?;
        if !self.listening.ip().is_loopback() {
            writeln!(
                f,
                "  network   other machines can reach this server over plain http, which the network can read:\n\
                 \x20           put a proxy with TLS in front of it"
            )?;
        }
        if !page::is_built() {
            writeln!(
                f,
                "  page      missing in this program, which serves only the API: build it with `cargo xtask build`"
            )?;
        }
        write!(
            f,
            "Press Ctrl-C to stop. Anyone with this address can use the server:"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner(demo: bool, retain: Option<u32>, runs: &RunSettings, listening: &str) -> String {
        let upstream = UpstreamInfo {
            host: "records.example.gov".into(),
            path: "/ssn/".into(),
            demo,
        };
        let banner = Banner {
            upstream: &upstream,
            data: "/data".into(),
            retain,
            runs,
            listening: listening.parse().unwrap(),
        };
        banner.to_string()
    }

    #[test]
    fn the_demo_says_that_its_records_are_made_up() {
        let runs = RunSettings::default();
        let demo = banner(true, None, &runs, "127.0.0.1:80");
        assert!(demo.contains("made-up records") && !demo.contains("records.example.gov"));
        let real = banner(false, None, &runs, "127.0.0.1:80");
        assert!(real.contains("records.example.gov/ssn/") && !real.contains("made-up"));
        assert!(real.contains("up to 1,000 requests at a time, unless"));
    }

    #[test]
    fn limits_retention_and_plain_http_are_shown() {
        let runs = RunSettings {
            requests_per_second: Some(50.0),
            tolerated_failure_percentage: 2.5,
            ..RunSettings::default()
        };
        let all = banner(false, Some(30), &runs, "0.0.0.0:80");
        for part in ["50 per second", "2.5 %", "30 days after", "plain http"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        let own = banner(false, None, &RunSettings::default(), "[::1]:80");
        assert!(!own.contains("plain http") && own.contains("until they are deleted"));
    }
}
