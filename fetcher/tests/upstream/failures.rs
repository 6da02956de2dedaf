//! Everything that goes wrong has its kind, its attempts, and no number in it.

use contract::wire::{Outcome, RowError};
use fetcher::UpstreamSettings;
use futures::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::log::log;
use crate::raw::{head, raw};
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
            assert_eq!(row.status_code, trouble.status, "{what}");
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
    // The first attempt of every number meets a connection that breaks in the body.
    let good = Server::quick(Wire::Plain).await;
    let port = good.port;
    let (port, _) = raw(move |mut stream, nth| async move {
        if nth < 5 {
            head(&mut stream).await?;
            return stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
                .await;
        }
        let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
        tokio::io::copy_bidirectional(&mut stream, &mut server).await?;
        Ok(())
    })
    .await;
    let run = Run::new(settings_of(format!("http://127.0.0.1:{port}/ssn/")), 5).await;
    let rows = run.rows_of_batch().await;
    for row in &rows {
        assert_eq!(row.outcome, Outcome::Succeeded);
        assert_eq!(row.error, None);
        assert_eq!(body(row), Some(r#"{"found": true}"#));
    }
    let attempts: u32 = rows.iter().map(|row| row.attempts).sum();
    assert_eq!(attempts, 10);
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
