//! Limits how many GETs are in flight and how many start per second. One type holds both limits
//! because every GET needs both.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Issues permits to send GETs: one limiter per lane in the cloud, one per execution on one machine.
pub struct Limiter {
    in_flight: Arc<Semaphore>,
    /// The limit of the whole process, whose file descriptors are limited. All its limiters share it.
    in_process: Option<Arc<Semaphore>>,
    rate: Option<Rate>,
}

/// The right to have one GET in flight, until it is dropped.
pub struct Permit {
    _own: OwnedSemaphorePermit,
    _shared: Option<OwnedSemaphorePermit>,
}

/// A rate limit. It assigns each waiting task its own start time, at even intervals.
///
/// So each of thousands of tasks wakes only once. If they polled the limiter instead, most would have
/// to wait again.
struct Rate {
    interval: Duration,
    next_start: Mutex<Instant>,
}

impl Limiter {
    /// Limits GETs to `max_concurrency` in flight and `requests_per_second` started per second.
    ///
    /// The first GET waits for one interval. Otherwise, many lanes that start at the same time would
    /// cause a burst of requests.
    pub fn new(max_concurrency: u32, requests_per_second: Option<f64>) -> Self {
        let rate = requests_per_second.filter(|rate| *rate > 0.0).map(|rate| {
            let interval = Duration::from_secs_f64((1.0 / rate).min(86_400.0));
            Rate {
                interval,
                next_start: Mutex::new(Instant::now() + interval),
            }
        });
        Self {
            in_flight: Arc::new(Semaphore::new(max_concurrency.max(1) as usize)),
            in_process: None,
            rate,
        }
    }

    /// Also limits the GETs in flight in the whole process, by a semaphore that all its limiters share.
    pub fn with_process_limit(self, in_process: Arc<Semaphore>) -> Self {
        Self {
            in_process: Some(in_process),
            ..self
        }
    }

    /// Waits for a permit to send one GET. Permits are issued in the order of the calls.
    pub async fn acquire(&self) -> Permit {
        let own = acquire_from(&self.in_flight).await;
        let shared = match &self.in_process {
            Some(in_process) => Some(acquire_from(in_process).await),
            None => None,
        };
        self.wait_for_rate().await;
        Permit {
            _own: own,
            _shared: shared,
        }
    }

    /// Waits until the rate allows one more GET to start.
    pub(crate) async fn wait_for_rate(&self) {
        if let Some(rate) = &self.rate {
            let start = {
                let mut next = rate.next_start.lock().await;
                let start = (*next).max(Instant::now());
                *next = start + rate.interval;
                start
            };
            sleep_until(start).await;
        }
    }
}

async fn acquire_from(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.expect("the semaphore is never closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_start_at_even_intervals() {
        let limiter = Limiter::new(1_000, Some(50.0));
        let began = Instant::now();
        let mut permits = Vec::new();
        for _ in 0..100 {
            permits.push(limiter.acquire().await);
        }
        assert_eq!(began.elapsed().as_millis(), 2_000);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_of_requests_in_flight_is_enforced() {
        let limiter = Limiter::new(2, None);
        let (first, _second) = (limiter.acquire().await, limiter.acquire().await);
        assert!(
            tokio::time::timeout(Duration::from_secs(60), limiter.acquire())
                .await
                .is_err()
        );
        drop(first);
        assert!(
            tokio::time::timeout(Duration::from_secs(60), limiter.acquire())
                .await
                .is_ok()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn two_runs_share_the_limit_of_the_process() {
        let process = Arc::new(Semaphore::new(3));
        let run = || Limiter::new(2, None).with_process_limit(Arc::clone(&process));
        let (one, other) = (run(), run());
        let _held = (
            one.acquire().await,
            one.acquire().await,
            other.acquire().await,
        );
        let more = tokio::time::timeout(Duration::from_secs(60), other.acquire());
        assert!(more.await.is_err());
    }
}
