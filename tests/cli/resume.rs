//! `rollcall fetch --resume`: a run in a folder, resumed where it was interrupted.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fetch::{LIST, fetch, interrupt, rows, spawn_fetch, text};
use crate::server::Server;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn outcomes(ndjson: &[u8]) -> Vec<String> {
    let name = |row: &Value| row["outcome"].as_str().unwrap().to_owned();
    rows(ndjson).iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_requests_only_what_is_missing() {
    let upstream = Upstream::answering_first(86).await;
    let folder = TempDir::new().unwrap();
    let [list, run, out] = ["list.txt", "run", "out.json"].map(|name| folder.path().join(name));
    std::fs::write(&list, numbers(200).join("\n")).unwrap();
    let args = [
        path(&list),
        "--upstream",
        &upstream.url,
        "--resume",
        path(&run),
        "--max-concurrency",
        "100",
        "--format",
        "ndjson",
        "--out",
        path(&out),
    ];
    let child = spawn_fetch(&args);
    // 86 of 200 have succeeded, 100 are in flight.
    upstream.wait_for_requests(186).await;
    interrupt(&child);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    let errors = text(&output.stderr);
    assert!(
        errors.contains(path(&run)) && errors.contains("to resume"),
        "{errors}"
    );
    assert!(!out.exists(), "the file exists before it is complete");
    let mode = run.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);

    let (before, answered) = (upstream.request_counts(), upstream.answered_numbers());
    upstream.release();
    let output = fetch("", &args).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = std::fs::read(&out).unwrap();
    assert_eq!(outcomes(&rows), vec!["SUCCEEDED"; 200]);
    let after = upstream.request_counts();
    for number in numbers(200) {
        let before = before.get(&number).copied().unwrap_or_default();
        let more = u32::from(!answered.contains(&number));
        assert_eq!(after[&number], before + more);
    }

    // A finished run is written again without a request.
    std::fs::remove_file(&out).unwrap();
    let output = fetch("", &args).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(std::fs::read(&out).unwrap(), rows);
    assert_eq!(upstream.request_counts(), after);
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_retries_what_failed() {
    let upstream = Upstream::start(|number, before| match (number, before) {
        ("100010001", 0) => Reply::Status(403),
        _ => Reply::Status(200),
    })
    .await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let args = [
        "-",
        "--upstream",
        &upstream.url,
        "--format",
        "ndjson",
        "--resume",
        path(&run),
    ];
    let first = fetch(LIST, &args).await;
    assert_eq!(first.status.code(), Some(1));
    assert!(text(&first.stderr).contains("--redrive"));
    let again = fetch(LIST, &args).await;
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(again.stdout, first.stdout);
    assert_eq!(upstream.request_count(), 2);

    let redriven = fetch(LIST, &[&args[..], &["--redrive"]].concat()).await;
    assert_eq!(
        redriven.status.code(),
        Some(0),
        "{}",
        text(&redriven.stderr)
    );
    let found = outcomes(&redriven.stdout);
    assert_eq!(found, ["SUCCEEDED", "SUCCEEDED", "INVALID", "SUCCEEDED"]);
    let counts = upstream.request_counts();
    assert_eq!((counts["100010001"], counts["100010002"]), (2, 1));
    // Nothing is left to fetch.
    let last = fetch(LIST, &[&args[..], &["--redrive"]].concat()).await;
    assert_eq!((last.status.code(), upstream.request_count()), (Some(0), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_refuses_another_list_or_upstream() {
    let upstream = Upstream::succeeding().await;
    let other = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let call = async |list: &str, url: &str| {
        let args = ["-", "--upstream", url, "--resume", path(&run)];
        fetch(list, &args).await
    };
    assert_eq!(call(LIST, &upstream.url).await.status.code(), Some(0));
    let count = upstream.request_count();
    let less = LIST.trim_end().rsplit_once('\n').unwrap().0;
    let elsewhere = format!("{}elsewhere/", upstream.url);
    for (list, url, difference) in [
        (
            less,
            &upstream.url,
            "its list is another one, with 4 lines and 2 numbers",
        ),
        (LIST, &other.url, &upstream.url),
        (LIST, &elsewhere, "not http://"),
    ] {
        let output = call(list, url).await;
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(
            error.contains(difference) && error.contains(path(&run)),
            "{error}"
        );
        assert!(!error.contains("100010001") && output.stdout.is_empty());
    }
    assert_eq!(
        (upstream.request_count(), other.request_count()),
        (count, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_writes_no_list() {
    let upstream = Upstream::succeeding().await;
    let other = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let call = async |list: &str, url: &str| {
        let args = ["-", "--upstream", url, "--resume", path(&run)];
        fetch(list, &args).await
    };
    assert_eq!(call(LIST, &upstream.url).await.status.code(), Some(0));
    // The state after a kill before the list was written: only the file that names the run is left.
    std::fs::remove_dir_all(run.join("objects")).unwrap();

    let refused = call("100010009\n", &other.url).await;
    let error = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{error}");
    assert!(
        error.contains("its upstream is") && !error.contains("its list is"),
        "{error}"
    );
    // Its list was not written: the first list can still be looked up.
    let resumed = call(LIST, &upstream.url).await;
    assert_eq!(resumed.status.code(), Some(0), "{}", text(&resumed.stderr));
    assert_eq!(other.request_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_use_or_with_other_files_is_refused() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let args = [path(&list), "--upstream", &upstream.url, "--resume"];
    let _first = spawn_fetch(&[&args[..], &[path(&run)]].concat());
    upstream.wait_for_requests(2).await;
    let second = fetch("", &[&args[..], &[path(&run)]].concat()).await;
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second.stderr).contains("another process uses the folder"));
    let elsewhere = fetch("", &[&args[..], &[path(folder.path())]].concat()).await;
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(text(&elsewhere.stderr).contains("it holds something else"));
    assert_eq!(upstream.request_count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_accepts_new_headers_query_and_settings() {
    let upstream = Upstream::start(|number, before| match (number, before) {
        ("100010001", 0) => Reply::Status(403),
        _ => Reply::Status(200),
    })
    .await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let call = async |key: &str, more: &[&str]| {
        let url = format!("{}?tenant=s3cret-{key}", upstream.url);
        let header = format!("X-Key: s3cret-{key}");
        let args = ["-", "--upstream", &url, "--header", &header];
        let args = [&args[..], &["--resume", path(&run)], more].concat();
        fetch(LIST, &args).await
    };
    assert_eq!(call("a", &[]).await.status.code(), Some(1));
    let kept = std::fs::read_to_string(run.join("fetch.json")).unwrap();
    assert!(!kept.contains("s3cret") && kept.contains(&upstream.url));
    let more = [
        "--redrive",
        "--max-concurrency",
        "7",
        "--tolerated-failure-percentage",
        "5",
        "--attempt-timeout",
        "15m",
        "--issued-only",
    ];
    let output = call("b", &more).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(upstream.last_headers()["x-key"], "s3cret-b");
    assert_eq!(upstream.request_count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_uses_its_new_tolerance() {
    let upstream = Upstream::start(|number, _| match number {
        number if number < "100010100" => Reply::Status(403),
        _ => Reply::Held,
    })
    .await;
    let folder = TempDir::new().unwrap();
    let [list, run] = ["list.txt", "run"].map(|name| folder.path().join(name));
    std::fs::write(&list, numbers(40).join("\n")).unwrap();
    let args = [path(&list), "--upstream", &upstream.url];
    let args = [&args[..], &["--resume", path(&run), "--quiet"]].concat();
    let child = spawn_fetch(&args);
    upstream.wait_for_requests(40).await;
    interrupt(&child);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    upstream.release();
    let strict = [&args[..], &["--tolerated-failure-percentage", "0"]].concat();
    let output = fetch("", &strict).await;
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    assert!(error.contains("more than the 0 % tolerated"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_folder_is_refused() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let id = server
        .post("/api/executions", &json!({"ssnList": ["100010001"]}))
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    server.wait_for_end(&id).await;
    server.kill().await;
    let args = ["-", "--upstream", &upstream.url];
    let output = fetch(
        LIST,
        &[&args[..], &["--resume", path(folder.path())]].concat(),
    )
    .await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("it holds something else"));
    assert_eq!(upstream.request_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_has_the_lines_of_the_changed_file() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let run = folder.path().join("run");
    let args = ["-", "--upstream", &upstream.url, "--format", "ndjson"];
    let args = [&args[..], &["--resume", path(&run)]].concat();
    // The same rows, whose lines only the folder has: nothing is written beside them.
    for (list, lines) in [
        ("SSN\n100010001\n100010002\n", [2, 3]),
        ("SSN\n\n100010001\n\n\n100010002\n", [3, 6]),
        ("100010001\n100010002\n", [1, 2]),
    ] {
        let output = fetch(list, &args).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let found: Vec<_> = rows(&output.stdout)
            .iter()
            .map(|row| row["line"].as_u64().unwrap())
            .collect();
        assert_eq!(found, lines, "{list:?}");
    }
    assert_eq!(upstream.request_count(), 2);
}
