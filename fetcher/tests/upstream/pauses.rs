//! How the fetcher waits: after `Retry-After`, for the rate limit, and until an invocation must end.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::{LaneOptions, Limiter, UpstreamSettings};
use tokio::time::Instant;

use crate::run::{Run, count, number, options, settings};
use crate::server::{Protocol, Received, Server, TIMEOUT, ok, with_header};

fn one_at_a_time() -> LaneOptions {
    LaneOptions {
        limiter: Arc::new(Limiter::new(1, None)),
        ..options()
    }
}

/// An upstream that responds to its first request with this status and `Retry-After`, then with 200.
async fn retry_after_first(status: u16, seconds: &'static str) -> Server {
    let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
    Server::start(Protocol::Http1, move |_| {
        let response = if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            with_header(status, "retry-after", seconds)
        } else {
            ok()
        };
        std::future::ready(Some(response))
    })
    .await
}

#[tokio::test]
async fn retry_after_pauses_the_whole_lane() {
    // The lane pauses even if the item that received the Retry-After has no attempt left.
    for (max_attempts, succeeded) in [(4, 6), (1, 5)] {
        let server = retry_after_first(429, "1").await;
        let settings = UpstreamSettings {
            max_attempts,
            ..settings(&server)
        };
        let run = Run::new(settings, 6).await;
        // Five items wait for a permit while the first one receives the Retry-After.
        assert_eq!(run.batch_with(one_at_a_time()).await.pending, 0);
        assert_eq!(count(&run.rows().await, Outcome::Succeeded), succeeded);
        let received = server.received();
        let first = received[0].at;
        for later in &received[1..] {
            let after = later.at - first;
            assert!(after >= Duration::from_millis(990), "after {after:?}");
        }
    }
}

#[tokio::test]
async fn retry_after_is_ignored_if_the_status_is_not_retried() {
    let server = retry_after_first(403, "200").await;
    let run = Run::new(settings(&server), 5).await;
    let began = Instant::now();
    assert_eq!(run.batch_with(one_at_a_time()).await.pending, 0);
    assert!(began.elapsed() < Duration::from_secs(200));
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 4);
}

