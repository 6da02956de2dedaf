//! The API behind CloudFront and the HTTP API: paths that HTTP libraries would normalise. All else
//! is in the API's tests.

use axum::http::Uri;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::stack::Stack;

/// Sends a raw GET; returns the status and the whole response.
async fn get(stack: &Stack, token: &str, path: &str) -> (u16, String) {
    let address: Uri = stack.output("Address").parse().expect("an address");
    let port = address.port_u16().expect("the emulator's port");
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("the emulator");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n",
        address.authority().expect("a host"),
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request sent");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .await
        .expect("a response");
    let status = response
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), response)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_answers_behind_the_gateway() {
    let stack = Stack::with_upstream("http://127.0.0.1:1/ssn").await;
    let token = stack.token().await;
    let (status, response) = get(&stack, &token, "/api/settings").await;
    assert_eq!(status, 200, "{response}");
    assert!(
        response.contains(r#""host":"127.0.0.1:1","path":"/ssn/""#),
        "{response}"
    );
    assert!(response.to_lowercase().contains("cache-control: no-store"));
    for (path, expected) in [
        ("/api/executions", 200),
        ("/api/nothing", 404),
        ("/api/executions/..%2F..%2Fetc%2Fpasswd", 404),
        ("/api/executions/a%20b%3F%C3%A9%00", 404),
        ("/api/executions?cursor=%22|\"<x>", 422),
    ] {
        let (status, response) = get(&stack, &token, path).await;
        assert_eq!(status, expected, "{path}: {response}");
        assert!(
            expected == 200 || response.contains("application/problem+json"),
            "{response}"
        );
    }
}
