//! Each kind of failure is reported and retried as expected, and no number is logged or stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::UpstreamSettings;
use futures::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::failure_cases::failure_cases;
use crate::log::capture_log;
use crate::run::{Run, body, number, settings, settings_of};
use crate::server::{Protocol, Server, ok, response};
use crate::tcp_server::{read_head, server_stalling_after, tcp_server};

#[tokio::test]
async fn every_failure_is_classified_and_shows_no_number() {
    // Everything runs on this thread, so the log is complete.
    let (log, _logging) = capture_log();
    tracing::info!(target: "fetcher", "the log is captured");

    let runs = failure_cases().await.into_iter().map(|case| async move {
        let run = Run::new(case.settings.clone(), 2).await;
        // `rows_of_batch` also checks that no stored object holds a number.
        (run.rows_of_batch().await, case)
    });
    for (rows, case) in join_all(runs).await {
        let name = case.name;
        for row in rows {
            assert_eq!(row.outcome, Outcome::Failed, "{name}");
            assert_eq!(row.error, case.error.map(RowError::Fetch), "{name}");
            if !case.may_lack_status {
                assert_eq!(row.status_code, case.status, "{name}");
            }
            assert_eq!(row.attempts, case.attempts, "{name}");
        }
        if let Some(connections) = case.connections {
            assert!(connections() <= 2, "{name}: {} connections", connections());
        }
        assert_eq!(
            format!("{:?}", case.settings),
            "UpstreamSettings { headers: 0, .. }"
        );
    }
    let log = log.text();
    assert!(log.contains("the log is captured"));
    for index in 0..2 {
        assert!(!log.contains(&number(index)), "a number in the log: {log}");
    }
}

#[tokio::test]
async fn an_item_that_fails_once_is_retried() {
    // The connections of the first five requests are closed during the body.
    let good = Server::always_ok(Protocol::Http1).await;
    let port = good.port;
    let requests = Arc::new(AtomicU32::new(0));
    let (port, _) = tcp_server(move |mut stream, _| {
        let requests = Arc::clone(&requests);
        async move {
            let head = read_head(&mut stream).await?;
            if requests.fetch_add(1, Ordering::Relaxed) < 5 {
                return stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
                    .await;
            }
            let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
            server.write_all(&head).await?;
            tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
            Ok(())
        }
    })
    .await;
    let settings = UpstreamSettings {
        // All five requests may be for the same number.
        max_attempts: 6,
        ..settings_of(format!("http://127.0.0.1:{port}/ssn/"))
    };
    let rows = Run::new(settings, 5).await.rows_of_batch().await;
    for row in &rows {
        assert_eq!(row.outcome, Outcome::Succeeded);
        assert_eq!(row.error, None);
        assert_eq!(body(row), Some(r#"{"found": true}"#));
    }
    let attempts: u32 = rows.iter().map(|row| row.attempts).sum();
    assert_eq!(attempts, 10);
}

#[tokio::test]
async fn a_timeout_in_the_body_keeps_the_status() {
    let url = server_stalling_after(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").await;
    let mut attempt_timeout = Duration::from_millis(100);
    // On a slow machine the head may take longer than the attempt timeout.
    loop {
        let settings = UpstreamSettings {
            max_attempts: 1,
            attempt_timeout,
            ..settings_of(url.clone())
        };
        let row = Run::new(settings, 1).await.rows_of_batch().await.remove(0);
        assert_eq!(row.error, Some(RowError::Fetch(ErrorKind::TimedOut)));
        match row.status_code {
            None => attempt_timeout *= 2,
            status => return assert_eq!(status, Some(200)),
        }
        assert!(attempt_timeout < Duration::from_secs(100), "no status");
    }
}

#[tokio::test]
async fn an_item_gets_at_most_its_maximum_of_attempts() {
    let server = Server::start(Protocol::Http2(100), |received| async move {
        Some(if received.earlier < 3 {
            response(500, "text/plain", "")
        } else {
            ok()
        })
    })
    .await;
    for (max_attempts, outcome) in [(3, Outcome::Failed), (1, Outcome::Succeeded)] {
        // The numbers of the second run were requested three times in the first.
        let settings = UpstreamSettings {
            max_attempts,
            ..settings(&server)
        };
        let rows = Run::new(settings, 3).await.rows_of_batch().await;
        assert!(rows.iter().all(|row| row.outcome == outcome));
        assert!(rows.iter().all(|row| row.attempts == max_attempts));
    }
}
