//! The end before the end: stopped, halted, or dropped.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::Outcome;
use fetcher::{BatchResponse, LaneOptions, Limiter, Signal};
use futures::TryStreamExt;
use store::StopCause;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::run::{Run, count, number, options, settings};
use crate::server::{Server, Wire, ok};

/// What is in flight at a stop gets so long.
const GRACE: Duration = Duration::from_secs(2);

/// Five of ten in flight, of which none is answered before the end comes, and only the first then.
struct Interrupted {
    server: Server,
    run: Run,
    ending: watch::Sender<bool>,
}

impl Interrupted {
    async fn new(wire: Wire) -> Self {
        let (ending, is_ending) = watch::channel(false);
        let server = Server::start(wire, move |asked| {
            let mut is_ending = is_ending.clone();
            async move {
                if asked.number != number(0) {
                    return std::future::pending().await;
                }
                is_ending.wait_for(|ending| *ending).await.ok()?;
                Some(ok())
            }
        })
        .await;
        let run = Run::new(settings(&server), 10).await;
        Self {
            server,
            run,
            ending,
        }
    }

    fn options(&self, signal: watch::Receiver<Signal>) -> LaneOptions {
        LaneOptions {
            limiter: Arc::new(Limiter::new(5, None)),
            signal,
            ..options()
        }
    }

    /// Ends it by `end` once five are in flight. What it answers, and how long after the end.
    async fn end<F: Future<Output = ()>>(
        &self,
        signal: watch::Receiver<Signal>,
        end: impl FnOnce() -> F,
    ) -> (BatchResponse, Duration) {
        let ending = async {
            self.server.until_in_flight(5).await;
            end().await;
            self.ending.send_replace(true);
            Instant::now()
        };
        let batch = self.run.batch_with(self.options(signal));
        let (answer, ended) = tokio::join!(batch, ending);
        (answer, ended.elapsed())
    }

    /// Checks that the one response is written, and waits until no request is in flight.
    async fn check(&self) {
        let rows = self.run.rows().await;
        assert_eq!(rows[0].outcome, Outcome::Succeeded);
        assert_eq!(count(&rows, Outcome::Pending), 9);
        self.server.until_in_flight(0).await;
    }
}

#[tokio::test]
async fn at_a_stop_what_is_in_flight_gets_two_seconds_and_nothing_is_pending() {
    for wire in [Wire::Plain, Wire::Http2(100)] {
        let interrupted = Interrupted::new(wire).await;
        let (tell, signal) = watch::channel(Signal::Run);
        let (answer, took) = interrupted
            .end(signal, || async {
                tell.send_replace(Signal::Stop);
            })
            .await;
        assert_eq!((answer.pending, answer.wait_seconds), (0, 0));
        assert!(took >= GRACE - Duration::from_millis(50), "{took:?}");
        interrupted.check().await;
        assert_eq!(interrupted.server.asked().len(), 5);
    }
}

#[tokio::test]
async fn at_a_halt_the_rest_is_pending_and_is_gone_on_with() {
    let interrupted = Interrupted::new(Wire::Plain).await;
    let (tell, signal) = watch::channel(Signal::Run);
    let (answer, _) = interrupted
        .end(signal, || async {
            tell.send_replace(Signal::Halt);
        })
        .await;
    assert_eq!(answer.pending, 9);
    interrupted.check().await;
    assert_eq!(interrupted.server.asked().len(), 5);
    // The next process asks the nine, and not the one that is answered.
    let run = &interrupted.run;
    let (tell, signal) = watch::channel(Signal::Run);
    let again = run.batch_with(interrupted.options(signal));
    let halt = async {
        interrupted.server.until_total(10).await;
        tell.send_replace(Signal::Halt);
    };
    tokio::join!(again, halt);
    let asked = interrupted.server.asked();
    let first = asked.iter().filter(|asked| asked.number == number(0));
    assert_eq!(first.count(), 1);
}

#[tokio::test]
async fn the_mark_in_the_store_stops_a_lane_that_nobody_tells() {
    let interrupted = Interrupted::new(Wire::Plain).await;
    let (_tell, signal) = watch::channel(Signal::Run);
    let (store, meta) = (&interrupted.run.store, &interrupted.run.meta);
    let (answer, _) = interrupted
        .end(signal, || async {
            store.mark_stop(&meta.id, 1, StopCause::User).await.unwrap();
        })
        .await;
    assert_eq!(answer.pending, 0);
    interrupted.check().await;
    // One more has started if the first was answered before the lane looked for the mark.
    let asked = interrupted.server.asked().len();
    assert!((5..=6).contains(&asked), "{asked}");
    // An invocation from now on starts nothing.
    assert_eq!(interrupted.run.batch().await.pending, 0);
    assert_eq!(interrupted.server.asked().len(), asked);
}

#[tokio::test]
async fn a_signal_given_before_the_start_starts_nothing() {
    for (signal, pending) in [(Signal::Stop, 0), (Signal::Halt, 10)] {
        let interrupted = Interrupted::new(Wire::Plain).await;
        let (_tell, signal) = watch::channel(signal);
        let answer = interrupted
            .run
            .batch_with(interrupted.options(signal))
            .await;
        assert_eq!(answer.pending, pending);
        assert_eq!(interrupted.server.accepted(), 0);
    }
}

#[tokio::test]
async fn a_lane_that_is_dropped_leaves_nothing_running() {
    let interrupted = Interrupted::new(Wire::Plain).await;
    let (_tell, signal) = watch::channel(Signal::Run);
    let batch = interrupted.run.batch_with(interrupted.options(signal));
    tokio::select! {
        _ = batch => panic!("nobody answers"),
        () = interrupted.server.until_in_flight(5) => {}
    }
    interrupted.server.until_in_flight(0).await;
    assert_eq!(interrupted.server.asked().len(), 5);
}

#[tokio::test]
async fn an_erased_execution_is_written_to_no_more() {
    let interrupted = Interrupted::new(Wire::Plain).await;
    let (_tell, signal) = watch::channel(Signal::Run);
    let (store, meta) = (&interrupted.run.store, &interrupted.run.meta);
    let (answer, _) = interrupted
        .end(signal, || async {
            store.begin_erasure(meta).await.unwrap();
            store.erase(&meta.id).await.unwrap();
        })
        .await;
    assert_eq!(answer.pending, 0);
    store.sweep(&meta.id).await.unwrap();
    let left = store.objects().list(None).try_collect::<Vec<_>>().await;
    assert_eq!(left.unwrap(), []);
}
