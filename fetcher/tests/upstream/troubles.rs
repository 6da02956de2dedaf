//! Upstreams that fail, each in its own way.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::ErrorKind;
use fetcher::UpstreamSettings;
use tokio::net::TcpSocket;

use crate::raw::{head, raw, says, stalls_after, unused_port};
use crate::run::settings_of;
use crate::server::{Server, Wire, answer, with_header};

/// Attempts for one item in these tests.
const ATTEMPTS: u32 = 3;

/// An upstream that fails, and what is to become of a number that it is asked for.
pub struct Trouble {
    pub what: &'static str,
    pub settings: UpstreamSettings,
    pub error: Option<ErrorKind>,
    pub status: Option<u16>,
    pub attempts: u32,
    /// Connections that it took, where that tells something.
    pub connections: Option<Box<dyn Fn() -> u32>>,
    /// Whether a timeout ends it, before or after the status has come.
    pub is_cut_short: bool,
    /// Keeps the port of an upstream that nobody serves.
    _unused_port: Option<Arc<TcpSocket>>,
}

impl Trouble {
    fn new(what: &'static str, url: String) -> Self {
        Self {
            what,
            settings: UpstreamSettings {
                max_attempts: ATTEMPTS,
                ..settings_of(url)
            },
            error: None,
            status: None,
            attempts: ATTEMPTS,
            connections: None,
            is_cut_short: false,
            _unused_port: None,
        }
    }

    fn of(what: &'static str, server: &Server) -> Self {
        Self::new(what, server.url())
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

async fn no_connection() -> Vec<Trouble> {
    let (socket, refused) = unused_port();
    let socket = Arc::new(socket);
    let (silent, _) = raw(|stream, _| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    let mute = Server::quick(Wire::Plain).await;
    let refusing = |what, scheme| Trouble {
        _unused_port: Some(Arc::clone(&socket)),
        ..Trouble::new(what, format!("{scheme}://127.0.0.1:{refused}/ssn/"))
            .error(ErrorKind::ConnectFailed)
    };
    vec![
        refusing("refused", "http"),
        refusing("refused, TLS", "https"),
        Trouble::new("no handshake", format!("https://127.0.0.1:{silent}/ssn/"))
            .with(|settings| settings.connect_timeout = Duration::from_millis(100))
            .error(ErrorKind::TimedOut),
        Trouble::new("no TLS", format!("https://127.0.0.1:{}/ssn/", mute.port))
            .error(ErrorKind::TlsFailed),
    ]
}

async fn certificates() -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for (wire, what) in [
        (Wire::Http2(100), "not trusted, HTTP/2"),
        (Wire::Tls, "not trusted, HTTP/1.1"),
    ] {
        let server = Server::quick(wire).await;
        let counted = server.clone();
        let mut trouble = Trouble::of(what, &server)
            .with(|settings| settings.trusted_certificates = None)
            .error(ErrorKind::TlsFailed);
        trouble.connections = Some(Box::new(move || counted.accepted()));
        troubles.push(trouble);
    }
    // It names 127.0.0.1 only.
    let server = Server::quick(Wire::Tls).await;
    let url = server.url().replace("127.0.0.1", "localhost");
    troubles.push(Trouble::new("of another name", url).error(ErrorKind::TlsFailed));
    troubles
}

async fn broken_connections() -> Vec<Trouble> {
    let (resets, _) = raw(|mut stream, _| async move {
        head(&mut stream).await?;
        // Closed with something unread, it is reset rather than ended.
        stream.set_zero_linger()
    })
    .await;
    let breaks_off = Server::start(Wire::Http2(100), |_| async { None }).await;
    let lost = ErrorKind::ConnectionLost;
    vec![
        Trouble::new("closed without a word", says(b"").await).error(lost),
        Trouble::new("reset", format!("http://127.0.0.1:{resets}/ssn/")).error(lost),
        Trouble::of("HTTP/2 stream reset", &breaks_off).error(lost),
        Trouble::new("half a head", says(b"HTTP/1.1 200 OK\r\nContent-Ty").await).error(lost),
        Trouble::new(
            "half a body",
            says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"found").await,
        )
        .error(lost)
        .status(200),
        Trouble::new(
            "half a chunked body",
            says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"found").await,
        )
        .error(lost)
        .status(200),
        Trouble::new(
            "half a gzip body",
            says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff").await,
        )
        .error(lost)
        .status(200),
    ]
}

async fn silence() -> Vec<Trouble> {
    let mut troubles = vec![
        Trouble::new("no answer", stalls_after(b"").await),
        Trouble::new(
            "half a head, then nothing",
            stalls_after(b"HTTP/1.1 200").await,
        ),
        Trouble::new(
            "a head, then nothing",
            stalls_after(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").await,
        ),
        Trouble::of(
            "no answer over HTTP/2",
            &Server::start(Wire::Http2(100), |_| std::future::pending()).await,
        ),
    ];
    for trouble in &mut troubles {
        trouble.settings.attempt_timeout = Duration::from_millis(200);
        trouble.is_cut_short = true;
        trouble.error = Some(ErrorKind::TimedOut);
    }
    troubles
}

async fn nonsense() -> Vec<Trouble> {
    let long = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 1 << 20]].concat();
    let invalid = ErrorKind::InvalidAnswer;
    vec![
        Trouble::new("no HTTP", says(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").await).error(invalid),
        Trouble::new("a head without end", says(long.leak()).await).error(invalid),
        Trouble::new("no number for a length", says(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n").await)
            .error(invalid),
        Trouble::new(
            "no number for a chunk's length",
            says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await,
        )
        .error(invalid)
        .status(200),
        Trouble::new(
            "no gzip",
            says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nhello, world").await,
        )
        .error(invalid)
        .status(200),
        Trouble::new(
            "a gzip cut short by who made it",
            says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff").await,
        )
        .error(invalid)
        .status(200),
        Trouble::new(
            "no brotli",
            says(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 12\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").await,
        )
        .error(invalid)
        .status(200),
    ]
}

async fn answers() -> Vec<Trouble> {
    let mut troubles = Vec::new();
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
        let server = Server::start(Wire::Plain, move |_| async move {
            Some(answer(status, "text/plain", "no"))
        })
        .await;
        let trouble = Trouble::of("a status", &server).status(status);
        troubles.push(trouble.attempts(attempts));
    }
    for (status, attempts) in [(200, 1), (403, 1), (503, ATTEMPTS)] {
        let server = Server::start(Wire::Plain, move |_| async move {
            Some(answer(status, "text/plain", vec![b'x'; (64 << 10) + 1]))
        })
        .await;
        let trouble = Trouble::of("a body over the cap", &server)
            .error(ErrorKind::BodyTooLarge)
            .status(status);
        troubles.push(trouble.attempts(attempts));
    }
    for location in ["https://elsewhere.invalid/", "/ssn/", "http://[", "\t"] {
        let server = Server::start(Wire::Plain, move |_| async move {
            Some(with_header(302, "location", location))
        })
        .await;
        troubles.push(
            Trouble::of("a redirect", &server)
                .error(ErrorKind::RedirectRefused)
                .status(302),
        );
    }
    troubles
}

pub async fn troubles() -> Vec<Trouble> {
    let mut troubles = no_connection().await;
    troubles.extend(certificates().await);
    troubles.extend(broken_connections().await);
    troubles.extend(silence().await);
    troubles.extend(nonsense().await);
    troubles.extend(answers().await);
    troubles
}
