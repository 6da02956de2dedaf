//! `rollcall fetch`: which upstream or server is used, and which token.

use tempfile::TempDir;

use crate::fetch::{LIST, text};
use crate::proxy::Proxy;
use crate::server::{Server, rollcall};
use crate::support::upstream::Upstream;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_address_overrides_the_variable() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let proxy = Proxy::start(&server.address).await;
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let base = proxy.url.trim_end_matches('/');
    let api = format!("{base}/?token={}", server.token);
    let call = async |more: &[&str]| {
        let mut command = rollcall();
        command.arg("fetch").arg(&list).args(["--api", &api]);
        command.args(more).env("ROLLCALL_TOKEN", "an0ther-server-s");
        command.output().await.unwrap()
    };
    let output = call(&[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let same = call(&["--token", &server.token]).await;
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
    let differs = call(&["--token", "wr0ng"]).await;
    assert_eq!(differs.status.code(), Some(2));
    assert!(text(&differs.stderr).contains("leave all but one out"));
    assert!(!proxy.sent().contains("an0ther") && !proxy.sent().contains("wr0ng"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_overrides_a_variable() {
    let (upstream, other) = (Upstream::succeeding().await, Upstream::succeeding().await);
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let call = async |args: &[&str]| {
        let mut command = rollcall();
        command
            .arg("fetch")
            .arg(&list)
            .args(args)
            .env("ROLLCALL_API", &server.address)
            .env("ROLLCALL_TOKEN", &server.token)
            .env("ROLLCALL_UPSTREAM", &other.url);
        command.output().await.unwrap()
    };
    let neither = call(&[]).await;
    assert_eq!(neither.status.code(), Some(2));
    assert!(text(&neither.stderr).contains("are both set"));
    let by_server = call(&["--api", &server.address]).await;
    assert_eq!(
        by_server.status.code(),
        Some(0),
        "{}",
        text(&by_server.stderr)
    );
    assert_eq!((upstream.request_count(), other.request_count()), (2, 0));
    let here = call(&["--upstream", &other.url, "--max-attempts", "2"]).await;
    assert_eq!(here.status.code(), Some(0), "{}", text(&here.stderr));
    assert_eq!((upstream.request_count(), other.request_count()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variables_token_is_sent_to_its_own_server_only() {
    let upstream = Upstream::succeeding().await;
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &upstream.url, &[]).await;
    let proxy = Proxy::start(&server.address).await;
    let list = folder.path().join("list.txt");
    std::fs::write(&list, LIST).unwrap();
    let call = async |api: &str| {
        let mut command = rollcall();
        command
            .arg("fetch")
            .arg(&list)
            .args(["--api", api])
            .env("ROLLCALL_API", &server.address)
            .env("ROLLCALL_TOKEN", &server.token);
        command.output().await.unwrap()
    };
    let other = call(&proxy.url).await;
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("needs a token, and none was set for it"));
    assert!(!proxy.sent().contains(&server.token));
    let same = call(&server.address).await;
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
}
