//! Waiting: what the upstream asks for, what the rate asks for, and the end of an invocation.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::{LaneOptions, Limiter, UpstreamSettings};
use tokio::time::Instant;

use crate::run::{Run, count, number, options, settings};
use crate::server::{Asked, Server, Wire, ok, with_header};

fn one_at_a_time() -> LaneOptions {
    LaneOptions {
        limiter: Arc::new(Limiter::new(1, None)),
        ..options()
    }
}

/// Asks to be left alone the first time it is asked for anything.
async fn leave_me_alone(status: u16, seconds: &'static str) -> Server {
    let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
    Server::start(Wire::Plain, move |_| {
        let answer = if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            with_header(status, "retry-after", seconds)
        } else {
            ok()
        };
        std::future::ready(Some(answer))
    })
    .await
}

#[tokio::test]
async fn retry_after_pauses_the_whole_lane() {
    // Also where the item that was told so has no attempt left.
    for (max_attempts, succeeded) in [(4, 6), (1, 5)] {
        let server = leave_me_alone(429, "1").await;
        let settings = UpstreamSettings {
            max_attempts,
            ..settings(&server)
        };
        let run = Run::new(settings, 6).await;
        // Five wait for a permit while the first gets the Retry-After.
        assert_eq!(run.batch_with(one_at_a_time()).await.pending, 0);
        assert_eq!(count(&run.rows().await, Outcome::Succeeded), succeeded);
        let asked = server.asked();
        let told = asked[0].at;
        for later in &asked[1..] {
            let after = later.at - told;
            assert!(after >= Duration::from_millis(990), "after {after:?}");
        }
    }
}

#[tokio::test]
async fn retry_after_means_nothing_in_an_answer_that_is_final() {
    let server = leave_me_alone(403, "200").await;
    let run = Run::new(settings(&server), 5).await;
    let began = Instant::now();
    assert_eq!(run.batch_with(one_at_a_time()).await.pending, 0);
    assert!(began.elapsed() < Duration::from_secs(200));
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 4);
}

