//! All requests in parallel, with and without TLS, on as few connections as possible.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::{LaneOptions, Limiter, UpstreamSettings};
use hyper::Version;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::run::{Run, count, options, settings, settings_of};
use crate::server::{Protocol, Server};
use crate::tcp_server::{serve_five_requests, tcp_server};
use crate::tls::acceptor;

async fn all_at_once(server: &Server, settings: UpstreamSettings, numbers: u32, version: Version) {
    let run = Run::new(settings, numbers).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded) as u32, numbers);
    assert!(rows.iter().all(|row| row.attempts == 1));
    let received = server.received();
    assert_eq!(received.len() as u32, numbers);
    assert!(received.iter().all(|received| received.version == version));
}

/// Checks that at least `min` connections were opened, and at most twice as many.
///
/// A client may open another connection if a request starts while it opens the first one.
fn check_connections(server: &Server, min: u32) {
    let accepted = server.accepted();
    assert!(
        (min..=2 * min).contains(&accepted),
        "{accepted} connections"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_share_ten_http2_connections() {
    let server = Server::in_rounds(Protocol::Http2(100), 1_000).await;
    all_at_once(&server, settings(&server), 1_000, Version::HTTP_2).await;
    check_connections(&server, 10);
}

#[tokio::test]
async fn fewer_streams_per_connection_need_more_connections() {
    let server = Server::in_rounds(Protocol::Http2(32), 200).await;
    let settings = UpstreamSettings {
        streams_per_connection: 32,
        ..settings(&server)
    };
    all_at_once(&server, settings, 200, Version::HTTP_2).await;
    check_connections(&server, 7);
}

#[tokio::test]
async fn a_server_with_a_lower_stream_limit_loses_no_response() {
    let server = Server::always_ok(Protocol::Http2(10)).await;
    let run = Run::new(settings(&server), 300).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded), 300);
    check_connections(&server, 3);
}

#[tokio::test]
async fn three_hundred_requests_run_in_parallel_over_tls() {
    let server = Server::in_rounds(Protocol::Http1OverTls, 300).await;
    all_at_once(&server, settings(&server), 300, Version::HTTP_11).await;
    // A few more connections are opened before the client knows that the server lacks HTTP/2.
    check_connections(&server, 300);
}

#[tokio::test]
async fn three_hundred_requests_run_in_parallel_without_tls() {
    let server = Server::in_rounds(Protocol::Http1, 300).await;
    all_at_once(&server, settings(&server), 300, Version::HTTP_11).await;
    assert_eq!(server.accepted(), 300);
}

#[tokio::test]
async fn connections_are_reused() {
    for (protocol, connections) in [
        (Protocol::Http1, 20),
        (Protocol::Http1OverTls, 20),
        (Protocol::Http2(100), 1),
    ] {
        let server = Server::in_rounds(protocol, 20).await;
        let mut run = Run::new(settings(&server), 20).await;
        run.rows_of_batch().await;
        for _ in 0..3 {
            run.new_list(20).await;
            run.rows_of_batch().await;
        }
        assert_eq!(server.received().len(), 80);
        check_connections(&server, connections);
    }
}

#[tokio::test]
async fn the_fetcher_adapts_if_the_upstream_changes_its_protocol() {
    // The same address speaks HTTP/1.1 only, then HTTP/2, then HTTP/1.1 again, as if it moved behind
    // another load balancer.
    let (old, new) = (
        Server::always_ok(Protocol::Http1OverTls).await,
        Server::always_ok(Protocol::Http2(100)).await,
    );
    let to = Arc::new(watch::Sender::new(old.port));
    let now = Arc::clone(&to);
    let (port, _) = tcp_server(move |mut stream, _| {
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
        let before = server.received().len();
        run.new_list(30).await;
        let rows = run.rows_of_batch().await;
        assert_eq!(count(&rows, Outcome::Succeeded), 30);
        let received = server.received();
        assert!(received.len() >= before + 30);
        assert!(received.iter().all(|received| received.version == version));
    }
}

#[tokio::test]
async fn a_dead_http2_connection_is_replaced() {
    let server = Server::always_ok(Protocol::Http2(100)).await;
    let port = server.port;
    let dead = Arc::new(watch::Sender::new(false));
    let is_dead = Arc::clone(&dead);
    // A proxy whose first connections stop forwarding at some point, without being closed.
    let (port, accepted) = tcp_server(move |mut stream, _| {
        let mut dead = is_dead.subscribe();
        let is_first = !*dead.borrow();
        async move {
            let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
            let died = async {
                // The sender lives as long as the test.
                let _ = dead.wait_for(|dead| *dead).await;
            };
            tokio::select! {
                _ = copy_bidirectional(&mut stream, &mut server) => return Ok(()),
                () = died, if is_first => {}
            }
            std::future::pending().await
        }
    })
    .await;
    let settings = UpstreamSettings {
        attempt_timeout: Duration::from_millis(1_500),
        // On a slow machine a connection may need more than one attempt.
        max_attempts: 10,
        ..settings_of(format!("https://127.0.0.1:{port}/ssn/"))
    };
    let mut run = Run::new(settings, 5).await;
    run.rows_of_batch().await;
    dead.send_replace(true);
    run.new_list(5).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded), 5);
    assert!(rows.iter().all(|row| row.attempts >= 2));
    assert!(*accepted.borrow() >= 2);
}

#[tokio::test]
async fn a_goaway_of_an_http2_server_loses_no_row() {
    // Every connection takes five requests and then sends GOAWAY.
    let tls = acceptor(&[b"h2"]);
    let (port, accepted) = tcp_server(move |stream, _| {
        let tls = tls.clone();
        async move {
            let Ok(stream) = tls.accept(stream).await else {
                return Ok(());
            };
            serve_five_requests(stream).await;
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
async fn requests_that_wait_for_a_connection_fail_with_it() {
    // The server sends nothing, so no handshake ends. If each attempt opened its own connection, there
    // would be 200.
    let (port, accepted) = tcp_server(|stream, _| async move {
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
async fn the_limit_of_requests_in_flight_is_used_fully() {
    let server = Server::in_rounds(Protocol::Http1, 7).await;
    let run = Run::new(settings(&server), 28).await;
    let options = LaneOptions {
        limiter: Arc::new(Limiter::new(7, None)),
        ..options()
    };
    assert_eq!(run.batch_with(options).await.pending, 0);
    assert_eq!(server.most_in_flight(), 7);
}
