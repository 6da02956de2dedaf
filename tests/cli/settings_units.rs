//! An upstream's address and headers are one unit per source.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::fetch::text;
use crate::server::rollcall;
use crate::support::upstream::Upstream;

/// A folder with a list, and a settings file that a test writes.
struct TestFolder {
    folder: TempDir,
}

impl TestFolder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("list.txt"), "100010001\n").unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `rollcall fetch` with this settings file, these variables and these flags.
    fn fetch(&self, file: &str, variables: &[(&str, &str)], flags: &[&str]) -> Command {
        fs::write(self.path("settings.toml"), file).unwrap();
        let mut command = rollcall();
        command
            .arg("fetch")
            .args([Path::new("--settings"), &self.path("settings.toml")])
            .arg(self.path("list.txt"))
            .envs(variables.iter().copied())
            .args(flags);
        command
    }

    async fn succeeds(&self, file: &str, variables: &[(&str, &str)], flags: &[&str]) {
        let output = self.fetch(file, variables, flags).output().await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }

    async fn refused(&self, file: &str, variables: &[(&str, &str)], flags: &[&str]) -> String {
        let output = self.fetch(file, variables, flags).output().await.unwrap();
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(output.stdout.is_empty() && !error.contains("s3cret"));
        error
    }
}

const OTHER: &str = "https://a.example/";

#[tokio::test(flavor = "multi_thread")]
async fn a_stronger_source_replaces_address_and_headers() {
    let folder = TestFolder::new();
    let upstream = Upstream::succeeding().await;
    let flags = ["--upstream", &*upstream.url];
    fs::write(folder.path("headers"), "X-Key: s3cret\n").unwrap();
    let header_file = format!("header-file = {:?}", folder.path("headers"));
    for header in ["header = [\"X-Key: s3cret\"]", &header_file] {
        let file = format!("upstream = \"{OTHER}\"\n{header}\n");
        folder.succeeds(&file, &[], &flags).await;
        assert!(!upstream.last_headers().contains_key("x-key"));
        let variable = [("ROLLCALL_UPSTREAM", &*upstream.url)];
        folder.succeeds(&file, &variable, &[]).await;
        assert!(!upstream.last_headers().contains_key("x-key"));
    }
    let variables = [
        ("ROLLCALL_UPSTREAM", OTHER),
        ("ROLLCALL_HEADER", "X-Key: s3cret"),
    ];
    folder.succeeds("", &variables, &flags).await;
    assert!(!upstream.last_headers().contains_key("x-key"));

    let mut command = rollcall();
    command.arg("settings").args(flags).envs(variables);
    let output = command.output().await.unwrap();
    assert!(text(&output.stdout).contains("\nheader = []\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_sent_to_the_upstream_of_their_source() {
    let folder = TestFolder::new();
    let upstream = Upstream::succeeding().await;
    let url = &*upstream.url;
    let flags = ["--upstream", url];
    let file = |url: &str| format!("upstream = \"{url}\"\nheader = [\"X-Key: 1\"]\n");
    let sent = || upstream.last_headers()["x-key"].clone();

    let variables = [("ROLLCALL_UPSTREAM", OTHER)];
    folder.succeeds(&file(url), &variables, &flags).await;
    assert_eq!(sent(), "1");

    let variables = [("ROLLCALL_UPSTREAM", url), ("ROLLCALL_HEADER", "X-Key: 2")];
    folder.succeeds(&file(OTHER), &variables, &flags).await;
    assert_eq!(sent(), "2");

    let flags = [&flags[..], &["--header", "X-Key: 3"]].concat();
    folder.succeeds(&file(OTHER), &variables, &flags).await;
    assert_eq!(sent(), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_an_address_go_to_the_only_upstream() {
    let folder = TestFolder::new();
    let upstream = Upstream::succeeding().await;
    let url = &*upstream.url;
    let header = ("ROLLCALL_HEADER", "X-Key: 1");
    let without_slash = format!("upstream = \"{}\"\n", url.trim_end_matches('/'));
    for (file, flags) in [
        ("", &["--upstream", url][..]),
        (&*without_slash, &["--upstream", url]),
        (&*without_slash, &[]),
    ] {
        folder.succeeds(file, &[header], flags).await;
        assert_eq!(upstream.last_headers()["x-key"], "1");
    }
    let file = format!("upstream = {url:?}\n");
    folder.succeeds(&file, &[], &["--header", "X-Key: 2"]).await;
    assert_eq!(upstream.last_headers()["x-key"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_an_address_are_refused_if_ambiguous() {
    let folder = TestFolder::new();
    let upstream = Upstream::succeeding().await;
    let url = &*upstream.url;
    let header = ("ROLLCALL_HEADER", "X-Key: s3cret");
    let file = format!("upstream = \"{OTHER}\"\n");
    let error = folder.refused(&file, &[header], &["--upstream", url]).await;
    let expected =
        "--header (ROLLCALL_HEADER), given by the variable ROLLCALL_HEADER, is ambiguous";
    assert!(error.contains(expected), "{error}");
    assert!(error.contains("line 1 of"), "{error}");

    let variable = [("ROLLCALL_UPSTREAM", url)];
    for (file, flags) in [
        (&*file, &["--header", "X-Key: s3cret"][..]),
        ("header = [\"X-Key: s3cret\"]", &["--upstream", OTHER]),
    ] {
        let error = folder.refused(file, &variable, flags).await;
        assert!(error.contains("ambiguous"), "{error}");
    }
    assert_eq!(upstream.request_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_its_scheme_is_refused_as_invalid() {
    let folder = TestFolder::new();
    for (address, secret) in [
        ("--api=localhost:8686", "ROLLCALL_TOKEN"),
        ("--upstream=localhost:8686/ssn", "ROLLCALL_HEADER"),
    ] {
        let error = folder
            .refused("", &[(secret, "X: s3cret")], &[address])
            .await;
        let flag = address.split_once('=').unwrap().0;
        assert!(
            error.contains(flag) && error.contains("is invalid: it"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_ca_file_is_named_in_the_error() {
    let folder = TestFolder::new();
    let broken = folder.path("broken.pem");
    let pem = "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n";
    fs::write(&broken, pem).unwrap();
    let flags = ["--api", OTHER, "--ca-file", broken.to_str().unwrap()];
    let error = folder.refused("", &[], &flags).await;
    assert!(error.contains("--ca-file"), "{error}");
}
