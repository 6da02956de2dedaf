//! What the terminal is told when a server starts.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use contract::text::pluralize;
use contract::wire::{RunSettings, UpstreamInfo};
use indicatif::HumanFloatCount;

use crate::page;

/// What is in force, in a few plain lines.
pub(super) struct StartTold<'a> {
    pub(super) upstream: &'a UpstreamInfo,
    pub(super) data: PathBuf,
    /// Days that a run is kept.
    pub(super) retain: Option<u32>,
    pub(super) runs: &'a RunSettings,
    pub(super) listening: SocketAddr,
}

impl fmt::Display for StartTold<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Rollcall {}", env!("CARGO_PKG_VERSION"))?;
        let UpstreamInfo { host, path, demo } = self.upstream;
        match demo {
            true => writeln!(
                f,
                "  upstream  none given: a demo on this machine answers, and its records are made up.\n\
                 \x20           Name yours with --upstream URL"
            )?,
            false => writeln!(f, "  upstream  {host}{path}")?,
        }
        write!(f, "  data      {}, ", self.data.display())?;
        match self.retain {
            Some(1) => writeln!(f, "runs are erased after a day")?,
            Some(days) => writeln!(f, "runs are erased after {days} days")?,
            None => writeln!(f, "runs are kept until they are deleted")?,
        }
        write!(
            f,
            "  a run     {} in flight",
            pluralize(self.runs.max_concurrency.into(), "GET")
        )?;
        if let Some(rate) = self.runs.requests_per_second {
            write!(f, ", {} a second", HumanFloatCount(rate))?;
        }
        if self.runs.tolerated_failure_percentage < 100.0 {
            let percent = self.runs.tolerated_failure_percentage;
            write!(f, ", stops when more than {percent} % failed")?;
        }
        writeln!(f, ", unless it is told otherwise")?;
        if !self.listening.ip().is_loopback() {
            writeln!(
                f,
                "  network   other machines can reach this over plain http, which anyone on the way can read:\n\
                 \x20           put a proxy with TLS in front"
            )?;
        }
        if !page::is_built() {
            writeln!(
                f,
                "  page      not inside this program, which serves the API alone: build it with `cargo xtask build`"
            )?;
        }
        write!(f, "Ctrl-C ends it. Whoever has this address can use it:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(demo: bool, retain: Option<u32>, runs: &RunSettings, listening: &str) -> String {
        let upstream = UpstreamInfo {
            host: "records.example.gov".into(),
            path: "/ssn/".into(),
            demo,
        };
        let told = StartTold {
            upstream: &upstream,
            data: "/data".into(),
            retain,
            runs,
            listening: listening.parse().unwrap(),
        };
        told.to_string()
    }

    #[test]
    fn the_demo_s_records_are_said_to_be_made_up_and_a_real_upstream_is_named() {
        let runs = RunSettings::default();
        let demo = told(true, None, &runs, "127.0.0.1:80");
        assert!(demo.contains("made up") && !demo.contains("records.example.gov"));
        let real = told(false, None, &runs, "127.0.0.1:80");
        assert!(real.contains("records.example.gov/ssn/") && !real.contains("made up"));
        assert!(real.contains("1,000 GETs in flight, unless"));
    }

    #[test]
    fn what_bounds_a_run_what_is_erased_and_who_else_can_read_is_said() {
        let runs = RunSettings {
            requests_per_second: Some(50.0),
            tolerated_failure_percentage: 2.5,
            ..RunSettings::default()
        };
        let all = told(false, Some(30), &runs, "0.0.0.0:80");
        for said in ["50 a second", "2.5 %", "after 30 days", "plain http"] {
            assert!(all.contains(said), "{said}: {all}");
        }
        let own = told(false, None, &RunSettings::default(), "[::1]:80");
        assert!(!own.contains("plain http") && own.contains("until they are deleted"));
    }
}
