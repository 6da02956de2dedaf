//! Upstreams that fail, each in a different way.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::ErrorKind;
use fetcher::UpstreamSettings;
use tokio::net::TcpSocket;

use crate::run::settings_of;
use crate::server::{Protocol, Server, response, with_header};
use crate::tcp_server::{
    read_head, server_sending, server_stalling_after, tcp_server, unused_port,
};

/// Attempts for one item in these tests.
const ATTEMPTS: u32 = 3;

/// An upstream that fails, and the expected result of every item.
pub struct FailureCase {
    pub name: &'static str,
    pub settings: UpstreamSettings,
    pub error: Option<ErrorKind>,
    pub status: Option<u16>,
    pub attempts: u32,
    /// The number of connections accepted, for the cases in which that is checked.
    pub connections: Option<Box<dyn Fn() -> u32>>,
    /// Whether the status may be missing, since the attempt may time out before the status arrives.
    pub may_lack_status: bool,
    /// Reserves a port on which no server listens.
    _unused_port: Option<Arc<TcpSocket>>,
}

impl FailureCase {
    fn new(name: &'static str, url: String) -> Self {
        Self {
            name,
            settings: UpstreamSettings {
                max_attempts: ATTEMPTS,
                ..settings_of(url)
            },
            error: None,
            status: None,
            attempts: ATTEMPTS,
            connections: None,
            may_lack_status: false,
            _unused_port: None,
        }
    }

    fn of(name: &'static str, server: &Server) -> Self {
        Self::new(name, server.url())
    }

    fn error(mut self, error: ErrorKind) -> Self {
        self.error = Some(error);
        self.attempts = if error.is_transient() { ATTEMPTS } else { 1 };
        self
    }

    fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    fn with(mut self, change: impl FnOnce(&mut UpstreamSettings)) -> Self {
        change(&mut self.settings);
        self
    }
}

async fn no_connection() -> Vec<FailureCase> {
    let (socket, refused) = unused_port();
    let socket = Arc::new(socket);
    let (silent, _) = tcp_server(|stream, _| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    let without_tls = Server::always_ok(Protocol::Http1).await;
    let refusing = |name, scheme| FailureCase {
        _unused_port: Some(Arc::clone(&socket)),
        ..FailureCase::new(name, format!("{scheme}://127.0.0.1:{refused}/ssn/"))
            .error(ErrorKind::ConnectFailed)
    };
    vec![
        refusing("refused", "http"),
        refusing("refused, TLS", "https"),
        FailureCase::new(
            "no TLS handshake",
            format!("https://127.0.0.1:{silent}/ssn/"),
        )
        .with(|settings| settings.connect_timeout = Duration::from_millis(100))
        .error(ErrorKind::TimedOut),
        FailureCase::new(
            "a server without TLS",
            format!("https://127.0.0.1:{}/ssn/", without_tls.port),
        )
        .error(ErrorKind::TlsFailed),
    ]
}

async fn certificates() -> Vec<FailureCase> {
    let mut cases = Vec::new();
    for (protocol, name) in [
        (Protocol::Http2(100), "untrusted certificate, HTTP/2"),
        (Protocol::Http1OverTls, "untrusted certificate, HTTP/1.1"),
    ] {
        let server = Server::always_ok(protocol).await;
        let counted = server.clone();
        let mut case = FailureCase::of(name, &server)
            .with(|settings| settings.trusted_certificates = None)
            .error(ErrorKind::TlsFailed);
        case.connections = Some(Box::new(move || counted.accepted()));
        cases.push(case);
    }
    // The certificate is valid for 127.0.0.1 only.
    let server = Server::always_ok(Protocol::Http1OverTls).await;
    let url = server.url().replace("127.0.0.1", "localhost");
    cases.push(FailureCase::new("certificate for another name", url).error(ErrorKind::TlsFailed));
    cases
}

async fn broken_connections() -> Vec<FailureCase> {
    let (resets, _) = tcp_server(|mut stream, _| async move {
        read_head(&mut stream).await?;
        // With no linger time the connection is reset instead of closed.
        stream.set_zero_linger()
    })
    .await;
    let resets_streams = Server::start(Protocol::Http2(100), |_| async { None }).await;
    let lost = ErrorKind::ConnectionLost;
    vec![
        FailureCase::new("closed without a response", server_sending(b"").await).error(lost),
        FailureCase::new("reset", format!("http://127.0.0.1:{resets}/ssn/")).error(lost),
        FailureCase::of("HTTP/2 stream reset", &resets_streams).error(lost),
        FailureCase::new("half a head", server_sending(b"HTTP/1.1 200 OK\r\nContent-Ty").await).error(lost),
        FailureCase::new(
            "half a body",
            server_sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"found").await,
        )
        .error(lost)
        .status(200),
        FailureCase::new(
            "half a chunked body",
            server_sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"found").await,
        )
        .error(lost)
        .status(200),
        FailureCase::new(
            "half a gzip body",
            server_sending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff").await,
        )
        .error(lost)
        .status(200),
    ]
}

