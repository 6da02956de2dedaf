//! Fetchers that crash in the middle of a batch.

use std::collections::HashSet;
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
    let is_fetcher = |process: &Path| {
        fs::read(process.join("environ")).is_ok_and(|variables| {
            let mut variables = variables.split(|byte| *byte == 0);
            variables.any(|variable| variable == function.as_bytes())
        })
    };
    fs::read_dir("/proc")
        .expect("Linux's /proc")
        .map(|entry| entry.expect("an entry").path())
        .filter(|process| is_fetcher(process))
        .filter_map(|process| Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?))
        .collect()
}

/// The fetchers that have a request in flight at the upstream.
fn busy_fetchers(stack: &Stack, upstream: &Upstream) -> Vec<Pid> {
    let clients: HashSet<String> = upstream
        .waiting_clients()
        .iter()
        .map(|client| format!("0100007F:{:04X}", client.port()))
        .collect();
    // A line has the socket's own address in its second field, and the inode in its tenth.
    let sockets = fs::read_to_string("/proc/net/tcp").expect("the sockets");
    let sockets: HashSet<String> = sockets
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| clients.contains(fields[1]))
        .map(|fields| format!("socket:[{}]", fields[9]))
        .collect();
    let is_busy = |fetcher: &Pid| {
        let files = fs::read_dir(format!("/proc/{}/fd", fetcher.as_raw_nonzero()));
        // The process may have ended.
        files.into_iter().flatten().flatten().any(|file| {
            let target = fs::read_link(file.path()).unwrap_or_default();
            target.to_str().is_some_and(|name| sockets.contains(name))
        })
    };
    fetchers(stack).into_iter().filter(is_busy).collect()
}

/// The size of a process's writable memory in bytes; nothing if the process has ended.
fn memory(process: Pid) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmData:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1_024)
}

/// Starts a run whose first half is written and whose second half is in flight.
async fn start_half_done(app: &TestApp, upstream: &Upstream, lines: &[String]) -> String {
    let id = app.start(json!({"ssnList": lines})).await;
    let half = lines.len() / 2;
    app.wait_for(&id, |execution| execution["counts"]["SUCCEEDED"] == half)
        .await;
    upstream.wait_for_requests(lines.len() as u32).await;
    id
}

/// An upstream that holds the first request for each number of the second half.
///
/// It answers the first half with 200, and the second half with `then`.
async fn upstream_that_holds(lines: &[String], then: Reply) -> Upstream {
    let last = lines[lines.len() / 2 - 1].clone();
    Upstream::start(move |number, before| match before {
        _ if number <= last.as_str() => Reply::Status(200),
        0 => Reply::OnRelease(Box::new(then.clone())),
        _ => then.clone(),
    })
    .await
}

/// Checks that every number succeeded, in order, and that no written one was requested again.
///
/// Returns the request counts of the second half.
async fn check(app: &TestApp, upstream: &Upstream, id: &str, lines: &[String]) -> Vec<u32> {
    let ended = app.wait_for_end(id).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    assert_eq!(ended["counts"]["SUCCEEDED"], lines.len(), "{ended}");
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
    let upstream = upstream_that_holds(&lines, Reply::Status(200)).await;
    let app = TestApp::new(EngineKind::StepFunctions, &upstream).await;
    let id = start_half_done(&app, &upstream, &lines).await;
    let killed = fetchers(app.stack());
    assert!(!killed.is_empty(), "the run has no fetcher");
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
    // A batch has 15 numbers. Its bodies take 900 KB, more than a fetcher has left.
    let lines = numbers(600);
    let large = Reply::Body("text/plain", "x".repeat(60_000));
    let upstream = upstream_that_holds(&lines, large).await;
    let app = TestApp::new(EngineKind::StepFunctions, &upstream).await;
    let id = start_half_done(&app, &upstream, &lines).await;
    let limit = |fetcher, bytes| {
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(Some(fetcher), Resource::Data, limit)
    };
    // Each fetcher keeps the memory that it has. Idle ones aren't limited, since they may end by
    // themselves.
    let limited = busy_fetchers(app.stack(), &upstream);
    assert!(!limited.is_empty(), "no fetcher has a request in flight");
    for fetcher in &limited {
        let bytes = memory(*fetcher);
        assert!(bytes.is_some(), "a fetcher has ended");
        limit(*fetcher, bytes).expect("a limit");
    }
    upstream.release();
    wait_for("the end of a fetcher without memory", async || {
        let alive = fetchers(app.stack());
        limited
            .iter()
            .any(|fetcher| !alive.contains(fetcher))
            .then_some(())
    })
    .await;
    // Without limits, so that the retried batches succeed.
    for fetcher in limited {
        // Some have ended.
        let _ = limit(fetcher, None);
    }
    let counts = check(&app, &upstream, &id, &lines).await;
    assert!(counts.iter().any(|times| *times > 1), "{counts:?}");
}
