//! One function for each call.

use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;

use contract::wire::{
    Execution, ExecutionsPage, Failures, RedriveRequest, ResultsPage, ServerSettings,
};
use gloo_net::http::{Request, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

use crate::api::ApiError;
use crate::run::choice::Choice;
use crate::session;

type Result<T> = std::result::Result<T, ApiError>;

/// How a run stands.
pub struct Standing {
    /// The run.
    pub execution: Execution,
    /// What to ask with next time, so that only news is told.
    pub tag: Option<String>,
}

/// Which rows of a run.
pub struct ResultsQuery<'a> {
    /// The run.
    pub id: &'a str,
    /// The first row, where there is no cursor.
    pub first: Option<u64>,
    /// Where a page before ended.
    pub cursor: Option<&'a str>,
    /// How many at most.
    pub count: u64,
    /// Only these rows; a cursor carries it.
    pub choice: Choice,
    /// With all digits, which the server writes into its log.
    pub reveal: bool,
}

/// What the server tells of itself.
pub async fn settings(signal: Option<&AbortSignal>) -> Result<ServerSettings> {
    get("/api/settings", signal).await
}

/// The caller's runs, newest first.
pub async fn executions(
    cursor: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<ExecutionsPage> {
    let mut address = "/api/executions".to_owned();
    if let Some(cursor) = cursor {
        let _ = write!(address, "?cursor={}", encode(cursor));
    }
    get(&address, signal).await
}

/// How a run stands; nothing if it still stands as it did with this tag.
pub async fn execution(
    id: &str,
    tag: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Option<Standing>> {
    let mut call = Request::get(&format!("/api/executions/{}", encode(id))).abort_signal(signal);
    if let Some(tag) = tag {
        call = call.header("If-None-Match", tag);
    }
    let answer = send(call.build()).await?;
    match answer.status {
        304 => Ok(None),
        _ => Ok(Some(Standing {
            execution: read(&answer)?,
            tag: answer.tag,
        })),
    }
}

/// What failed of a run so far, in groups.
pub async fn failures(id: &str, signal: Option<&AbortSignal>) -> Result<Failures> {
    get(&format!("/api/executions/{}/failures", encode(id)), signal).await
}

/// Erases a run: its list and all results.
pub async fn erase(id: &str) -> Result<()> {
    let address = format!("/api/executions/{}", encode(id));
    send(Request::delete(&address).build()).await.map(drop)
}

/// Stops a run; what was fetched stays.
pub async fn stop(id: &str) -> Result<()> {
    let address = format!("/api/executions/{}/stop", encode(id));
    send(Request::post(&address).build()).await.map(drop)
}

/// Asks again what this selects of a run that is over.
pub async fn redrive(id: &str, request: &RedriveRequest) -> Result<()> {
    let address = format!("/api/executions/{}/redrive", encode(id));
    send(with_json(Request::post(&address), request))
        .await
        .map(drop)
}

/// One page of a run's rows.
pub async fn results(
    query: &ResultsQuery<'_>,
    signal: Option<&AbortSignal>,
) -> Result<ResultsPage> {
    let mut address = format!(
        "/api/executions/{}/results?count={}",
        encode(query.id),
        query.count
    );
    match (query.cursor, query.first) {
        (Some(cursor), _) => {
            let _ = write!(address, "&cursor={}", encode(cursor));
        }
        (None, Some(first)) => {
            let _ = write!(address, "&first={first}");
        }
        (None, None) => {}
    }
    if query.cursor.is_none() {
        address.push_str(&query.choice.query());
    }
    if query.reveal {
        address.push_str("&reveal=true");
    }
    get(&address, signal).await
}

async fn get<T: DeserializeOwned>(address: &str, signal: Option<&AbortSignal>) -> Result<T> {
    let call = Request::get(address).abort_signal(signal).build();
    read(&send(call).await?)
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn with_json(call: RequestBuilder, value: &impl Serialize) -> Call {
    let body = serde_json::to_string(value)
        .map_err(|_| gloo_net::Error::GlooError("the request can't be written".to_owned()))?;
    call.header("Content-Type", "application/json").body(body)
}

type Call = std::result::Result<Request, gloo_net::Error>;

/// What came of a call: 2xx or 304.
struct Answer {
    status: u16,
    tag: Option<String>,
    body: String,
}

/// Sends a call. Why a fetch failed is not told to scripts, so it is `Unreachable`. Behind a
/// pointer, so that no caller has a copy of its own.
fn send(call: Call) -> Pin<Box<dyn Future<Output = Result<Answer>>>> {
    Box::pin(async move {
        let unreachable = |_| ApiError::Unreachable;
        let answer = session::send(call.map_err(unreachable)?).await?;
        let (status, tag) = (answer.status(), answer.headers().get("etag"));
        let body = answer.text().await.map_err(unreachable)?;
        match status {
            200..=299 | 304 => Ok(Answer { status, tag, body }),
            _ => Err(ApiError::from_answer(status, &body)),
        }
    })
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    let status = answer.status;
    serde_json::from_str(&answer.body).map_err(|_| ApiError::Unreadable { status })
}
