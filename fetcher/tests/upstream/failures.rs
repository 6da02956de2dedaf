//! Everything that goes wrong has its kind, its attempts, and no number in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::UpstreamSettings;
use futures::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::log::log;
use crate::raw::{head, raw, stalls_after};
use crate::run::{Run, body, number, settings, settings_of};
use crate::server::{Server, Wire, answer, ok};
use crate::troubles::troubles;

#[tokio::test]
async fn every_failure_has_its_kind_and_its_attempts_and_shows_no_number() {
    // All of it runs on this thread.
    let (log, _logging) = log();
    tracing::info!(target: "fetcher", "the log is read");

    let runs = troubles().await.into_iter().map(|trouble| async move {
        let run = Run::new(trouble.settings.clone(), 2).await;
        // A run reads back what was written and finds no number in it.
        (run.rows_of_batch().await, trouble)
    });
    for (rows, trouble) in join_all(runs).await {
        let what = trouble.what;
        for row in rows {
            assert_eq!(row.outcome, Outcome::Failed, "{what}");
            assert_eq!(row.error, trouble.error.map(RowError::Fetch), "{what}");
            if !trouble.is_cut_short {
                assert_eq!(row.status_code, trouble.status, "{what}");
            }
            assert_eq!(row.attempts, trouble.attempts, "{what}");
        }
        if let Some(connections) = trouble.connections {
            assert!(connections() <= 2, "{what}: {} connections", connections());
        }
        assert_eq!(
            format!("{:?}", trouble.settings),
            "UpstreamSettings { headers: 0, .. }"
        );
    }
    let log = log.text();
    assert!(log.contains("the log is read"));
    for index in 0..2 {
        assert!(!log.contains(&number(index)), "a number in the log: {log}");
    }
}

#[tokio::test]
async fn what_fails_once_is_asked_again() {
    // The connections of the first five requests break in the body.
    let good = Server::quick(Wire::Plain).await;
    let port = good.port;
    let requests = Arc::new(AtomicU32::new(0));
    let (port, _) = raw(move |mut stream, _| {
        let requests = Arc::clone(&requests);
        async move {
            let head = head(&mut stream).await?;
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
        // All five may be the same number's.
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
    let url = stalls_after(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").await;
    let mut attempt_timeout = Duration::from_millis(100);
    // A slow machine may need longer for the head than an attempt has.
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
async fn the_last_attempt_is_the_last() {
    let server = Server::start(Wire::Http2(100), |asked| async move {
        Some(if asked.before < 3 {
            answer(500, "text/plain", "")
        } else {
            ok()
        })
    })
    .await;
    for (max_attempts, outcome) in [(4, Outcome::Succeeded), (1, Outcome::Succeeded)] {
        // Those of the second run have been asked often enough before.
        let settings = UpstreamSettings {
            max_attempts,
            ..settings(&server)
        };
        let rows = Run::new(settings, 3).await.rows_of_batch().await;
        assert!(rows.iter().all(|row| row.outcome == outcome));
        assert!(rows.iter().all(|row| row.attempts == max_attempts));
    }
}
