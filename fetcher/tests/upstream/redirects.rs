//! Redirects are followed only within the upstream's own origin. Any other would send the number to
//! somebody else.

use contract::wire::{ErrorKind, Outcome, RowError};

use crate::run::{Run, number, settings};
use crate::server::{Server, Wire, ok, with_header};

/// An upstream that redirects requests below `/ssn/` to `location`, and responds to all others.
async fn redirecting(wire: Wire, status: u16, location: impl Into<String>) -> Server {
    let location = location.into();
    Server::start(wire, move |received| {
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
    for (wire, status, location) in [
        (Wire::Plain, 301, "/people/1"),
        (Wire::Plain, 302, "../people/1?x=y"),
        (Wire::Tls, 303, "/people/1"),
        (Wire::Http2(100), 307, "/people/1"),
        (Wire::Http2(100), 308, "/people/1"),
    ] {
        let server = redirecting(wire, status, location).await;
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
    let server = Server::start(Wire::Plain, |received| async move {
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
    let plain = Server::quick(Wire::Plain).await;
    let tls = Server::quick(Wire::Http2(100)).await;
    let number = number(0);
    let (to_plain, to_tls) = (plain.port, tls.port);
    for (wire, location) in [
        (
            Wire::Plain,
            format!("http://127.0.0.1:{to_plain}/ssn/{number}"),
        ),
        (Wire::Plain, format!("//127.0.0.1:{to_plain}/{number}")),
        (Wire::Plain, format!("https://127.0.0.1:{to_tls}/{number}")),
        (Wire::Plain, format!("http://localhost:{to_plain}/{number}")),
        (Wire::Tls, format!("http://127.0.0.1:{to_plain}/{number}")),
        (
            Wire::Http2(100),
            format!("http://127.0.0.1:{to_plain}/{number}"),
        ),
        (
            Wire::Http2(100),
            format!("https://127.0.0.1:{to_tls}/{number}"),
        ),
        (Wire::Plain, format!("ftp://127.0.0.1:{to_plain}/{number}")),
    ] {
        let server = redirecting(wire, 302, location).await;
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
    let server = Server::start(Wire::Plain, |received| async move {
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
    let server = Server::start(Wire::Plain, |received| async move {
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
