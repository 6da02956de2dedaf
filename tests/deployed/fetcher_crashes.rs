//! Fetchers that crash in the middle of a batch.

use std::fs;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::numbers;
use crate::support::stack::Stack;
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

/// The processes of a stack's fetcher. The emulator starts one for each instance.
fn fetchers(stack: &Stack) -> Vec<Pid> {
    let function = format!(
        "AWS_LAMBDA_FUNCTION_NAME={}",
        stack.output("FetcherFunction")
    );
    let is_one = |process: &Path| {
        fs::read(process.join("environ")).is_ok_and(|variables| {
            let mut variables = variables.split(|byte| *byte == 0);
            variables.any(|variable| variable == function.as_bytes())
        })
    };
    fs::read_dir("/proc")
        .expect("Linux's /proc")
        .map(|entry| entry.expect("an entry").path())
        .filter(|process| is_one(process))
        .filter_map(|process| Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?))
        .collect()
}

/// The size of a process's writable memory, in bytes.
fn memory(process: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero()));
    let status = status.expect("a process that lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1_024)
}

/// Starts a run whose first half is written and whose second half is in flight.
async fn half_done(app: &TestApp, upstream: &Upstream, lines: &[String]) -> String {
    let id = app.start(json!({"ssnList": lines})).await;
    let half = lines.len() / 2;
    app.wait_for(&id, |execution| execution["counts"]["SUCCEEDED"] == half)
        .await;
    upstream.wait_for_requests(lines.len() as u32).await;
    id
}

/// An upstream that answers the first half of these numbers at once. It holds the first request of
/// each of the others, and answers them with `then`.
async fn holding(lines: &[String], then: Reply) -> Upstream {
    let last = lines[lines.len() / 2 - 1].clone();
    Upstream::start(move |number, before| match before {
        _ if number <= last.as_str() => Reply::Status(200),
        0 => Reply::OnRelease(Box::new(then.clone())),
        _ => then.clone(),
    })
    .await
}

/// Checks that every number succeeded, in order, and that no written one was requested again.
/// Returns the request counts of the others.
async fn check(app: &TestApp, upstream: &Upstream, id: &str, lines: &[String]) -> Vec<u32> {
    let over = app.wait_for_end(id).await;
    assert_eq!(over["status"], "SUCCEEDED", "{over}");
    assert_eq!(over["counts"]["SUCCEEDED"], lines.len(), "{over}");
    let rows = app.rows(id).await;
    let found: Vec<&Value> = rows.iter().map(|row| &row["ssn"]).collect();
    assert_eq!(found, lines.iter().collect::<Vec<_>>());
    let counts = upstream.request_counts();
    let (written, in_flight) = lines.split_at(lines.len() / 2);
    assert!(
        written.iter().all(|number| counts[number] == 1),
        "{counts:?}"
    );
    in_flight.iter().map(|number| counts[number]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetcher_killed_in_mid_batch_loses_nothing() {
    let lines = numbers(60);
    let upstream = holding(&lines, Reply::Status(200)).await;
    let app = TestApp::new(EngineKind::StepFunctions, &upstream).await;
    let id = half_done(&app, &upstream, &lines).await;
    let killed = fetchers(app.stack());
    assert!(!killed.is_empty(), "the run has a fetcher");
    for fetcher in &killed {
        match kill_process(*fetcher, Signal::KILL) {
            // An idle process may have ended by itself.
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => panic!("a fetcher can't be killed: {error}"),
        }
    }
    let counts = check(&app, &upstream, &id, &lines).await;
    assert!(counts.iter().all(|times| *times == 2), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetcher_out_of_memory_in_mid_batch_loses_nothing() {
    // In batches of 15: the bodies take 400 KB, more than a fetcher has left.
    let lines = numbers(600);
    let large = Reply::Body("text/plain", "x".repeat(60_000));
    let upstream = holding(&lines, large).await;
    let app = TestApp::new(EngineKind::StepFunctions, &upstream).await;
    let id = half_done(&app, &upstream, &lines).await;
    let starved = fetchers(app.stack());
    assert!(!starved.is_empty(), "the run has a fetcher");
    let limit = |fetcher, most| {
        let limit = Rlimit {
            current: most,
            maximum: None,
        };
        prlimit(Some(fetcher), Resource::Data, limit)
    };
    for fetcher in &starved {
        limit(*fetcher, Some(memory(*fetcher))).expect("a limit");
    }
    upstream.release();
    wait_for("the end of what has no memory", async || {
        let alive = fetchers(app.stack());
        starved
            .iter()
            .any(|dead| !alive.contains(dead))
            .then_some(())
    })
    .await;
    // Without limits, so that the retried batches succeed.
    for fetcher in starved {
        // Some have ended.
        let _ = limit(fetcher, None);
    }
    let counts = check(&app, &upstream, &id, &lines).await;
    assert!(counts.iter().any(|times| *times > 1), "{counts:?}");
}
