//! A redirect is followed within the upstream's own origin only: elsewhere it would carry the
//! number away.

use contract::wire::{ErrorKind, Outcome, RowError};

use crate::run::{Run, number, settings};
use crate::server::{Server, Wire, ok, with_header};

/// Redirects what is asked at `/ssn/` to `location`, and answers everything else.
async fn redirecting(wire: Wire, status: u16, location: impl Into<String>) -> Server {
    let location = location.into();
    Server::start(wire, move |asked| {
        let answer = if asked.target.starts_with("/ssn/") {
            with_header(status, "location", &location)
        } else {
            ok()
        };
        std::future::ready(Some(answer))
    })
    .await
}

#[tokio::test]
async fn within_the_origin_it_is_followed_and_no_referer_is_sent() {
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
        let asked = server.asked();
        assert_eq!(asked.len(), 2);
        assert!(asked[1].target.starts_with("/people/1"));
        assert!(
            asked
                .iter()
                .all(|asked| asked.headers.get("referer").is_none())
        );
        assert!(asked.iter().all(|asked| asked.headers["x-api-key"] == "k"));
    }
}

#[tokio::test]
async fn an_address_of_its_own_origin_in_full_is_followed() {
    let server = Server::start(Wire::Plain, |asked| async move {
        let host = asked.headers["host"].to_str().unwrap().to_owned();
        Some(if asked.target.starts_with("/ssn/") {
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
async fn out_of_the_origin_it_is_refused_and_nobody_else_is_asked() {
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
        assert_eq!(server.asked().len(), 1);
    }
    assert_eq!((plain.accepted(), tls.accepted()), (0, 0));
}

#[tokio::test]
async fn to_another_name_of_the_same_server_it_is_refused_too() {
    let server = Server::start(Wire::Plain, |asked| async move {
        let host = asked.headers["host"].to_str().unwrap().to_owned();
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
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_loop_ends() {
    let server = Server::start(Wire::Plain, |asked| async move {
        Some(with_header(302, "location", &asked.target))
    })
    .await;
    let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
    assert_eq!(
        rows[0].error,
        Some(RowError::Fetch(ErrorKind::RedirectRefused))
    );
    assert_eq!(server.asked().len(), 6);
}
