//! `rollcall fetch --api`: a list on a server.

use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::fetch::{
    LIST, fetch, interrupt, outcomes_of_list, rows, spawn_fetch, text, without_times,
};
use crate::proxy::Proxy;
use crate::server::Server;
use crate::support::upstream::{Reply, Upstream};

const TABLE: &str = "Name,SSN\nAnn,100010001\nBob Brown,nonsense\nCy,100-01-0003\nDi,100010001\n";

/// Runs `rollcall fetch --api` on this server.
async fn fetch_by_api(server: &Server, list: &str, more: &[&str]) -> Output {
    let api = format!("{}/?token={}", server.address, server.token);
    fetch(list, &[&["-", "--api", &api][..], more].concat()).await
}

async fn runs(server: &Server) -> Vec<Value> {
    let page = server.get("/api/executions").await;
    page["executions"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_writes_the_same_rows_with_and_without_a_server() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    for more in [&[][..], &["--masked"]] {
        let more = [&["--format", "ndjson"], more].concat();
        let there = fetch_by_api(&server, TABLE, &more).await;
        assert_eq!(there.status.code(), Some(0), "{}", text(&there.stderr));
        assert_eq!(
            text(&there.stderr),
            "rollcall: reading column 2 of 2, “SSN”: its header names SSNs\n"
        );
        let here = [&["-", "--upstream", &upstream.url][..], &more].concat();
        let here = fetch(TABLE, &here).await;
        assert_eq!(
            without_times(rows(&there.stdout)),
            without_times(rows(&here.stdout))
        );
    }
    let csv = fetch_by_api(&server, TABLE, &[]).await;
    assert!(text(&csv.stdout).starts_with("Name,typed,line,ssn,outcome,"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_other_columns_has_its_own_lines() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    // Empty cells at the end of the lines are no other column.
    let list = "SSN\n100010001,\n\n100010002,\n";
    let there = fetch_by_api(&server, list, &[]).await;
    let here = fetch(list, &["-", "--upstream", &upstream.url]).await;
    for output in [there, here] {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let csv = text(&output.stdout);
        let records: Vec<&str> = csv.lines().collect();
        assert!(records[0].starts_with("line,ssn,outcome,"), "{records:?}");
        assert!(records[1].starts_with("2,100010001,"), "{records:?}");
        assert!(records[2].starts_with("4,100010002,"), "{records:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_numbers_are_sent_and_none_in_an_address() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let proxy = Proxy::start(&server.address).await;
    let args = ["-", "--api", &proxy.url, "--token", &server.token];
    let output = fetch(TABLE, &args).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let sent = proxy.sent();
    assert!(sent.contains("100010001") && sent.contains("100010003"));
    for unsent in ["Ann", "Bob", "nonsense", "Name", "100-01"] {
        assert!(!sent.contains(unsent), "{unsent}");
    }
    let after = sent.split(" /api/").skip(1);
    let addresses: Vec<&str> = after.filter_map(|text| text.split(' ').next()).collect();
    assert!(addresses.len() >= 4);
    for address in addresses {
        assert!(!address.contains("100010"), "{address}");
        assert!(!address.contains(&server.token), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_on_the_server_are_reported() {
    let upstream = Upstream::start(|_, _| Reply::Status(403)).await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let more = [
        "--tolerated-failure-percentage",
        "0",
        "--max-concurrency",
        "1",
    ];
    let output = fetch_by_api(&server, LIST, &more).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 5);
    assert!(text(&output.stderr).contains("more than the 0 % tolerated"));
    let settings = &runs(&server).await[0]["settings"];
    assert_eq!(settings["maxConcurrency"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_sent_in_parts() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    // One line more than fits a request.
    let list = "100010001\n".repeat(250_000) + "x\n";
    let output = fetch_by_api(&server, &list, &["--masked"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).lines().count(), 250_002);
    assert!(text(&output.stdout).ends_with("INVALID,,NO_DIGITS,,,0,\n"));
    assert_eq!(upstream.request_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_stops_the_servers_run_and_writes_its_rows() {
    let upstream = Upstream::answering_first(1).await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let child = spawn_fetch(&[
        list.to_str().unwrap(),
        "--api",
        &server.address,
        "--token",
        &server.token,
        "--max-concurrency",
        "1",
        "--format",
        "ndjson",
    ]);
    upstream.wait_for_requests(2).await;
    interrupt(&child);
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(130));
    let run = &runs(&server).await[0];
    assert_eq!(run["status"], "ABORTED");
    assert!(text(&output.stderr).contains(run["id"].as_str().unwrap()));
    let found = rows(&output.stdout);
    let outcomes: Vec<&Value> = found.iter().map(|row| &row["outcome"]).collect();
    assert_eq!(outcomes, outcomes_of_list(&upstream));
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_waits_for_a_restarted_server_and_starts_one_run() {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let proxy = Proxy::start(&server.address).await;
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let token = server.token.clone();
    let mut child = spawn_fetch(&[
        list.to_str().unwrap(),
        "--api",
        &proxy.url,
        "--token",
        &token,
    ]);
    upstream.wait_for_requests(2).await;
    let mut stderr = tokio::io::BufReader::new(child.stderr.take().unwrap());
    // Another test may get the port of the killed server.
    let unreachable = Upstream::unreachable();
    proxy.forward_to(unreachable.url.trim_end_matches("/ssn/"));
    server.kill().await;
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut stderr, &mut line)
        .await
        .unwrap();
    assert!(line.contains("Trying again"), "{line}");

    upstream.release();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    proxy.forward_to(&server.address);
    line.clear();
    tokio::io::AsyncBufReadExt::read_line(&mut stderr, &mut line)
        .await
        .unwrap();
    assert_eq!(line, "rollcall: the server answers again\n");
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout).lines().count(), 5);
    assert_eq!(runs(&server).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_starts_no_second_run() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let proxy = Proxy::start(&server.address).await;
    proxy.drop_response_to("POST /api/executions ");
    let args = ["-", "--api", &proxy.url, "--token", &server.token];
    let output = fetch(LIST, &args).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("the server answers again"));
    assert_eq!(proxy.sent().matches("POST /api/executions ").count(), 2);
    assert_eq!(runs(&server).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unclear_targets_and_refused_tokens_are_errors() {
    let upstream = Upstream::succeeding().await;
    let absent = Upstream::unreachable();
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let file = folder.path().join("my-token");
    std::fs::write(&file, format!("{}\n", server.token)).unwrap();
    let (api, file) = (server.address.as_str(), file.to_str().unwrap());
    for (args, named) in [
        (
            &["--api", api, "--token", "wr0ng"][..],
            "rejects this token",
        ),
        (&["--api", api], "needs a token"),
        (&["--api", api, "--token-file", "/nowhere"], "/nowhere"),
        (
            &["--api", api, "--token", "wr0ng", "--token-file", file],
            "leave all but one out",
        ),
        (&["--api", &upstream.url], "isn't one of Rollcall's"),
        (&["--api", &absent.url], "doesn't answer"),
        (&["--api", "nowhere"], "--api (ROLLCALL_API), given on the"),
        (&["--api", "http://a.example/"], "--allow-http"),
        (
            &["--api", api, "--upstream", &upstream.url],
            "Leave one out",
        ),
        (
            &["--api", api, "--header", "X: wr0ng"],
            "--header is for a run in this process",
        ),
        (
            &["--api", api, "--resume", "/nowhere"],
            "--resume is for a run in this process",
        ),
        (&[], "--upstream"),
    ] {
        let output = fetch(LIST, &[&["-"], args].concat()).await;
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
        assert!(errors.contains(named), "{args:?}: {errors}");
        assert!(output.stdout.is_empty());
        for secret in ["wr0ng", "100010001", &server.token] {
            assert!(!errors.contains(secret), "{errors}");
        }
    }
    assert_eq!(runs(&server).await, Vec::<Value>::new());
    let by_file = fetch(LIST, &["-", "--api", api, "--token-file", file]).await;
    assert_eq!(by_file.status.code(), Some(0), "{}", text(&by_file.stderr));
    assert_eq!(runs(&server).await[0]["counts"]["SUCCEEDED"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_retried_and_its_detail_is_shown() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let busy = Router::new().fallback(move || {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready((
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"type": "/problems/busy", "title": "Busy", "status": 503, "detail": "try later"}"#,
        ))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, busy).await });
    let output = fetch(LIST, &["-", "--api", &url]).await;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "rollcall: the server refused: try later\n"
    );
    assert!(requests.load(Ordering::Relaxed) > 1);
}
