//! Lanes that end early: stopped, shut down or dropped.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::Outcome;
use fetcher::{BatchResponse, LaneOptions, Limiter, Signal};
use futures::TryStreamExt;
use store::StopCause;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::run::{Run, count, number, options, settings};
use crate::server::{Protocol, Server, ok};

/// How long requests in flight may still run after a stop.
const GRACE: Duration = Duration::from_secs(2);

/// A run of ten items, of which five are in flight when it is interrupted.
///
/// The upstream responds only to the first request, and only after the interruption.
struct Interruption {
    server: Server,
    run: Run,
    /// Whether the upstream responds to the first request.
    responds: watch::Sender<bool>,
}

impl Interruption {
    async fn new(protocol: Protocol) -> Self {
        let (responds, may_respond) = watch::channel(false);
        let server = Server::start(protocol, move |received| {
            let mut may_respond = may_respond.clone();
            async move {
                if received.number != number(0) {
                    return std::future::pending().await;
                }
                may_respond.wait_for(|responds| *responds).await.ok()?;
                Some(ok())
            }
        })
        .await;
        let run = Run::new(settings(&server), 10).await;
        Self {
            server,
            run,
            responds,
        }
    }

    fn options(&self, signal: watch::Receiver<Signal>) -> LaneOptions {
        LaneOptions {
            limiter: Arc::new(Limiter::new(5, None)),
            signal,
            ..options()
        }
    }

    /// Fetches the batch, and calls `interrupt` once five requests are in flight.
    ///
    /// Returns the response of the batch, and how long the lane took to end after the interruption.
    async fn fetch_until<F: Future<Output = ()>>(
        &self,
        signal: watch::Receiver<Signal>,
        interrupt: impl FnOnce() -> F,
    ) -> (BatchResponse, Duration) {
        let interruption = async {
            self.server.wait_for_in_flight(5).await;
            interrupt().await;
            self.responds.send_replace(true);
            Instant::now()
        };
        let batch = self.run.batch_with(self.options(signal));
        let (response, interrupted) = tokio::join!(batch, interruption);
        (response, interrupted.elapsed())
    }

    /// Checks that the result of the first item is written, and waits until no request is in flight.
    async fn check(&self) {
        let rows = self.run.rows().await;
        assert_eq!(rows[0].outcome, Outcome::Succeeded);
        assert_eq!(count(&rows, Outcome::Pending), 9);
        self.server.wait_for_in_flight(0).await;
    }
}

#[tokio::test]
async fn after_a_stop_requests_in_flight_have_two_seconds() {
    for protocol in [Protocol::Http1, Protocol::Http2(100)] {
        let interrupted = Interruption::new(protocol).await;
        let (sender, signal) = watch::channel(Signal::Run);
        let (response, took) = interrupted
            .fetch_until(signal, || async {
                sender.send_replace(Signal::Stop);
            })
            .await;
        assert_eq!((response.pending, response.wait_seconds), (0, 0));
        assert!(took >= GRACE - Duration::from_millis(50), "{took:?}");
        interrupted.check().await;
        assert_eq!(interrupted.server.received().len(), 5);
    }
}

#[tokio::test]
async fn after_a_shutdown_the_rest_is_pending() {
    let interrupted = Interruption::new(Protocol::Http1).await;
    let (sender, signal) = watch::channel(Signal::Run);
    let (response, _) = interrupted
        .fetch_until(signal, || async {
            sender.send_replace(Signal::Shutdown);
        })
        .await;
    assert_eq!(response.pending, 9);
    interrupted.check().await;
    assert_eq!(interrupted.server.received().len(), 5);
    // The next process fetches the nine pending items, and not the first one again.
    let run = &interrupted.run;
    let (sender, signal) = watch::channel(Signal::Run);
    let again = run.batch_with(interrupted.options(signal));
    let shutdown = async {
        interrupted.server.wait_for_total(10).await;
        sender.send_replace(Signal::Shutdown);
    };
    tokio::join!(again, shutdown);
    let received = interrupted.server.received();
    let first = received
        .iter()
        .filter(|received| received.number == number(0));
    assert_eq!(first.count(), 1);
}

#[tokio::test]
async fn the_mark_in_the_store_stops_a_lane_without_a_signal() {
    let interrupted = Interruption::new(Protocol::Http1).await;
    let (_sender, signal) = watch::channel(Signal::Run);
    let (store, meta) = (&interrupted.run.store, &interrupted.run.meta);
    let (response, _) = interrupted
        .fetch_until(signal, || async {
            store.mark_stop(&meta.id, 1, StopCause::User).await.unwrap();
        })
        .await;
    assert_eq!(response.pending, 0);
    interrupted.check().await;
    // A sixth request starts if the first one gets its response before the lane checks for the mark.
    let received = interrupted.server.received().len();
    assert!((5..=6).contains(&received), "{received}");
    // Another invocation starts nothing.
    assert_eq!(interrupted.run.batch().await.pending, 0);
    assert_eq!(interrupted.server.received().len(), received);
}

#[tokio::test]
async fn a_lane_stopped_before_it_starts_sends_nothing() {
    for (signal, pending) in [(Signal::Stop, 0), (Signal::Shutdown, 10)] {
        let interrupted = Interruption::new(Protocol::Http1).await;
        let (_sender, signal) = watch::channel(signal);
        let response = interrupted
            .run
            .batch_with(interrupted.options(signal))
            .await;
        assert_eq!(response.pending, pending);
        assert_eq!(interrupted.server.accepted(), 0);
    }
}

#[tokio::test]
async fn dropping_a_lane_ends_its_requests() {
    let interrupted = Interruption::new(Protocol::Http1).await;
    let (_sender, signal) = watch::channel(Signal::Run);
    let batch = interrupted.run.batch_with(interrupted.options(signal));
    tokio::select! {
        _ = batch => panic!("the upstream does not respond"),
        () = interrupted.server.wait_for_in_flight(5) => {}
    }
    interrupted.server.wait_for_in_flight(0).await;
    assert_eq!(interrupted.server.received().len(), 5);
}

#[tokio::test]
async fn nothing_is_written_to_an_erased_execution() {
    let interrupted = Interruption::new(Protocol::Http1).await;
    let (_sender, signal) = watch::channel(Signal::Run);
    let (store, meta) = (&interrupted.run.store, &interrupted.run.meta);
    let (response, _) = interrupted
        .fetch_until(signal, || async {
            store.begin_erasure(meta).await.unwrap();
            store.erase(&meta.id).await.unwrap();
        })
        .await;
    assert_eq!(response.pending, 0);
    store.sweep(&meta.id).await.unwrap();
    let left = store.objects().list(None).try_collect::<Vec<_>>().await;
    assert_eq!(left.unwrap(), []);
}
