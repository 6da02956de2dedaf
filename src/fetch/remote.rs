//! Looks up a list on a server: starts a run there, follows it and reads its rows.

mod error;
mod transport;

use std::pin::pin;
use std::rc::Rc;

use client::{Client, ClientError, StartState};
use contract::list::{List, ReadOptions};
use contract::wire::{Execution, ExecutionId, StartRequest};
use futures::future::LocalBoxFuture;
use futures::{FutureExt, StreamExt};
use indicatif::HumanCount;
use tokio::sync::mpsc;

use super::interrupts::Interrupts;
use super::output::Pages;
use super::reporter::Reporter;
use super::target::Server;
use super::{FetchError, FinishedRun, list};
use crate::cli::{FetchArgs, Origins};
use transport::{HttpTransport, RETRY};

pub(crate) use error::RemoteError;

/// Reads the rows from the server. It must be polled while they are written.
pub(super) type ReadAhead = LocalBoxFuture<'static, ()>;

/// Runs the list on the server until the run ends. An interrupt stops the run.
///
/// Returns `None` if no rows are to be written: no run was started, or a second interrupt came.
pub(super) async fn run(
    args: &FetchArgs,
    origins: &Origins,
    server: Server,
    list: &List,
    reporter: &Reporter,
    interrupts: &mut Interrupts,
) -> Result<Option<(FinishedRun, Pages, ReadAhead)>, FetchError> {
    let has_token = server.authorization.is_some();
    let transport = HttpTransport::new(server, reporter.clone())?;
    let client = Rc::new(Client::new(transport, RETRY));
    let submission = Submission {
        client: &client,
        list,
        options: list::options(args),
        request: request(args, origins),
        reporter,
    };
    reporter.show_activity("sending the list");
    let prepared = tokio::select! {
        prepared = submission.prepare() => prepared.map_err(|error| match error {
            RemoteError::Token if !has_token => RemoteError::NoToken,
            error => error,
        })?,
        () = interrupts.next() => {
            reporter.print_message("interrupted: no run was started");
            return Ok(None);
        }
    };
    let mut starting = pin!(submission.start(prepared));
    let (started, mut interrupted) = tokio::select! {
        started = &mut starting => (started.map_err(RemoteError::from)?, false),
        () = interrupts.next() => {
            // The server may have started the run although its response hasn't arrived.
            reporter.print_message("interrupted: the run is stopped as soon as the server has answered");
            tokio::select! {
                started = &mut starting => (started.map_err(RemoteError::from)?, true),
                () = interrupts.next() => {
                    reporter.print_message("interrupted: the server may have started the run");
                    return Ok(None);
                }
            }
        }
    };
    let id = started.id.clone();
    reporter.start(started.items, &started.counts);
    let after_start = |why: ClientError| RemoteError::AfterStart {
        id: id.clone(),
        why: Box::new(why.into()),
    };
    let abandon = || {
        reporter.print_message(&format!(
            "interrupted: the server may continue the run {id}"
        ));
        Ok(None)
    };
    let mut following = pin!(client.follow(started, |execution| {
        reporter.show_progress(&execution.counts)
    }));
    let ended = loop {
        if interrupted {
            reporter.print_message(&format!("interrupted: the run {id} is being stopped"));
            tokio::select! {
                stopped = client.stop(&id) => stopped.map_err(after_start)?,
                () = interrupts.next() => return abandon(),
            }
        }
        tokio::select! {
            ended = &mut following => break ended.map_err(after_start)?,
            () = interrupts.next() => match interrupted {
                false => interrupted = true,
                true => return abandon(),
            },
        }
    };
    let finished = FinishedRun {
        counts: ended.counts,
        invalid: ended.invalid,
        reason: ended.reason.clone(),
        interrupted,
    };
    let (pages, read_ahead) = read_ahead(Rc::clone(&client), ended, !args.masked);
    Ok(Some((finished, pages, read_ahead)))
}

/// The request for the run. The server's defaults apply to options that are not set.
fn request(args: &FetchArgs, origins: &Origins) -> StartRequest {
    let run = &args.run;
    StartRequest {
        max_concurrency: origins
            .is_given("max-concurrency")
            .then_some(run.max_concurrency),
        requests_per_second: run
            .requests_per_second
            .filter(|_| origins.is_given("requests-per-second")),
        tolerated_failure_percentage: origins
            .is_given("tolerated-failure-percentage")
            .then_some(run.tolerated_failure_percentage),
        ..Default::default()
    }
}

/// A list and a request for its run, to send to the server.
///
/// An invalid line is sent as the reason why it is invalid.
struct Submission<'a> {
    client: &'a Client<HttpTransport>,
    list: &'a List,
    options: ReadOptions,
    request: StartRequest,
    reporter: &'a Reporter,
}

/// A start whose list has been uploaded, or is in the request.
struct PreparedStart {
    request: StartRequest,
    /// The id of the uploaded list.
    uploaded: Option<ExecutionId>,
}

impl Submission<'_> {
    /// Checks the list against the server's limits, and uploads it if one request can't hold it.
    async fn prepare(&self) -> Result<PreparedStart, RemoteError> {
        let limits = self.client.settings().await?.limits;
        let rows = self.list.rows.len();
        if rows > limits.list_rows as usize {
            let limit = limits.list_rows;
            return Err(RemoteError::TooLong { rows, limit });
        }
        let mut prepared = PreparedStart {
            request: self.request.clone(),
            uploaded: None,
        };
        if rows > limits.ssn_list as usize {
            let part_bytes = limits.part_bytes as usize;
            let on_sent = |lines| {
                let lines = HumanCount(lines);
                self.reporter
                    .show_activity(format!("sending the list: {lines} lines"));
            };
            let upload = self
                .client
                .upload(self.list, self.options, part_bytes, on_sent);
            prepared.uploaded = Some(upload.await?);
        } else {
            prepared.request.ssn_list = Some(self.list.values());
            prepared.request.lines = self.list.lines.unless_sequential();
            prepared.request.validation = Some(self.options.validation);
            prepared.request.restore_leading_zeros = Some(self.options.restore_leading_zeros);
        }
        Ok(prepared)
    }

    async fn start(&self, prepared: PreparedStart) -> Result<Execution, ClientError> {
        let key = format!("{:032x}", rand::random::<u128>());
        let request = &prepared.request;
        match prepared.uploaded {
            None => self.client.start(request, &key).await,
            Some(list) => {
                let state = StartState::new(key);
                let upload = async || Ok(list);
                self.client.start_uploaded(&state, request, upload).await
            }
        }
    }
}

/// Reads the rows. The next pages are requested while one is being written.
fn read_ahead(
    client: Rc<Client<HttpTransport>>,
    execution: Execution,
    reveal: bool,
) -> (Pages, ReadAhead) {
    let (send, pages) = mpsc::channel(1);
    let read_ahead = async move {
        let Execution { id, rows, .. } = execution;
        let mut results = pin!(client.all_results(&id, rows, reveal));
        while let Some(page) = results.next().await {
            let page = page.map_err(|why| RemoteError::AfterStart {
                id: id.clone(),
                why: Box::new(why.into()),
            });
            let is_last = page.is_err();
            // The writer may have ended, after an error of its own.
            let sent = send.send(page.map_err(FetchError::from)).await;
            if is_last || sent.is_err() {
                return;
            }
        }
    };
    (pages, read_ahead.boxed_local())
}