#[tokio::test]
async fn a_pause_past_the_invocation_is_the_wait_that_it_answers() {
    let server = leave_me_alone(503, "120").await;
    let run = Run::new(settings(&server), 6).await;
    let options = LaneOptions {
        start_deadline: Some(Instant::now() + Duration::from_secs(600)),
        ..one_at_a_time()
    };
    let began = Instant::now();
    let answer = run.batch_with(options).await;
    assert_eq!(answer.pending, 6, "the one put off and those not asked");
    let wait = Duration::from_secs(answer.wait_seconds.into());
    assert!(wait <= Duration::from_secs(120), "{answer:?}");
    assert!(
        wait + began.elapsed() >= Duration::from_secs(120),
        "{answer:?}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_longer_retry_after_than_the_cap_is_cut() {
    let server = leave_me_alone(429, "86400").await;
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
async fn nothing_starts_after_the_last_start_and_nothing_is_asked_twice() {
    let server = Server::quick(Wire::Plain).await;
    let run = Run::new(settings(&server), 40).await;
    let (mut pending, mut invocations) = (40, 0);
    while pending > 0 {
        let before = server.asked().len();
        let start_deadline = Instant::now() + Duration::from_millis(320);
        let answer = run
            .batch_with(LaneOptions {
                limiter: Arc::new(Limiter::new(10, Some(50.0))),
                start_deadline: Some(start_deadline),
                ..options()
            })
            .await;
        let asked = server.asked();
        let more = asked.len() - before;
        // At 50 a second, the first after 20 ms.
        assert!(more <= 16, "{more} in one invocation");
        assert_eq!(answer.pending as usize, 40 - asked.len());
        assert_eq!(answer.wait_seconds, u32::from(answer.pending > 0));
        (pending, invocations) = (answer.pending, invocations + 1);
    }
    assert!(invocations >= 3, "{invocations} invocations");
    let asked = server.asked();
    assert!(asked.len() == 40 && asked.iter().all(|asked| asked.before == 0));
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 40);
}

#[tokio::test]
async fn a_permit_is_not_waited_for_past_the_last_start() {
    let server = Server::quick(Wire::Plain).await;
    let run = Run::new(settings(&server), 3).await;
    let limiter = Arc::new(Limiter::new(1, None));
    let _taken = limiter.acquire().await;
    let batch = run.batch_with(LaneOptions {
        limiter: Arc::clone(&limiter),
        start_deadline: Some(Instant::now() + Duration::from_millis(100)),
        ..options()
    });
    let answer = batch.await;
    assert_eq!((answer.pending, answer.wait_seconds), (3, 1));
    assert_eq!(server.accepted(), 0);
}

/// Invokes the batch until nothing is pending, every time with so long to start requests in.
async fn invoke_until_done(run: &Run, time: Duration) -> Instant {
    let mut invocations = tokio::time::interval(Duration::from_millis(20));
    loop {
        invocations.tick().await;
        let last_start = Instant::now() + time;
        let answer = run
            .batch_with(LaneOptions {
                start_deadline: Some(last_start),
                ..options()
            })
            .await;
        if answer.pending == 0 {
            return last_start;
        }
        assert_eq!(answer.wait_seconds, 1);
    }
}

#[tokio::test]
async fn an_invocation_before_the_retry_after_sends_nothing() {
    let server = Server::start(Wire::Plain, |_| async {
        Some(with_header(503, "retry-after", "3600"))
    })
    .await;
    let settings = UpstreamSettings {
        retry_after_cap: Duration::from_secs(3_600),
        ..settings(&server)
    };
    let run = Run::new(settings, 3).await;
    for _ in 0..3 {
        let answer = run
            .batch_with(LaneOptions {
                start_deadline: Some(Instant::now() + Duration::from_secs(600)),
                ..options()
            })
            .await;
        // The longest wait that the state machine is asked for.
        assert_eq!((answer.pending, answer.wait_seconds), (3, 300));
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn an_item_that_is_put_off_keeps_its_attempts() {
    let server = Server::start(Wire::Plain, |_| async {
        Some(with_header(503, "retry-after", "1"))
    })
    .await;
    let run = Run::new(settings(&server), 3).await;
    invoke_until_done(&run, Duration::from_millis(300)).await;
    for row in run.rows().await {
        assert_eq!((row.outcome, row.attempts), (Outcome::Failed, 4));
        assert_eq!((row.status_code, row.error), (Some(503), None));
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 12);
    for index in 0..3 {
        let one = asked.iter().filter(|asked| asked.number == number(index));
        let times: Vec<Instant> = one.map(|asked| asked.at).collect();
        for pair in times.windows(2) {
            let distance = pair[1] - pair[0];
            assert!(distance >= Duration::from_millis(990), "{distance:?}");
        }
    }
}

#[tokio::test]
async fn an_attempt_started_in_time_may_end_after_the_last_start() {
    let server = Server::start(Wire::Plain, |_| std::future::pending()).await;
    let settings = UpstreamSettings {
        attempt_timeout: Duration::from_millis(500),
        max_attempts: 1,
        ..settings(&server)
    };
    let run = Run::new(settings, 2).await;
    let last_start = invoke_until_done(&run, Duration::from_millis(100)).await;
    assert!(Instant::now() > last_start);
    let error = Some(RowError::Fetch(ErrorKind::TimedOut));
    assert!(run.rows().await.iter().all(|row| row.error == error));
}

#[tokio::test]
async fn no_more_are_started_a_second_than_the_rate_says() {
    let server = Server::start(Wire::Plain, |asked: Asked| async move {
        // Retries count as well.
        Some(if asked.before == 0 && asked.number.ends_with('1') {
            with_header(500, "x", "y")
        } else {
            ok()
        })
    })
    .await;
    let run = Run::new(settings(&server), 90).await;
    let began = Instant::now();
    let answer = run
        .batch_with(LaneOptions {
            limiter: Arc::new(Limiter::new(1_000, Some(50.0))),
            ..options()
        })
        .await;
    assert_eq!(answer.pending, 0);
    let mut asked: Vec<Duration> = server
        .asked()
        .iter()
        .map(|asked| asked.at - began)
        .collect();
    asked.sort();
    assert_eq!(asked.len(), 99);
    for (index, at) in asked.iter().enumerate() {
        let earliest = Duration::from_millis(20) * (index as u32 + 1);
        assert!(*at >= earliest, "GET {index} after {at:?}");
    }
}
