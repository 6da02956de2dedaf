//! All in parallel, over TLS too, on as few connections as that takes, which are used again.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::{LaneOptions, Limiter, UpstreamSettings};
use hyper::Version;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::raw::{five_streams, raw};
use crate::run::{Run, count, options, settings, settings_of};
use crate::server::{Server, Wire};
use crate::tls::acceptor;

async fn all_at_once(server: &Server, settings: UpstreamSettings, numbers: u32, version: Version) {
    let run = Run::new(settings, numbers).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded) as u32, numbers);
    assert!(rows.iter().all(|row| row.attempts == 1));
    let asked = server.asked();
    assert_eq!(asked.len() as u32, numbers);
    assert!(asked.iter().all(|asked| asked.version == version));
}

/// Checks that at least so many connections were made, and not many more: a client opens another
/// where a request comes just as it has opened one.
fn check_connections(server: &Server, least: u32) {
    let accepted = server.accepted();
    assert!(
        (least..=2 * least).contains(&accepted),
        "{accepted} connections"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_in_flight_over_http2_that_caps_streams_at_100() {
    let server = Server::in_rounds(Wire::Http2(100), 1_000).await;
    all_at_once(&server, settings(&server), 1_000, Version::HTTP_2).await;
    check_connections(&server, 10);
}

#[tokio::test]
async fn a_lower_cap_of_streams_takes_more_connections() {
    let server = Server::in_rounds(Wire::Http2(32), 200).await;
    let settings = UpstreamSettings {
        streams_per_connection: 32,
        ..settings(&server)
    };
    all_at_once(&server, settings, 200, Version::HTTP_2).await;
    check_connections(&server, 7);
}

#[tokio::test]
async fn a_lower_cap_that_nobody_told_of_costs_time_but_no_answer() {
    let server = Server::quick(Wire::Http2(10)).await;
    let run = Run::new(settings(&server), 300).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded), 300);
    check_connections(&server, 3);
}

#[tokio::test]
async fn three_hundred_are_in_flight_over_tls_with_http1() {
    let server = Server::in_rounds(Wire::Tls, 300).await;
    all_at_once(&server, settings(&server), 300, Version::HTTP_11).await;
    // Some connections more find out that HTTP/2 isn't spoken.
    check_connections(&server, 300);
}

#[tokio::test]
async fn three_hundred_are_in_flight_without_tls() {
    let server = Server::in_rounds(Wire::Plain, 300).await;
    all_at_once(&server, settings(&server), 300, Version::HTTP_11).await;
    assert_eq!(server.accepted(), 300);
}

#[tokio::test]
async fn connections_are_used_again() {
    for (wire, connections) in [(Wire::Plain, 20), (Wire::Tls, 20), (Wire::Http2(100), 1)] {
        let server = Server::in_rounds(wire, 20).await;
        let mut run = Run::new(settings(&server), 20).await;
        run.rows_of_batch().await;
        for _ in 0..3 {
            run.again(20).await;
            run.rows_of_batch().await;
        }
        assert_eq!(server.asked().len(), 80);
        check_connections(&server, connections);
    }
}

#[tokio::test]
async fn an_upstream_that_changes_its_protocol_is_followed() {
    // The same address, first HTTP/1.1 only, then HTTP/2, then HTTP/1.1 again: as when it is moved
    // behind another load balancer.
    let (old, new) = (
        Server::quick(Wire::Tls).await,
        Server::quick(Wire::Http2(100)).await,
    );
    let to = Arc::new(watch::Sender::new(old.port));
    let now = Arc::clone(&to);
    let (port, _) = raw(move |mut stream, _| {
        let mut port = now.subscribe();
        async move {
            let to = *port.borrow_and_update();
            let mut server = TcpStream::connect(("127.0.0.1", to)).await?;
            tokio::select! {
                _ = copy_bidirectional(&mut stream, &mut server) => {}
                _ = port.changed() => {}
            }
            Ok(())
        }
    })
    .await;
    let settings = settings_of(format!("https://127.0.0.1:{port}/ssn/"));
    let mut run = Run::new(settings, 30).await;
    for (server, version) in [
        (&old, Version::HTTP_11),
        (&new, Version::HTTP_2),
        (&old, Version::HTTP_11),
        (&new, Version::HTTP_2),
    ] {
        to.send_replace(server.port);
        let before = server.asked().len();
        run.again(30).await;
        let rows = run.rows_of_batch().await;
        assert_eq!(count(&rows, Outcome::Succeeded), 30);
        let asked = server.asked();
        assert!(asked.len() >= before + 30);
        assert!(asked.iter().all(|asked| asked.version == version));
    }
}

