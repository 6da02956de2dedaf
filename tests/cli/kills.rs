//! Kills at random moments.
//!
//! The run loses no row, has none twice, and repeats no request whose response was written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use contract::wire::Outcome;
use object_store::local::LocalFileSystem;
use serde_json::{Value, json};
use store::{Filters, PageLimits, ResultsReader, Store};
use tempfile::TempDir;

use crate::fetch::{fetch, rows, spawn_fetch, text};
use crate::server::Server;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

const KILLS: usize = 10;
const LINES: u32 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_served_run_survives_ten_kills_at_random_moments() {
    let folder = TempDir::new().unwrap();
    let upstream = slow_upstream().await;
    let lines = numbers(LINES);
    let mut kills = Kills::default();
    let mut next_count = kills.next_count(&upstream);
    let mut server = Server::start(folder.path(), &upstream.url, &[]).await;
    let id = server
        .post(
            "/api/executions",
            &json!({"ssnList": lines, "maxConcurrency": 400}),
        )
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for kill in 1..=KILLS {
        upstream.wait_for_requests(next_count).await;
        if kill == KILLS {
            wait_for("a written response", async || {
                let written = answered(folder.path(), &id).await;
                (!written.is_empty()).then_some(())
            })
            .await;
        }
        server.kill().await;
        upstream.wait_for_disconnects().await;
        kills.add(&upstream, answered(folder.path(), &id).await);
        next_count = kills.next_count(&upstream);
        server = Server::start(folder.path(), &upstream.url, &[]).await;
    }
    let ended = server.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(LINES))
    );
    let rows = server.rows(&id).await;
    assert!(
        rows.iter()
            .map(|row| row["ssn"].as_str().unwrap())
            .eq(lines.iter()),
        "a row is missing or repeated"
    );
    assert!(rows.iter().all(|row| row["outcome"] == "SUCCEEDED"));
    kills.check_no_repeats(&upstream);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_fetch_survives_ten_kills_at_random_moments() {
    let folder = TempDir::new().unwrap();
    let upstream = slow_upstream().await;
    let lines = numbers(LINES);
    let (list, run) = (folder.path().join("list.txt"), folder.path().join("run"));
    std::fs::write(&list, lines.join("\n")).unwrap();
    let args = [
        list.to_str().unwrap(),
        "--upstream",
        &upstream.url,
        "--resume",
        run.to_str().unwrap(),
        "--max-concurrency",
        "400",
        "--format",
        "ndjson",
    ];
    let written = async || match std::fs::read(run.join("fetch.json")) {
        Ok(json) => {
            let run_json: Value = serde_json::from_slice(&json).unwrap();
            answered(&run, run_json["execution"].as_str().unwrap()).await
        }
        Err(_) => Vec::new(),
    };
    let mut kills = Kills::default();
    for kill in 1..=KILLS {
        let next_count = kills.next_count(&upstream);
        let mut child = spawn_fetch(&args);
        upstream.wait_for_requests(next_count).await;
        if kill == KILLS {
            wait_for("a written response", async || {
                (!written().await.is_empty()).then_some(())
            })
            .await;
        }
        child.kill().await.unwrap();
        upstream.wait_for_disconnects().await;
        kills.add(&upstream, written().await);
    }
    let output = fetch("", &args).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = rows(&output.stdout);
    assert!(
        rows.iter()
            .map(|row| row["ssn"].as_str().unwrap())
            .eq(lines.iter()),
        "a row is missing or repeated"
    );
    assert!(rows.iter().all(|row| row["outcome"] == "SUCCEEDED"));
    kills.check_no_repeats(&upstream);
}

/// An upstream slow enough for kills in mid-run.
async fn slow_upstream() -> Upstream {
    Upstream::start(|_, _| Reply::After(Duration::from_millis(20), Box::new(Reply::Status(200))))
        .await
}

/// For each kill: the numbers with a written response, and how many requests each had so far.
#[derive(Default)]
struct Kills(Vec<HashMap<String, u32>>);

impl Kills {
    /// A random request count at which to kill the next process.
    ///
    /// The process reaches it, because it requests every number whose response isn't written. If all
    /// are written, it is killed at once.
    fn next_count(&self, upstream: &Upstream) -> u32 {
        let written = self.0.last().map_or(0, HashMap::len);
        let more = match LINES.saturating_sub(written as u32) {
            0 => 0,
            left => rand::random_range(1..(left / 4).max(2)),
        };
        upstream.request_count() + more
    }

    fn add(&mut self, upstream: &Upstream, written: Vec<String>) {
        let counts = upstream.request_counts();
        let written = written
            .into_iter()
            .map(|number| (number.clone(), counts[&number]));
        self.0.push(written.collect());
    }

    fn check_no_repeats(&self, upstream: &Upstream) {
        let counts = upstream.request_counts();
        for (kill, written) in self.0.iter().enumerate() {
            for (number, count) in written {
                assert_eq!(
                    counts[number], *count,
                    "requested after kill {kill} although its response was written"
                );
            }
        }
        assert!(self.0.last().is_some_and(|written| !written.is_empty()));
    }
}

/// The numbers with a response in the segments on disk.
async fn answered(data: &Path, id: &str) -> Vec<String> {
    let objects = LocalFileSystem::new_with_prefix(data.join("objects")).unwrap();
    let store = Store::new(Arc::new(objects));
    let id = id.parse().unwrap();
    let (Some(meta), Some(pass)) = (
        store.meta(&id).await.unwrap(),
        store.current_pass(&id).await.unwrap(),
    ) else {
        return Vec::new();
    };
    let succeeded = Filters {
        outcome: Some(Outcome::Succeeded),
        ..Filters::default()
    };
    let limits = PageLimits {
        count: usize::MAX,
        bytes: usize::MAX,
        time: Duration::MAX,
    };
    let mut reader = ResultsReader::open(store, meta, pass, true).await.unwrap();
    let page = reader.page(0, &succeeded, limits).await.unwrap();
    assert!(page.next.is_none());
    page.rows.into_iter().filter_map(|row| row.ssn).collect()
}
