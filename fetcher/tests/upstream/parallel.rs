//! All in parallel, over TLS too, and connections are used again.

use contract::wire::Outcome;
use fetcher::UpstreamSettings;
use hyper::Version;

use crate::run::{Run, count, settings};
use crate::server::{Server, Wire};

async fn all_at_once(server: &Server, settings: UpstreamSettings, numbers: u32) {
    let run = Run::new(settings, numbers).await;
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded) as u32, numbers);
    assert!(rows.iter().all(|row| row.attempts == 1));
    assert_eq!(server.asked().len() as u32, numbers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_are_in_flight_over_http2_that_caps_streams_at_100() {
    let server = Server::barrier(Wire::Http2(100), 1_000).await;
    all_at_once(&server, settings(&server), 1_000).await;
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.version == Version::HTTP_2)
    );
    assert_eq!(server.accepted(), 10, "no connection is opened in vain");
}
