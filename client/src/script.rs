//! A transport that responds from a script, in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use contract::wire::{Counts, Execution, ExecutionId, ExecutionStatus, Problem, RunSettings};
use serde::Serialize;

use crate::{Client, ClientError, Request, Response, Retry, Retrying, Transport};

/// Responds to each request with what `respond` returns. Clones share all state.
#[derive(Clone)]
pub(crate) struct Script(Rc<Inner>);

type Respond = dyn Fn(&Request) -> Reply;

struct Inner {
    respond: Box<Respond>,
    /// Each request, with the time when it was sent.
    sent: RefCell<Vec<(Duration, Request)>>,
    /// The calls of `retrying` and `recovered`, as text.
    events: RefCell<Vec<String>>,
    /// The virtual time since the start.
    now: Cell<Duration>,
    /// When each sleep ends, and the waker of its task.
    sleeps: RefCell<Vec<(Duration, Waker)>>,
}

/// A response, or an error, and the time until it arrives.
pub(crate) struct Reply {
    pub(crate) after: Duration,
    pub(crate) result: Result<Response, ClientError>,
}

impl From<Result<Response, ClientError>> for Reply {
    fn from(result: Result<Response, ClientError>) -> Self {
        let after = Duration::ZERO;
        Self { after, result }
    }
}

impl Script {
    pub(crate) fn new(respond: impl Fn(&Request) -> Reply + 'static) -> Self {
        Self(Rc::new(Inner {
            respond: Box::new(respond),
            sent: RefCell::default(),
            events: RefCell::default(),
            now: Cell::default(),
            sleeps: RefCell::default(),
        }))
    }

    /// Responds with these replies in turn, without a delay.
    pub(crate) fn of(replies: impl IntoIterator<Item = Result<Response, ClientError>>) -> Self {
        let replies = RefCell::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::new(move |request| {
            let reply = replies.borrow_mut().pop_front();
            reply
                .unwrap_or_else(|| panic!("no reply to {}", request.path))
                .into()
        })
    }

    pub(crate) fn client(&self, retry: Retry) -> Client<Self> {
        Client::new(self.clone(), retry)
    }

    /// Runs a future to its end. Whenever it waits, the time jumps to the end of the next sleep.
    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
            {
                return output;
            }
            let mut sleeps = self.0.sleeps.borrow_mut();
            let next = sleeps.iter().map(|(wake, _)| *wake).min();
            let next = next.expect("the future waits, but not for a sleep");
            self.0.now.set(next);
            for (_, waker) in sleeps.extract_if(.., |(wake, _)| *wake <= next) {
                waker.wake();
            }
        }
    }

    /// Takes the requests sent so far, as `METHOD path`.
    pub(crate) fn take_sent(&self) -> Vec<String> {
        let sent = self.0.sent.take();
        let describe =
            |(_, request): &(Duration, Request)| format!("{} {}", request.method, request.path);
        sent.iter().map(describe).collect()
    }

    /// Takes the requests sent so far.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        self.0
            .sent
            .take()
            .into_iter()
            .map(|(_, request)| request)
            .collect()
    }

    /// Takes the requests sent so far and returns when each was sent, in milliseconds.
    pub(crate) fn take_times(&self) -> Vec<u128> {
        let sent = self.0.sent.take();
        sent.iter().map(|(at, _)| at.as_millis()).collect()
    }

    /// Takes the retries and recoveries so far.
    pub(crate) fn take_events(&self) -> Vec<String> {
        self.0.events.take()
    }
}

impl Transport for Script {
    async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        let Reply { after, result } = (self.0.respond)(request);
        self.0
            .sent
            .borrow_mut()
            .push((self.0.now.get(), request.clone()));
        if after > Duration::ZERO {
            self.sleep(after).await;
        }
        result
    }

    async fn sleep(&self, duration: Duration) {
        let wake = self.0.now.get() + duration;
        poll_fn(|context| {
            if self.0.now.get() >= wake {
                return Poll::Ready(());
            }
            let sleep = (wake, context.waker().clone());
            self.0.sleeps.borrow_mut().push(sleep);
            Poll::Pending
        })
        .await;
    }

    fn retrying(&self, retrying: Retrying<'_>) {
        let event = format!("{} {}", retrying.failures, retrying.error);
        self.0.events.borrow_mut().push(event);
    }

    fn recovered(&self) {
        self.0.events.borrow_mut().push("recovered".to_owned());
    }
}

/// Retries for three seconds, or for a minute once the server has responded.
pub(crate) const RETRY: Retry = Retry {
    until_first_response: Some(Duration::from_secs(3)),
    after_first_response: Some(Duration::from_secs(60)),
    ..Retry::NEVER
};

/// No response arrives, although the server may have received the request.
pub(crate) fn lost() -> Result<Response, ClientError> {
    let reason = "connection reset".to_owned();
    Err(ClientError::Unreachable { reason })
}

pub(crate) fn status(status: u16) -> Result<Response, ClientError> {
    Ok(Response {
        status,
        ..Default::default()
    })
}

pub(crate) fn json(value: &impl Serialize) -> Result<Response, ClientError> {
    Ok(Response {
        status: 200,
        body: serde_json::to_vec(value).unwrap(),
        ..Default::default()
    })
}

/// A response with a problem document.
pub(crate) fn refused(status: u16, kind: &str) -> Result<Response, ClientError> {
    let problem = Problem {
        kind: format!("/problems/{kind}"),
        title: kind.to_owned(),
        status,
        detail: None,
    };
    let mut response = json(&problem)?;
    response.status = status;
    Ok(response)
}

/// The id of a run or a list that ends with this character.
pub(crate) fn id(last: char) -> ExecutionId {
    format!("{}{last}", "0".repeat(25)).parse().unwrap()
}

/// A run with this status and one row.
pub(crate) fn execution(status: ExecutionStatus) -> Execution {
    Execution {
        id: id('r'),
        label: None,
        status,
        reason: None,
        rows: 1,
        items: 1,
        duplicates: 0,
        invalid: 0,
        counts: Counts::default(),
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        stopped_at: None,
        pass: 1,
        settings: RunSettings::default(),
    }
}
