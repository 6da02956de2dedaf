//! The requests that are sent.

use std::env;
use std::process::Command;

use contract::wire::Outcome;
use fetcher::UpstreamSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::run::{Run, body, count, number, settings, settings_of};
use crate::server::{Protocol, Server};
use crate::tcp_server::tcp_server;

/// Variables for a child process of this program.
///
/// They hold the URL of the upstream, whether to use a proxy, and the certificate to trust.
const URL: &str = "ROLLCALL_TEST_URL";
const BY_PROXY: &str = "ROLLCALL_TEST_BY_PROXY";
const TRUST: &str = "ROLLCALL_TEST_TRUST";

#[tokio::test]
async fn number_query_and_headers_are_sent() {
    for protocol in [
        Protocol::Http1,
        Protocol::Http1OverTls,
        Protocol::Http2(100),
    ] {
        let server = Server::always_ok(protocol).await;
        let base = server.url().replace("/ssn/", "/v1/ssn?key=a%20b&z");
        let mut settings = settings_of(base);
        settings.headers.append("x-api-key", "one".parse().unwrap());
        settings
            .headers
            .append("accept", "application/json".parse().unwrap());
        let rows = Run::new(settings, 3).await.rows_of_batch().await;
        assert_eq!(count(&rows, Outcome::Succeeded), 3);
        let mut received = server.received();
        received.sort_by(|a, b| a.target.cmp(&b.target));
        for (index, received) in (0..).zip(&received) {
            assert_eq!(
                received.target,
                format!("/v1/ssn/{}?key=a%20b&z", number(index))
            );
            assert_eq!(received.headers["x-api-key"], "one");
            assert_eq!(received.headers["accept"], "application/json");
            let agent = received.headers["user-agent"].to_str().unwrap();
            assert!(agent.starts_with("rollcall/"), "{agent}");
            let encodings = received.headers["accept-encoding"].to_str().unwrap();
            assert!(
                encodings.contains("gzip") && encodings.contains("br"),
                "{encodings}"
            );
        }
    }
}

#[tokio::test]
async fn every_response_keeps_its_status_and_body() {
    let server = Server::start(Protocol::Http1, |received| async move {
        let (status, body) = match received.number.as_bytes()[8] {
            b'1' => (200, r#"{"a": 1.50}"#),
            b'2' => (204, ""),
            b'3' => (404, r#"{"error": "none"}"#),
            _ => (410, "gone"),
        };
        Some(crate::server::response(status, "application/json", body))
    })
    .await;
    let rows = Run::new(settings(&server), 4).await.rows_of_batch().await;
    let results: Vec<_> = rows
        .iter()
        .map(|row| (row.outcome, row.status_code.unwrap(), body(row)))
        .collect();
    assert_eq!(
        results,
        [
            (Outcome::Succeeded, 200, Some(r#"{"a": 1.50}"#)),
            (Outcome::Succeeded, 204, None),
            (Outcome::NotFound, 404, Some(r#"{"error": "none"}"#)),
            (Outcome::NotFound, 410, Some(r#""gone""#)),
        ]
    );
}

/// Starts a proxy for CONNECT. Returns its port and the number of connections accepted.
async fn proxy() -> (u16, tokio::sync::watch::Receiver<u32>) {
    tcp_server(|mut stream, _| async move {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let to = head
            .strip_prefix("CONNECT ")
            .and_then(|rest| rest.split(' ').next());
        let mut server = TcpStream::connect(to.unwrap_or_default()).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        copy_bidirectional(&mut stream, &mut server).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn proxy_variables_are_used_only_if_enabled() {
    // Variables belong to the whole process, so a child process of this program sends the requests.
    if let (Ok(url), Ok(by_proxy), Ok(trust)) = (env::var(URL), env::var(BY_PROXY), env::var(TRUST))
    {
        let settings = UpstreamSettings {
            use_proxy: by_proxy == "true",
            trusted_certificates: Some(trust.into_bytes()),
            ..UpstreamSettings::new(url)
        };
        let rows = Run::new(settings, 2).await.rows_of_batch().await;
        assert_eq!(count(&rows, Outcome::Succeeded), 2);
        return;
    }
    for protocol in [Protocol::Http2(100), Protocol::Http1OverTls] {
        let server = Server::always_ok(protocol).await;
        let (port, connections) = proxy().await;
        for by_proxy in [false, true] {
            let mut child = Command::new(env::current_exe().unwrap());
            child
                .args([
                    "--exact",
                    "requests::proxy_variables_are_used_only_if_enabled",
                ])
                .env(URL, server.url())
                .env(BY_PROXY, by_proxy.to_string())
                .env(TRUST, String::from_utf8(crate::tls::certificate()).unwrap())
                .env_remove("NO_PROXY")
                .env_remove("no_proxy");
            for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"] {
                child.env(variable, format!("http://127.0.0.1:{port}"));
            }
            let child = tokio::task::spawn_blocking(move || child.output());
            let output = child.await.unwrap().unwrap();
            let output_text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(
                output.status.success() && output_text.contains("1 passed"),
                "{output_text}"
            );
            assert_eq!(*connections.borrow() > 0, by_proxy);
        }
        assert_eq!(server.received().len(), 4);
    }
}
