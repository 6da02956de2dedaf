//! Redirects are followed only within the upstream's own origin.
//!
//! Any other redirect would send the number to another server.

use contract::wire::{ErrorKind, Outcome, RowError};

use crate::run::{Run, number, settings};
use crate::server::{Protocol, Server, ok, with_header};

/// An upstream that redirects requests below `/ssn/` to `location`, and responds to all others.
async fn redirecting(protocol: Protocol, status: u16, location: impl Into<String>) -> Server {
    let location = location.into();
    Server::start(protocol, move |received| {
        let response = if received.target.starts_with("/ssn/") {
            with_header(status, "location", &location)
        } else {
            ok()
        };
        std::future::ready(Some(response))
    })
    .await
}

#[tokio::test]
async fn redirects_within_the_origin_are_followed_without_referer() {
    for (protocol, status, location) in [
        (Protocol::Http1, 301, "/people/1"),
        (Protocol::Http1, 302, "../people/1?x=y"),
        (Protocol::Http1OverTls, 303, "/people/1"),
        (Protocol::Http2(100), 307, "/people/1"),
        (Protocol::Http2(100), 308, "/people/1"),
    ] {
        let server = redirecting(protocol, status, location).await;
        let mut settings = settings(&server);
        settings.headers.insert("x-api-key", "k".parse().unwrap());
        let rows = Run::new(settings, 1).await.rows_of_batch().await;
        assert_eq!(rows[0].outcome, Outcome::Succeeded, "{status}");
        assert_eq!((rows[0].status_code, rows[0].attempts), (Some(200), 1));
        let received = server.received();
        assert_eq!(received.len(), 2);
        assert!(received[1].target.starts_with("/people/1"));
        assert!(
            received
                .iter()
                .all(|received| received.headers.get("referer").is_none())
        );
        assert!(
            received
                .iter()
                .all(|received| received.headers["x-api-key"] == "k")
        );
    }
}

#[tokio::test]
async fn an_absolute_redirect_within_the_origin_is_followed() {
    let server = Server::start(Protocol::Http1, |received| async move {
        let host = received.headers["host"].to_str().unwrap().to_owned();
        Some(if received.target.starts_with("/ssn/") {
            with_header(302, "location", &format!("http://{host}/people/1"))
        } else {
            ok()
        })
    })
    .await;
    let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
    assert_eq!(rows[0].outcome, Outcome::Succeeded);
}

#[tokio::test]
async fn redirects_to_other_origins_are_refused() {
    let plain = Server::always_ok(Protocol::Http1).await;
    let tls = Server::always_ok(Protocol::Http2(100)).await;
    let number = number(0);
    let (to_plain, to_tls) = (plain.port, tls.port);
    for (protocol, location) in [
        (
            Protocol::Http1,
            format!("http://127.0.0.1:{to_plain}/ssn/{number}"),
        ),
        (Protocol::Http1, format!("//127.0.0.1:{to_plain}/{number}")),
        (
            Protocol::Http1,
            format!("https://127.0.0.1:{to_tls}/{number}"),
        ),
        (
            Protocol::Http1,
            format!("http://localhost:{to_plain}/{number}"),
        ),
        (
            Protocol::Http1OverTls,
            format!("http://127.0.0.1:{to_plain}/{number}"),
        ),
        (
            Protocol::Http2(100),
            format!("http://127.0.0.1:{to_plain}/{number}"),
        ),
        (
            Protocol::Http2(100),
            format!("https://127.0.0.1:{to_tls}/{number}"),
        ),
        (
            Protocol::Http1,
            format!("ftp://127.0.0.1:{to_plain}/{number}"),
        ),
    ] {
        let server = redirecting(protocol, 302, location).await;
        let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
        assert_eq!(rows[0].outcome, Outcome::Failed);
        assert_eq!(
            rows[0].error,
            Some(RowError::Fetch(ErrorKind::RedirectRefused))
        );
        assert_eq!((rows[0].status_code, rows[0].attempts), (Some(302), 1));
        assert_eq!(server.received().len(), 1);
    }
    assert_eq!((plain.accepted(), tls.accepted()), (0, 0));
}

#[tokio::test]
async fn a_redirect_to_another_name_of_the_server_is_refused() {
    let server = Server::start(Protocol::Http1, |received| async move {
        let host = received.headers["host"].to_str().unwrap().to_owned();
        let other = host.replace("127.0.0.1", "localhost");
        Some(with_header(
            302,
            "location",
            &format!("http://{other}/people"),
        ))
    })
    .await;
    let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
    assert_eq!(
        rows[0].error,
        Some(RowError::Fetch(ErrorKind::RedirectRefused))
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::start(Protocol::Http1, |received| async move {
        Some(with_header(302, "location", &received.target))
    })
    .await;
    let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
    assert_eq!(
        rows[0].error,
        Some(RowError::Fetch(ErrorKind::RedirectRefused))
    );
    assert_eq!(server.received().len(), 6);
}
