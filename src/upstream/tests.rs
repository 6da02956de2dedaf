use std::io::ErrorKind;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::*;

/// A demo upstream on a port of its own; it ends when this is dropped.
struct Server {
    address: SocketAddr,
    ending: Option<oneshot::Sender<()>>,
    serving: tokio::task::JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(settings: DemoSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ending, end) = oneshot::channel();
        let shutdown = async {
            let _ = end.await;
        };
        Self {
            address,
            ending: Some(ending),
            serving: tokio::spawn(serve(listener, settings, shutdown)),
        }
    }

    /// Sends a request and returns all bytes that arrive until the connection ends.
    async fn bytes(&self, request: &str) -> io::Result<Vec<u8>> {
        send(self.address, request).await
    }

    async fn get(&self, path: &str) -> Response {
        let request = format!("GET {path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n\r\n");
        Response::from(self.bytes(&request).await.unwrap())
    }
}

async fn send(address: SocketAddr, request: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

struct Response {
    status: u16,
    head: String,
    body: String,
}

impl From<Vec<u8>> for Response {
    fn from(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        lines
            .filter_map(|line| line.split_once(": "))
            .find_map(|(header, value)| (header == name).then_some(value))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[tokio::test]
async fn a_number_under_any_path_has_a_made_up_record() {
    let server = Server::start(DemoSettings::INSTANT).await;
    let first = server.get("/ssn/123456789").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.json()["demo"], true);
    let second = server.get("/v2/people/123456789?full=1").await;
    assert_eq!(second.body, first.body);
    assert_ne!(server.get("/ssn/123456788").await.body, first.body);
}

#[tokio::test]
async fn a_path_without_a_number_is_a_bad_request() {
    let server = Server::start(DemoSettings::INSTANT).await;
    for path in [
        "/",
        "/ssn/",
        "/ssn/12345678",
        "/ssn/+12345678",
        "/ssn/123-45-6789",
    ] {
        assert_eq!(server.get(path).await.status, 400, "{path}");
    }
    let request = "POST /ssn/123456789 HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n\r\n";
    let response = Response::from(server.bytes(request).await.unwrap());
    assert_eq!(response.status, 405);
}

#[tokio::test]
async fn each_rate_causes_its_status() {
    let none = DemoSettings::INSTANT;
    for (settings, status) in [
        (
            DemoSettings {
                not_found_rate: 1.0,
                ..none.clone()
            },
            404,
        ),
        (
            DemoSettings {
                failure_rate: 1.0,
                ..none.clone()
            },
            503,
        ),
        (
            DemoSettings {
                outage_rate: 1.0,
                ..none.clone()
            },
            503,
        ),
        (
            DemoSettings {
                throttle_rate: 1.0,
                retry_after: 7,
                ..none.clone()
            },
            429,
        ),
    ] {
        let server = Server::start(settings).await;
        let response = server.get("/ssn/123456789").await;
        assert_eq!(response.status, status);
        assert_eq!(response.json()["demo"], true);
        let wait = (status == 429).then_some("7");
        assert_eq!(response.header("retry-after"), wait);
    }
}

#[tokio::test]
async fn a_truncated_response_ends_before_its_length() {
    let server = Server::start(DemoSettings {
        truncate_rate: 1.0,
        ..DemoSettings::INSTANT
    })
    .await;
    for _ in 0..20 {
        let response = server.get("/ssn/123456789").await;
        assert_eq!(response.status, 200);
        let announced: usize = response.header("content-length").unwrap().parse().unwrap();
        assert_eq!(response.body.len(), announced / 2);
    }
}

#[tokio::test]
async fn a_reset_replaces_the_response() {
    let server = Server::start(DemoSettings {
        reset_rate: 1.0,
        ..DemoSettings::INSTANT
    })
    .await;
    for _ in 0..20 {
        let request = "GET /ssn/123456789 HTTP/1.1\r\nhost: demo\r\n\r\n";
        let error = server.bytes(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn a_slow_response_takes_longer_by_the_slow_latency() {
    let server = Server::start(DemoSettings {
        slow_rate: 1.0,
        slow_latency: 300,
        ..DemoSettings::INSTANT
    })
    .await;
    let start = std::time::Instant::now();
    assert_eq!(server.get("/ssn/123456789").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn many_requests_are_served_at_once() {
    let server = Server::start(DemoSettings {
        latency: 500,
        ..DemoSettings::INSTANT
    })
    .await;
    let start = std::time::Instant::now();
    let mut requests = JoinSet::new();
    for number in 0..200 {
        let address = server.address;
        requests.spawn(async move {
            let path = format!("/ssn/{number:09}");
            let request = format!("GET {path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n\r\n");
            Response::from(send(address, &request).await.unwrap()).status
        });
    }
    assert!(
        requests
            .join_all()
            .await
            .iter()
            .all(|status| *status == 200)
    );
    // One after the other would take 100 s.
    assert!(start.elapsed() < Duration::from_secs(100));
}

#[tokio::test]
async fn shutdown_ends_the_server_despite_open_connections() {
    let mut server = Server::start(DemoSettings::INSTANT).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let request = "GET /ssn/123456789 HTTP/1.1\r\nhost: demo\r\n\r\n";
    idle.write_all(request.as_bytes()).await.unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);
    drop(server.ending.take());
    server.serving.await.unwrap().unwrap();
}
