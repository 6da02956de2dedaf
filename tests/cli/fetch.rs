//! `rollcall fetch` with an upstream.

use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;

use crate::server::{Server, rollcall, without_timeouts};
use crate::support::upstream::{Reply, Upstream};
use crate::support::wait::LIMIT;

/// Runs `rollcall fetch` on this list.
pub async fn fetch(stdin: &str, args: &[&str]) -> Output {
    let mut child = spawn_fetch(args);
    let mut pipe = child.stdin.take().unwrap();
    // Fails if the program has ended without reading its list.
    let _ = pipe.write_all(stdin.as_bytes()).await;
    drop(pipe);
    child.wait_with_output().await.unwrap()
}

/// Starts `rollcall fetch`.
pub fn spawn_fetch(args: &[&str]) -> Child {
    let mut command = rollcall();
    without_timeouts(&mut command)
        .arg("fetch")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Sends SIGINT, as Ctrl-C does.
pub fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_raw(child.id().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

/// The rows of NDJSON.
pub fn rows(ndjson: &[u8]) -> Vec<Value> {
    let lines = text(ndjson);
    let rows = lines.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Four rows: three with two different numbers, and one without a number.
pub const LIST: &str = "100010001\n100-01-0002\nnonsense\n\n100010001\n";

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_the_same_in_every_format_and_from_the_api() {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010002" { 404 } else { 200 }))
            .await;
    let with = |more: &'static [&'static str]| {
        let url = upstream.url.clone();
        async move { fetch(LIST, &[&["-", "--upstream", &url][..], more].concat()).await }
    };
    let ndjson = with(&["--format", "ndjson"]).await;
    assert_eq!(ndjson.status.code(), Some(0), "{}", text(&ndjson.stderr));
    assert!(ndjson.stderr.is_empty());
    let rows = rows(&ndjson.stdout);
    let found: Vec<(&Value, &Value)> = rows
        .iter()
        .map(|row| (&row["ssn"], &row["outcome"]))
        .collect();
    let (first, second) = (json!("100010001"), json!("100010002"));
    let [ok, missing, invalid] = [json!("SUCCEEDED"), json!("NOT_FOUND"), json!("INVALID")];
    assert_eq!(
        found,
        [
            (&first, &ok),
            (&second, &missing),
            (&Value::Null, &invalid),
            (&first, &ok)
        ]
    );

    let json = with(&["--format", "json"]).await;
    let array: Vec<Value> = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(without_times(array), without_times(rows.clone()));
    let csv = with(&[]).await;
    let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let found: Vec<_> = records.iter().map(|r| (&r[0], &r[1], &r[2])).collect();
    assert_eq!(
        found,
        [
            ("", "1", "100010001"),
            ("", "2", "100010002"),
            ("nonsense", "3", ""),
            // The line above it is blank.
            ("", "5", "100010001"),
        ]
    );
    let masked = with(&["--masked"]).await;
    assert!(
        text(&masked.stdout).contains("***-**-0001") && !text(&masked.stdout).contains("100010001")
    );

    // The same list through a server's API.
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let lines: Vec<&str> = LIST.lines().filter(|line| !line.is_empty()).collect();
    let id = server
        .post(
            "/api/executions",
            &json!({"ssnList": lines, "lines": "1*3,2"}),
        )
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    server.wait_for_end(&id).await;
    // Only the program has the list's text.
    let mut rows = rows;
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("columns");
    }
    assert_eq!(without_times(server.rows(&id).await), without_times(rows));
}

/// The rows without what differs between two runs.
pub fn without_times(mut rows: Vec<Value>) -> Vec<Value> {
    for row in &mut rows {
        row["durationMs"] = Value::Null;
        row["body"]["attempt"] = Value::Null;
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_depends_on_the_outcome() {
    let upstream = Upstream::start(|_, _| Reply::Status(403)).await;
    let failed = fetch(LIST, &["-", "--upstream", &upstream.url]).await;
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(text(&failed.stdout).lines().count(), 5);
    assert_eq!(
        text(&failed.stderr),
        "rollcall: 2 numbers: 2 failed; 1 line is not a number\n"
    );
    for (list, args, named) in [
        ("", vec!["-", "--upstream", &upstream.url], "empty"),
        (LIST, vec!["-", "--upstream", "nowhere"], "address"),
        (
            LIST,
            vec!["/nowhere.txt", "--upstream", &upstream.url],
            "/nowhere.txt",
        ),
        (
            LIST,
            vec!["-", "--upstream", &upstream.url, "--max-concurrency", "0"],
            "--max-concurrency",
        ),
        (LIST, vec!["-"], "--upstream"),
        (
            LIST,
            vec![
                "-",
                "--upstream",
                &upstream.url,
                "--out",
                "/nowhere/rows.csv",
            ],
            "can't be written",
        ),
        (
            LIST,
            vec!["-", "--upstream", &upstream.url, "--out", "/"],
            "directory",
        ),
        (
            LIST,
            vec!["-", "--upstream", &upstream.url, "--redrive"],
            "--resume",
        ),
        (
            "ssn,spouse ssn,ssn\n100010001,100010002,100010003\n",
            vec!["-", "--upstream", &upstream.url],
            "--column",
        ),
    ] {
        let output = fetch(list, &args).await;
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(named), "{errors}");
        assert!(output.stdout.is_empty() && !errors.contains("100010001"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_column_is_detected_or_chosen_by_header_or_position() {
    let upstream = Upstream::succeeding().await;
    let table = "name,ssn,other\nAnn,100010001,900010001\n\"Bob, jr.\",100010002,900010002\n";
    for (args, expected) in [
        (&[][..], "100010001"),
        (&["--column", "other"], "900010001"),
        (&["--column", "3"], "900010001"),
    ] {
        let output = fetch(
            table,
            &[
                &["-", "--format", "ndjson", "--upstream", &upstream.url],
                args,
            ]
            .concat(),
        )
        .await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let first: Value =
            serde_json::from_str(text(&output.stdout).lines().next().unwrap()).unwrap();
        assert_eq!(first["ssn"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_fetch_writes_the_responses_so_far() {
    let upstream = Upstream::answering_first(1).await;
    let folder = TempDir::new().unwrap();
    let (list, out) = (
        folder.path().join("list.txt"),
        folder.path().join("out.csv"),
    );
    std::fs::write(&list, LIST).unwrap();
    let mut command = rollcall();
    without_timeouts(&mut command)
        .arg("fetch")
        .arg(&list)
        .args(["--upstream", &upstream.url, "--max-concurrency", "1"])
        .arg("--out")
        .arg(&out);
    let mut child = command.spawn().unwrap();
    upstream.wait_for_requests(2).await;
    assert!(!out.exists(), "the file exists before it is complete");
    interrupt(&child);
    assert_eq!(child.wait().await.unwrap().code(), Some(130));
    let rows = std::fs::read_to_string(&out).unwrap();
    let outcomes: Vec<&str> = rows
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(3).unwrap())
        .collect();
    assert_eq!(outcomes, outcomes_of_list(&upstream));
}

/// The outcomes of [`LIST`]'s rows where the upstream has answered one of its two numbers.
pub fn outcomes_of_list(upstream: &Upstream) -> [&'static str; 4] {
    match upstream.answered_numbers().contains("100010001") {
        true => ["SUCCEEDED", "NOT_TRIED", "INVALID", "SUCCEEDED"],
        false => ["NOT_TRIED", "SUCCEEDED", "INVALID", "NOT_TRIED"],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_a_fetch_whose_output_is_not_read() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("list.txt");
    // Many times what a pipe buffers.
    std::fs::write(&list, "100010001\n".repeat(50_000)).unwrap();
    let mut child = spawn_fetch(&[list.to_str().unwrap(), "--upstream", &upstream.url]);
    let mut rows = child.stdout.take().unwrap();
    // Rows are being written once the first byte arrives.
    rows.read_exact(&mut [0]).await.unwrap();
    interrupt(&child);
    let ended = tokio::time::timeout(LIMIT, child.wait()).await;
    let code = ended.expect("the interrupt ends it").unwrap().code();
    assert_eq!(code, Some(130));
}
