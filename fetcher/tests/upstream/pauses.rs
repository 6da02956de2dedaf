//! Waiting: what the upstream asks for, what the rate asks for, and the end of an invocation.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{ErrorKind, Outcome, RowError};
use fetcher::{LaneOptions, Limiter, UpstreamSettings};
use tokio::time::{Instant, timeout};

use crate::run::{Run, count, options, settings};
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
    let server = leave_me_alone(403, "100").await;
    let run = Run::new(settings(&server), 5).await;
    let began = Instant::now();
    assert_eq!(run.batch_with(one_at_a_time()).await.pending, 0);
    assert!(began.elapsed() < Duration::from_secs(5));
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
    let answer = run.batch_with(options).await;
    assert_eq!(answer.pending, 6, "the one put off and those not asked");
    assert!((118..=120).contains(&answer.wait_seconds), "{answer:?}");
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
        assert!((1..=16).contains(&more), "{more} in one invocation");
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
    let answer = timeout(Duration::from_secs(10), batch).await.unwrap();
    assert_eq!((answer.pending, answer.wait_seconds), (3, 1));
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn what_is_put_off_keeps_its_attempts() {
    let server = Server::start(Wire::Plain, |_| async {
        Some(with_header(503, "retry-after", "1"))
    })
    .await;
    let run = Run::new(settings(&server), 3).await;
    let invoke = || {
        run.batch_with(LaneOptions {
            start_deadline: Some(Instant::now() + Duration::from_millis(300)),
            ..options()
        })
    };
    // Comes back again and again, as the state machine does once, until each was asked so often.
    let until_asked = async |attempts: usize| {
        let asked = async {
            loop {
                let answer = invoke().await;
                if server.asked().len() >= 3 * attempts {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), asked).await.unwrap()
    };
    for attempts in 1..=3 {
        let answer = until_asked(attempts).await;
        assert_eq!((answer.pending, answer.wait_seconds), (3, 1));
        // Who comes back too early asks nothing, and loses nothing.
        let answer = invoke().await;
        assert_eq!((answer.pending, answer.wait_seconds), (3, 1));
        assert_eq!(server.asked().len(), 3 * attempts);
    }
    assert_eq!(until_asked(4).await.pending, 0);
    let rows = run.rows().await;
    for row in rows {
        assert_eq!((row.outcome, row.attempts), (Outcome::Failed, 4));
        assert_eq!((row.status_code, row.error), (Some(503), None));
    }
    assert_eq!(server.asked().len(), 12);
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
    let answer = run
        .batch_with(LaneOptions {
            start_deadline: Some(Instant::now() + Duration::from_millis(100)),
            ..options()
        })
        .await;
    assert_eq!(answer.pending, 0);
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