#[tokio::test]
async fn an_http2_connection_gone_dead_fails_one_attempt_not_all() {
    let server = Server::quick(Wire::Http2(100)).await;
    let port = server.port;
    let dead = Arc::new(watch::Sender::new(false));
    let is_dead = Arc::clone(&dead);
    // Passes everything on, until its first connection goes silent without being closed.
    let (port, accepted) = raw(move |mut stream, nth| {
        let mut dead = is_dead.subscribe();
        async move {
            let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
            let gone = async {
                // Its sender lives as long as the test.
                let _ = dead.wait_for(|dead| *dead).await;
            };
            tokio::select! {
                _ = copy_bidirectional(&mut stream, &mut server) => return Ok(()),
                () = gone, if nth == 0 => {}
            }
            std::future::pending().await
        }
    })
    .await;
    let settings = UpstreamSettings {
        attempt_timeout: Duration::from_millis(1_500),
        // A slow machine may need more than one attempt for a connection.
        max_attempts: 10,
        ..settings_of(format!("https://127.0.0.1:{port}/ssn/"))
    };
    let mut run = Run::new(settings, 5).await;
    run.rows_of_batch().await;
    dead.send_replace(true);
    run.again(5).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded), 5);
    assert!(rows.iter().all(|row| row.attempts >= 2));
    assert!(*accepted.borrow() >= 2);
}

#[tokio::test]
async fn an_http2_server_that_says_goodbye_loses_no_row() {
    // Every connection takes five requests, then tells the client to go elsewhere.
    let tls = acceptor(&[b"h2"]);
    let (port, accepted) = raw(move |stream, _| {
        let tls = tls.clone();
        async move {
            let Ok(stream) = tls.accept(stream).await else {
                return Ok(());
            };
            five_streams(stream).await;
            Ok(())
        }
    })
    .await;
    let run = Run::new(settings_of(format!("https://127.0.0.1:{port}/")), 40).await;
    let options = LaneOptions {
        limiter: Arc::new(Limiter::new(5, None)),
        ..options()
    };
    assert_eq!(run.batch_with(options).await.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 40);
    assert!(*accepted.borrow() > 1);
}

#[tokio::test]
async fn what_waits_for_a_connection_shares_its_fate() {
    // Nobody shakes hands. If each request tried by itself, there would be 200 connections.
    let (port, accepted) = raw(|stream, _| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    let settings = UpstreamSettings {
        connect_timeout: Duration::from_millis(300),
        max_attempts: 2,
        ..settings_of(format!("https://127.0.0.1:{port}/"))
    };
    let run = Run::new(settings, 100).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Failed), 100);
    let error = Some(RowError::Fetch(ErrorKind::TimedOut));
    assert!(
        rows.iter()
            .all(|row| row.error == error && row.attempts == 2)
    );
    assert!(
        *accepted.borrow() < 50,
        "{} connections",
        *accepted.borrow()
    );
}

#[tokio::test]
async fn as_many_are_in_flight_as_the_limit_says_and_no_more() {
    let server = Server::in_rounds(Wire::Plain, 7).await;
    let run = Run::new(settings(&server), 28).await;
    let options = LaneOptions {
        limiter: Arc::new(Limiter::new(7, None)),
        ..options()
    };
    assert_eq!(run.batch_with(options).await.pending, 0);
    assert_eq!(server.most_in_flight(), 7);
}
