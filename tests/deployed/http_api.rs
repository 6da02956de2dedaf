//! The API behind API Gateway: what only that shape can get wrong. All else is the API's own suite.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::emulator::Deployment;

/// The status and the whole answer.
async fn get(deployment: &Deployment, path: &str) -> (u16, String) {
    let (host, address) = deployment.api_address();
    let mut stream = TcpStream::connect(address).await.expect("the emulator");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{}\r\nConnection: close\r\n\r\n",
        address.port()
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_answers_behind_the_gateway() {
    let deployment = Deployment::new("http://127.0.0.1:1/ssn");
    let (status, answer) = get(&deployment, "/api/settings").await;
    assert_eq!(status, 200, "{answer}");
    assert!(
        answer.contains(r#""host":"127.0.0.1:1","path":"/ssn/""#),
        "{answer}"
    );
    assert!(answer.to_lowercase().contains("cache-control: no-store"));
    for (path, expected) in [
        ("/api/executions", 200),
        ("/api/nothing", 404),
        ("/api/executions/..%2F..%2Fetc%2Fpasswd", 404),
        ("/api/executions/a%20b%3F%C3%A9%00", 404),
        ("/api/executions?cursor=%22|\"<x>", 422),
    ] {
        let (status, answer) = get(&deployment, path).await;
        assert_eq!(status, expected, "{path}: {answer}");
        assert!(
            expected == 200 || answer.contains("application/problem+json"),
            "{answer}"
        );
    }
}