#[tokio::test]
async fn a_pause_longer_than_the_invocation_is_returned() {
    let server = retry_after_first(503, "120").await;
    let run = Run::new(settings(&server), 6).await;
    let options = LaneOptions {
        start_deadline: Some(Instant::now() + Duration::from_secs(600)),
        ..one_at_a_time()
    };
    let began = Instant::now();
    let response = run.batch_with(options).await;
    assert_eq!(
        response.pending, 6,
        "the deferred item and those not started"
    );
    let wait = Duration::from_secs(response.wait_seconds.into());
    assert!(wait <= Duration::from_secs(120), "{response:?}");
    assert!(
        wait + began.elapsed() >= Duration::from_secs(120),
        "{response:?}"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_retry_after_above_the_cap_is_shortened() {
    let server = retry_after_first(429, "86400").await;
    let settings = UpstreamSettings {
        retry_after_cap: Duration::from_millis(300),
        ..settings(&server)
    };
    let run = Run::new(settings, 2).await;
    let began = Instant::now();
    let rows = run.rows_of_batch().await;
    assert_eq!(count(&rows, Outcome::Succeeded), 2);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn no_request_starts_after_the_deadline_or_is_repeated() {
    let server = Server::always_ok(Protocol::Http1).await;
    let run = Run::new(settings(&server), 40).await;
    let (mut pending, mut invocations) = (40, 0);
    while pending > 0 {
        let before = server.received().len();
        let start_deadline = Instant::now() + Duration::from_millis(320);
        let response = run
            .batch_with(LaneOptions {
                limiter: Arc::new(Limiter::new(10, Some(50.0))),
                start_deadline: Some(start_deadline),
                ..options()
            })
            .await;
        let received = server.received();
        let more = received.len() - before;
        // 320 ms at 50 requests per second.
        assert!(more <= 16, "{more} in one invocation");
        assert_eq!(response.pending as usize, 40 - received.len());
        assert_eq!(response.wait_seconds, u32::from(response.pending > 0));
        (pending, invocations) = (response.pending, invocations + 1);
    }
    assert!(invocations >= 3, "{invocations} invocations");
    let received = server.received();
    assert!(received.len() == 40 && received.iter().all(|received| received.earlier == 0));
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 40);
}

#[tokio::test]
async fn waiting_for_a_permit_ends_at_the_start_deadline() {
    let server = Server::always_ok(Protocol::Http1).await;
    let run = Run::new(settings(&server), 3).await;
    let limiter = Arc::new(Limiter::new(1, None));
    let _taken = limiter.acquire().await;
    let batch = run.batch_with(LaneOptions {
        limiter: Arc::clone(&limiter),
        start_deadline: Some(Instant::now() + Duration::from_millis(100)),
        ..options()
    });
    // The permit is never released.
    let response = tokio::time::timeout(TIMEOUT, batch).await;
    let response = response.expect("the batch ends at the deadline");
    assert_eq!((response.pending, response.wait_seconds), (3, 1));
    assert_eq!(server.accepted(), 0);
}

/// Invokes the batch until no item is pending. Each invocation may start requests for `time`.
async fn invoke_until_done(run: &Run, time: Duration) -> Instant {
    let mut invocations = tokio::time::interval(Duration::from_millis(20));
    loop {
        invocations.tick().await;
        let start_deadline = Instant::now() + time;
        let response = run
            .batch_with(LaneOptions {
                start_deadline: Some(start_deadline),
                ..options()
            })
            .await;
        if response.pending == 0 {
            return start_deadline;
        }
        assert_eq!(response.wait_seconds, 1);
    }
}

#[tokio::test]
async fn an_invocation_before_the_retry_after_sends_nothing() {
    let server = Server::start(Protocol::Http1, |_| async {
        Some(with_header(503, "retry-after", "3600"))
    })
    .await;
    let settings = UpstreamSettings {
        retry_after_cap: Duration::from_secs(3_600),
        ..settings(&server)
    };
    let run = Run::new(settings, 3).await;
    for _ in 0..3 {
        let response = run
            .batch_with(LaneOptions {
                start_deadline: Some(Instant::now() + Duration::from_secs(600)),
                ..options()
            })
            .await;
        // 300 s is the maximum wait that a batch requests.
        assert_eq!((response.pending, response.wait_seconds), (3, 300));
        assert_eq!(server.received().len(), 3);
    }
}

#[tokio::test]
async fn a_deferred_item_keeps_its_attempts() {
    let server = Server::start(Protocol::Http1, |_| async {
        Some(with_header(503, "retry-after", "1"))
    })
    .await;
    let run = Run::new(settings(&server), 3).await;
    invoke_until_done(&run, Duration::from_millis(300)).await;
    for row in run.rows().await {
        assert_eq!((row.outcome, row.attempts), (Outcome::Failed, 4));
        assert_eq!((row.status_code, row.error), (Some(503), None));
    }
    let received = server.received();
    assert_eq!(received.len(), 12);
    for index in 0..3 {
        let one = received
            .iter()
            .filter(|received| received.number == number(index));
        let times: Vec<Instant> = one.map(|received| received.at).collect();
        for pair in times.windows(2) {
            let distance = pair[1] - pair[0];
            assert!(distance >= Duration::from_millis(990), "{distance:?}");
        }
    }
}

#[tokio::test]
async fn an_attempt_may_end_after_the_start_deadline() {
    let server = Server::start(Protocol::Http1, |_| std::future::pending()).await;
    let settings = UpstreamSettings {
        attempt_timeout: Duration::from_millis(500),
        max_attempts: 1,
        ..settings(&server)
    };
    let run = Run::new(settings, 2).await;
    let start_deadline = invoke_until_done(&run, Duration::from_millis(100)).await;
    assert!(Instant::now() > start_deadline);
    let error = Some(RowError::Fetch(ErrorKind::TimedOut));
    assert!(run.rows().await.iter().all(|row| row.error == error));
}

#[tokio::test]
async fn requests_start_no_faster_than_the_rate_limit() {
    let server = Server::start(Protocol::Http1, |received: Received| async move {
        // The rate limit applies to retries as well.
        Some(if received.earlier == 0 && received.number.ends_with('1') {
            with_header(500, "x", "y")
        } else {
            ok()
        })
    })
    .await;
    let run = Run::new(settings(&server), 90).await;
    let began = Instant::now();
    let response = run
        .batch_with(LaneOptions {
            limiter: Arc::new(Limiter::new(1_000, Some(50.0))),
            ..options()
        })
        .await;
    assert_eq!(response.pending, 0);
    let mut received: Vec<Duration> = server
        .received()
        .iter()
        .map(|received| received.at - began)
        .collect();
    received.sort();
    assert_eq!(received.len(), 99);
    for (index, at) in received.iter().enumerate() {
        let earliest = Duration::from_millis(20) * (index as u32 + 1);
        assert!(*at >= earliest, "GET {index} after {at:?}");
    }
}
