//! `rollcall fetch` on a terminal: a progress bar on stderr, only rows on stdout.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::TempDir;

use crate::server::{rollcall, without_timeouts};
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::wait_for;

/// Opens a pseudo-terminal: the first end reads what is written to the second.
fn terminal() -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits() as i32)
        .open(name.to_str().unwrap())
        .unwrap();
    (ours.into(), theirs)
}

/// Collects a terminal's output; the thread ends with the last program on it.
fn watch(mut terminal: File) -> (Arc<Mutex<String>>, JoinHandle<()>) {
    let seen = Arc::new(Mutex::new(String::new()));
    let output = Arc::clone(&seen);
    let watching = thread::spawn(move || {
        let mut bytes = [0; 4_096];
        // Fails once the program has ended.
        while let Ok(count @ 1..) = terminal.read(&mut bytes) {
            output
                .lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    });
    (seen, watching)
}

/// Runs a list of three numbers: one fails, and one is held until `check` returns.
async fn run(args: &[&str], check: impl AsyncFnOnce(&Mutex<String>)) -> (Vec<Value>, String) {
    let upstream = Upstream::start(|number, _| match number {
        "100010001" => Reply::Status(403),
        "100010002" => Reply::Held,
        _ => Reply::Status(200),
    })
    .await;
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, "100010001\n100010002\n100010003\n").unwrap();
    let (ours, theirs) = terminal();
    let mut command = rollcall();
    without_timeouts(&mut command)
        .arg("fetch")
        .arg(&list)
        .args(["--upstream", &upstream.url, "--format", "ndjson"])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(theirs);
    let child = command.spawn().unwrap();
    // It holds a handle of the terminal, whose output ends when the last handle is closed.
    drop(command);
    let (seen, watching) = watch(ours);
    upstream.wait_for_requests(3).await;
    check(&seen).await;
    upstream.release();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let rows = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 3, "stdout holds something other than the rows");
    let watched = tokio::task::spawn_blocking(|| watching.join());
    watched.await.unwrap().unwrap();
    let output = seen.lock().unwrap().clone();
    (rows, output)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_progress_bar_shows_done_and_failed_numbers() {
    let (_, output) = run(&[], async |seen| {
        wait_for("the counts in the progress bar", async || {
            let seen = seen.lock().unwrap();
            let has_counts = seen.contains("2 of 3 (67 %)") && seen.contains("1 failed");
            has_counts.then_some(())
        })
        .await;
    })
    .await;
    assert!(
        output.ends_with("rollcall: 3 numbers: 2 succeeded, 1 failed\r\n"),
        "{output:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_prints_only_failures() {
    let (_, output) = run(&["--quiet"], async |_| ()).await;
    assert_eq!(output, "rollcall: 3 numbers: 2 succeeded, 1 failed\r\n");
}