async fn timeouts() -> Vec<FailureCase> {
    let mut cases = vec![
        FailureCase::new("no response", server_stalling_after(b"").await),
        FailureCase::new(
            "half a head, then nothing",
            server_stalling_after(b"HTTP/1.1 200").await,
        ),
        FailureCase::new(
            "a head, then nothing",
            server_stalling_after(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").await,
        ),
        FailureCase::of(
            "no response over HTTP/2",
            &Server::start(Protocol::Http2(100), |_| std::future::pending()).await,
        ),
    ];
    for case in &mut cases {
        case.settings.attempt_timeout = Duration::from_millis(200);
        case.may_lack_status = true;
        case.error = Some(ErrorKind::TimedOut);
    }
    cases
}

async fn malformed_responses() -> Vec<FailureCase> {
    let long = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 1 << 20]].concat();
    let invalid = ErrorKind::InvalidAnswer;
    vec![
        FailureCase::new("not HTTP", server_sending(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").await).error(invalid),
        FailureCase::new("an endless head", server_sending(long.leak()).await).error(invalid),
        FailureCase::new("an invalid length", server_sending(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n").await)
            .error(invalid),
        FailureCase::new(
            "an invalid chunk length",
            server_sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await,
        )
        .error(invalid)
        .status(200),
        FailureCase::new(
            "not gzip",
            server_sending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nhello, world").await,
        )
        .error(invalid)
        .status(200),
        FailureCase::new(
            "a truncated gzip body of the announced length",
            server_sending(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff").await,
        )
        .error(invalid)
        .status(200),
        FailureCase::new(
            "not brotli",
            server_sending(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 12\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").await,
        )
        .error(invalid)
        .status(200),
    ]
}

async fn statuses() -> Vec<FailureCase> {
    let mut cases = Vec::new();
    for (status, attempts) in [
        (400, 1),
        (401, 1),
        (403, 1),
        (304, 1),
        (408, ATTEMPTS),
        (425, ATTEMPTS),
        (429, ATTEMPTS),
        (500, ATTEMPTS),
        (503, ATTEMPTS),
    ] {
        let server = Server::start(Protocol::Http1, move |_| async move {
            Some(response(status, "text/plain", "no"))
        })
        .await;
        let case = FailureCase::of("a status", &server).status(status);
        cases.push(case.attempts(attempts));
    }
    for (status, attempts) in [(200, 1), (403, 1), (503, ATTEMPTS)] {
        let server = Server::start(Protocol::Http1, move |_| async move {
            Some(response(status, "text/plain", vec![b'x'; (64 << 10) + 1]))
        })
        .await;
        let case = FailureCase::of("a body over the cap", &server)
            .error(ErrorKind::BodyTooLarge)
            .status(status);
        cases.push(case.attempts(attempts));
    }
    for location in ["https://elsewhere.invalid/", "/ssn/", "http://[", "\t"] {
        let server = Server::start(Protocol::Http1, move |_| async move {
            Some(with_header(302, "location", location))
        })
        .await;
        cases.push(
            FailureCase::of("a redirect", &server)
                .error(ErrorKind::RedirectRefused)
                .status(302),
        );
    }
    cases
}

pub async fn failure_cases() -> Vec<FailureCase> {
    let mut cases = no_connection().await;
    cases.extend(certificates().await);
    cases.extend(broken_connections().await);
    cases.extend(timeouts().await);
    cases.extend(malformed_responses().await);
    cases.extend(statuses().await);
    cases
}
