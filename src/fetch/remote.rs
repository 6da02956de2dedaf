//! A list looked up by a server: started there, followed, its rows fetched.

mod calls;
mod client;
mod error;

use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::list::{List, ReadOptions};
use contract::wire::{Execution, ExecutionId, Limits, StartRequest};
use indicatif::HumanCount;
use tokio::sync::mpsc;

use super::interrupts::Interrupts;
use super::output::Pages;
use super::target::Server;
use super::telling::Telling;
use super::{Ended, FetchError, list};
use crate::cli::FetchArgs;
use client::Client;

pub(crate) use error::RemoteError;

/// The shortest wait between two looks at a run.
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest: a tenth of the time that was followed, up to this.
const LONGEST: Duration = Duration::from_secs(5);

/// Runs the list on the server, to its end or as far as it comes until it is interrupted. None
/// where it is to end at once.
pub(super) async fn run(
    args: &FetchArgs,
    server: Server,
    list: &List,
    telling: &Telling,
    interrupts: &mut Interrupts,
) -> Result<Option<(Ended, Pages)>, FetchError> {
    let client = Client::new(server, &args.given.reach, telling.clone())?;
    let client = Arc::new(client);
    let sent = Sending {
        client: &client,
        list,
        options: list::options(args),
        request: request(args),
        telling,
    };
    telling.doing("sending the list");
    let ready = tokio::select! {
        ready = sent.ready() => ready?,
        () = interrupts.next() => {
            telling.say("interrupted: no run was started");
            return Ok(None);
        }
    };
    let mut starting = std::pin::pin!(sent.start(ready));
    let (started, mut interrupted) = tokio::select! {
        started = &mut starting => (started?, false),
        () = interrupts.next() => {
            // The run may be there although its answer isn't.
            telling.say("interrupted: the run is stopped as soon as the server has answered");
            tokio::select! {
                started = &mut starting => (started?, true),
                () = interrupts.next() => {
                    telling.say("interrupted: the server may have started the run");
                    return Ok(None);
                }
            }
        }
    };
    let id = started.id.clone();
    telling.begin(started.items, &started.counts);
    let lost = |why: RemoteError| RemoteError::Lost {
        id: id.clone(),
        why: Box::new(why),
    };
    let leave = || {
        telling.say(&format!(
            "interrupted: the server may go on with the run {id}"
        ));
        Ok(None)
    };
    let mut following = std::pin::pin!(follow(&client, started, telling));
    let ended = loop {
        if interrupted {
            telling.say(&format!("interrupted: the run {id} is being stopped"));
            tokio::select! {
                stopped = client.stop(&id) => stopped.map_err(lost)?,
                () = interrupts.next() => return leave(),
            }
        }
        tokio::select! {
            ended = &mut following => break ended.map_err(lost)?,
            () = interrupts.next() => match interrupted {
                false => interrupted = true,
                true => return leave(),
            },
        }
    };
    let over = Ended {
        counts: ended.counts,
        invalid: ended.invalid,
        reason: ended.reason.clone(),
        interrupted,
    };
    let pages = read_ahead(Arc::clone(&client), ended, !args.masked);
    Ok(Some((over, pages)))
}

/// What is asked of the server; what nobody said is left to its defaults.
fn request(args: &FetchArgs) -> StartRequest {
    let run = &args.run;
    let given = |id| args.given.is(id);
    StartRequest {
        max_concurrency: given("max_concurrency").then_some(run.max_concurrency),
        requests_per_second: run
            .requests_per_second
            .filter(|_| given("requests_per_second")),
        tolerated_failure_percentage: given("tolerated_failure_percentage")
            .then_some(run.tolerated_failure_percentage),
        ..Default::default()
    }
}

/// A list on its way to the server. Of a line that is no number only the reason goes there.
struct Sending<'a> {
    client: &'a Client,
    list: &'a List,
    options: ReadOptions,
    request: StartRequest,
    telling: &'a Telling,
}

impl Sending<'_> {
    /// The request that starts the run, once all that it needs is on the server.
    async fn ready(&self) -> Result<StartRequest, RemoteError> {
        let room = self.client.settings().await?.limits;
        let rows = self.list.rows.len();
        if rows > room.list_rows as usize {
            let limit = room.list_rows;
            return Err(RemoteError::TooLong { rows, limit });
        }
        if rows > room.ssn_list as usize {
            return Ok(StartRequest {
                list_id: Some(self.upload(room).await?),
                ..self.request.clone()
            });
        }
        Ok(StartRequest {
            ssn_list: Some(self.list.values()),
            validation: Some(self.options.validation),
            restore_leading_zeros: Some(self.options.restore_leading_zeros),
            ..self.request.clone()
        })
    }

    async fn upload(&self, room: Limits) -> Result<ExecutionId, RemoteError> {
        let id = self.client.create_list(self.options).await?;
        let parts = self.list.parts(room.part_bytes as usize);
        for (number, part) in parts.enumerate() {
            self.client.put_part(&id, number, part.text).await?;
            let sent = HumanCount(part.end_row as u64);
            self.telling
                .doing(format!("sending the list: {sent} lines"));
        }
        Ok(id)
    }

    /// Starts the run. All tries have one key, so that they start one run.
    async fn start(&self, request: StartRequest) -> Result<Execution, RemoteError> {
        let key = format!("{:032x}", rand::random::<u128>());
        match self.client.start(&request, &key).await {
            // A try whose answer got lost may have used the list up just now; the key has its run.
            Err(error) if error.is_unknown_list() => self.client.start(&request, &key).await,
            answer => answer,
        }
    }
}

/// Looks at a run until it is over, more and more seldom.
async fn follow(
    client: &Client,
    mut execution: Execution,
    telling: &Telling,
) -> Result<Execution, RemoteError> {
    let (began, mut tag) = (Instant::now(), None);
    while !execution.status.has_ended() {
        let wait = (began.elapsed() / 10).clamp(SHORTEST, LONGEST);
        tokio::time::sleep(wait).await;
        if let Some((news, its)) = client.execution(&execution.id, tag.as_deref()).await? {
            telling.show(&news.counts);
            (execution, tag) = (news, its);
        }
    }
    Ok(execution)
}

/// The rows, a page ahead of what is being written.
fn read_ahead(client: Arc<Client>, execution: Execution, reveal: bool) -> Pages {
    let (send, pages) = mpsc::channel(2);
    tokio::spawn(async move {
        let (mut cursor, mut given) = (None::<String>, 0);
        loop {
            let page = client.results(&execution.id, cursor.as_deref(), reveal);
            let page = page.await.map_err(|why| RemoteError::Lost {
                id: execution.id.clone(),
                why: Box::new(why),
            });
            let next = page.as_ref().ok().and_then(|page| page.next.clone());
            given += page.as_ref().map_or(0, |page| page.rows.len() as u64);
            let is_short = next.is_none() && page.is_ok() && given != execution.rows;
            let rows = page.map(|page| page.rows).map_err(FetchError::from);
            if send.send(rows).await.is_err() {
                // Who was to write them has failed, and says so.
                return;
            }
            if is_short {
                let rows = execution.rows;
                let missing = RemoteError::RowsMissing { given, rows };
                let _ = send.send(Err(missing.into())).await;
            }
            if next.is_none() {
                return;
            }
            cursor = next;
        }
    });
    pages
}
