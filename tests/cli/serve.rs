//! `rollcall serve`: access, one server for each folder, a clean shutdown.

use std::process::Stdio;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::server::{Server, rollcall};
use crate::support::numbers;
use crate::support::upstream::Upstream;
use crate::support::wait::wait_for;

#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_server_writes_responses_and_resumes() {
    let folder = TempDir::new().unwrap();
    let upstream = Upstream::answering_first(86).await;
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let list = json!({"ssnList": numbers(200), "maxConcurrency": 100});
    let id = server.post("/api/executions", &list).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // 86 of 200 have succeeded, 100 are in flight.
    upstream.wait_for_requests(186).await;
    assert!(server.terminate().await.success());
    let (before, answered) = (upstream.request_counts(), upstream.answered_numbers());
    upstream.release();

    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let ended = server.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(200))
    );
    let after = upstream.request_counts();
    for number in answered {
        assert_eq!(
            after[&number], before[&number],
            "a number with a response was requested again"
        );
    }
    assert!(server.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_is_used_by_one_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "http://127.0.0.1:1/", &[]).await;
    let mut second = rollcall();
    second
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "http://127.0.0.1:1/",
            "--data",
        ])
        .arg(folder.path());
    let second = second.stderr(Stdio::piped()).output().await.unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another process uses the folder"));
    server.get("/api/settings").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_needs_the_token_and_its_own_origin() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "http://127.0.0.1:1/", &[]).await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let ask =
        |method: Method, path: &str| client.request(method, format!("{}{path}", server.address));

    let health = ask(Method::GET, "/api/health").send().await.unwrap();
    assert_eq!(health.status(), 200);
    let closed = ask(Method::GET, "/api/settings").send().await.unwrap();
    assert_eq!(
        (
            closed.status().as_u16(),
            closed.headers()["www-authenticate"].to_str().unwrap()
        ),
        (401, "Bearer")
    );
    assert_eq!(closed.headers()["content-type"], "application/problem+json");
    let wrong = ask(Method::GET, "/?token=0123").send().await.unwrap();
    assert!(wrong.headers().get("set-cookie").is_none());

    let opened = ask(Method::GET, &format!("/history?token={}", server.token))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            opened.status().as_u16(),
            opened.headers()["location"].to_str().unwrap()
        ),
        (303, "/history")
    );
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(
        ask(Method::GET, "/api/settings")
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );

    // Two slashes would begin another host's name.
    let elsewhere = ask(Method::GET, "//evil.example/?token=0")
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.headers()["location"], "/evil.example/");

    let foreign = ask(Method::POST, "/api/lists")
        .header("cookie", &cookie)
        .header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let own = ask(Method::POST, "/api/lists")
        .header("cookie", &cookie)
        .header("origin", &server.address);
    assert_eq!(own.send().await.unwrap().status(), 201);
    let renamed = ask(Method::GET, "/api/health").header("host", "evil.example");
    assert_eq!(renamed.send().await.unwrap().status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_uses_the_servers_defaults_for_omitted_settings() {
    let folder = TempDir::new().unwrap();
    let upstream = Upstream::succeeding().await;
    let further = [
        "--max-concurrency=7",
        "--requests-per-second=900",
        "--tolerated-failure-percentage=2.5",
    ];
    let server = Server::start(folder.path(), &upstream.url, &further).await;
    assert_eq!(
        server.get("/api/settings").await["defaults"],
        json!({"maxConcurrency": 7, "requestsPerSecond": 900.0, "toleratedFailurePercentage": 2.5})
    );
    let list = json!({"ssnList": numbers(1), "maxConcurrency": 9});
    let settings = &server.post("/api/executions", &list).await["settings"];
    assert_eq!(
        (&settings["maxConcurrency"], &settings["requestsPerSecond"]),
        (&json!(9), &json!(900.0))
    );
}

/// The browser is a script that writes its arguments into a file.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn open_uses_a_token_that_works_once() {
    let folder = TempDir::new().unwrap();
    let opened = folder.path().join("opened");
    let browser = folder.path().join("xdg-open");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", opened.display());
    std::fs::write(folder.path().join("script"), script).unwrap();
    // Another process writes the executable. If this process did, a child that another test starts
    // meanwhile could hold the file open for writing, and then it can't be run.
    let mut install = std::process::Command::new("install");
    install
        .args(["-m", "700"])
        .arg(folder.path().join("script"));
    assert!(install.arg(&browser).status().unwrap().success());
    let mut command = rollcall();
    command
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .env("DISPLAY", ":0")
        .env_remove("SSH_CONNECTION");
    let data = folder.path().join("data");
    let server = Server::start_as(command, &data, "http://127.0.0.1:1/", &["--open"]).await;
    let written = wait_for("the browser", async || {
        std::fs::read_to_string(&opened)
            .ok()
            .filter(|written| written.ends_with('\n'))
    })
    .await;
    let address = written.trim_end();
    assert!(address.starts_with(&server.address), "{address}");
    assert!(
        !address.contains(&server.token),
        "other users can see the arguments of a process"
    );

    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let first = client.get(address).send().await.unwrap();
    let cookie = first.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains(&server.token), "{cookie}");
    let second = client.get(address).send().await.unwrap();
    assert!(second.headers().get("set-cookie").is_none());
}
