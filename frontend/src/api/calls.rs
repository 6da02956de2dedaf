//! One function for each call.

use std::fmt::Write;

use contract::wire::{
    CreateListRequest, Execution, ExecutionsPage, ListCreated, Outcome, RedriveRequest,
    ResultsPage, ServerSettings, StartRequest,
};
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

use crate::api::ApiError;

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
    /// Rows of this outcome only; a cursor carries it.
    pub outcome: Option<Outcome>,
}

/// What the server tells of itself.
pub async fn settings() -> Result<ServerSettings> {
    read(Request::get("/api/settings").send().await).await
}

/// Starts a run; a key used before answers with the run that it started.
pub async fn start(request: &StartRequest, key: &str) -> Result<Execution> {
    let call = Request::post("/api/executions").header("Idempotency-Key", key);
    read(send_json(call, request).await).await
}

/// Begins an upload in parts.
pub async fn create_list(request: &CreateListRequest) -> Result<ListCreated> {
    read(send_json(Request::post("/api/lists"), request).await).await
}

/// Uploads one part; the same part may be sent again.
pub async fn put_part(list: &str, part: usize, lines: String) -> Result<()> {
    let call = Request::put(&format!("/api/lists/{list}/{part}"))
        .header("Content-Type", "text/plain; charset=utf-8")
        .body(lines);
    let answer = match call {
        Ok(call) => call.send().await,
        Err(error) => Err(error),
    };
    text(answer).await.map(drop)
}

/// The caller's runs, newest first.
pub async fn executions(cursor: Option<&str>) -> Result<ExecutionsPage> {
    let mut address = "/api/executions".to_owned();
    if let Some(cursor) = cursor {
        let _ = write!(address, "?cursor={}", js_sys::encode_uri_component(cursor));
    }
    read(Request::get(&address).send().await).await
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
    let answer = call.send().await.map_err(|_| ApiError::Unreachable)?;
    if answer.status() == 304 {
        return Ok(None);
    }
    let tag = answer.headers().get("etag");
    let execution = read(Ok(answer)).await?;
    Ok(Some(Standing { execution, tag }))
}

/// Stops a run; what was fetched stays.
pub async fn stop(id: &str) -> Result<()> {
    let address = format!("/api/executions/{}/stop", encode(id));
    text(Request::post(&address).send().await).await.map(drop)
}

/// Asks again what this selects of a run that is over.
pub async fn redrive(id: &str, request: &RedriveRequest) -> Result<()> {
    let address = format!("/api/executions/{}/redrive", encode(id));
    text(send_json(Request::post(&address), request).await)
        .await
        .map(drop)
}

/// One page of a run's rows, masked.
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
    if let (None, Some(outcome)) = (query.cursor, query.outcome) {
        let _ = write!(address, "&outcome={}", outcome.as_str());
    }
    read(Request::get(&address).abort_signal(signal).send().await).await
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

async fn send_json(
    call: RequestBuilder,
    value: &impl Serialize,
) -> std::result::Result<Response, gloo_net::Error> {
    let body = serde_json::to_string(value)
        .map_err(|_| gloo_net::Error::GlooError("the request can't be written".to_owned()))?;
    call.header("Content-Type", "application/json")
        .body(body)?
        .send()
        .await
}

/// The body of a 2xx. Why a fetch failed is not told to scripts, so it is `Unreachable`.
async fn text(answer: std::result::Result<Response, gloo_net::Error>) -> Result<String> {
    let answer = answer.map_err(|_| ApiError::Unreachable)?;
    let body = answer.text().await.map_err(|_| ApiError::Unreachable)?;
    match answer.ok() {
        true => Ok(body),
        false => Err(ApiError::from_answer(answer.status(), &body)),
    }
}

async fn read<T: DeserializeOwned>(
    answer: std::result::Result<Response, gloo_net::Error>,
) -> Result<T> {
    let status = answer.as_ref().map(Response::status).unwrap_or_default();
    let body = text(answer).await?;
    serde_json::from_str(&body).map_err(|_| ApiError::Unreadable { status })
}
