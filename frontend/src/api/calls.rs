//! The API's routes, a method each.

use std::fmt::Write;

use contract::wire::{
    Execution, ExecutionsPage, Failures, RedriveRequest, ResultsPage, ServerSettings,
};
use gloo_net::http::{Request, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

use super::transport::{Api, Outgoing, Response, Result};
use super::{ApiError, RowFilter};

/// A run as it is now.
pub(crate) struct Current {
    /// The run.
    pub(crate) execution: Execution,
    /// The version's `ETag`: with it the next poll reports changes only.
    pub(crate) etag: Option<String>,
}

/// Which rows of a run to read.
pub(crate) struct ResultsQuery<'a> {
    /// The run's id.
    pub(crate) id: &'a str,
    /// The first row; ignored with a cursor.
    pub(crate) first: Option<u64>,
    /// Where the page before ended.
    pub(crate) cursor: Option<&'a str>,
    /// The largest number of rows.
    pub(crate) count: u64,
    /// Which rows; a cursor carries its own filter.
    pub(crate) filter: RowFilter,
    /// Whether numbers are in full, which the server records in its log.
    pub(crate) reveal: bool,
}

impl Api {
    /// Returns the server's settings.
    pub(crate) async fn settings(self, signal: Option<&AbortSignal>) -> Result<ServerSettings> {
        self.get("/api/settings", signal).await
    }

    /// Returns a page of the caller's runs, newest first.
    pub(crate) async fn executions(
        self,
        cursor: Option<&str>,
        signal: Option<&AbortSignal>,
    ) -> Result<ExecutionsPage> {
        let mut url = "/api/executions".to_owned();
        if let Some(cursor) = cursor {
            let _ = write!(url, "?cursor={}", encode(cursor));
        }
        self.get(&url, signal).await
    }

    /// Returns a run; none if its version is still the one of this `ETag`.
    pub(crate) async fn execution(
        self,
        id: &str,
        etag: Option<&str>,
        signal: Option<&AbortSignal>,
    ) -> Result<Option<Current>> {
        let mut request = Request::get(&execution_url(id, "")).abort_signal(signal);
        if let Some(etag) = etag {
            request = request.header("If-None-Match", etag);
        }
        let response = self.send(request.build()).await?;
        match response.status {
            304 => Ok(None),
            _ => Ok(Some(Current {
                execution: parse(&response)?,
                etag: response.etag,
            })),
        }
    }

    /// Returns the failures of a run so far, in groups.
    pub(crate) async fn failures(self, id: &str, signal: Option<&AbortSignal>) -> Result<Failures> {
        self.get(&execution_url(id, "/failures"), signal).await
    }

    /// Deletes a run: its list and all results.
    pub(crate) async fn delete(self, id: &str) -> Result<()> {
        let request = Request::delete(&execution_url(id, "")).build();
        self.send(request).await.map(drop)
    }

    /// Stops a run. Its results so far stay.
    pub(crate) async fn stop(self, id: &str) -> Result<()> {
        let request = Request::post(&execution_url(id, "/stop")).build();
        self.send(request).await.map(drop)
    }

    /// Requests again what `request` selects of a run that is over.
    pub(crate) async fn redrive(self, id: &str, request: &RedriveRequest) -> Result<()> {
        let request = with_json(Request::post(&execution_url(id, "/redrive")), request);
        self.send(request).await.map(drop)
    }

    /// Returns a page of a run's rows.
    pub(crate) async fn results(
        self,
        query: &ResultsQuery<'_>,
        signal: Option<&AbortSignal>,
    ) -> Result<ResultsPage> {
        let mut url = execution_url(query.id, "/results");
        let _ = write!(url, "?count={}", query.count);
        match (query.cursor, query.first) {
            (Some(cursor), _) => {
                let _ = write!(url, "&cursor={}", encode(cursor));
            }
            (None, Some(first)) => {
                let _ = write!(url, "&first={first}");
            }
            (None, None) => {}
        }
        if query.cursor.is_none() {
            url.push_str(&query.filter.query());
        }
        if query.reveal {
            url.push_str("&reveal=true");
        }
        self.get(&url, signal).await
    }

    async fn get<T: DeserializeOwned>(self, url: &str, signal: Option<&AbortSignal>) -> Result<T> {
        let request = Request::get(url).abort_signal(signal).build();
        parse(&self.send(request).await?)
    }
}

fn execution_url(id: &str, rest: &str) -> String {
    format!("/api/executions/{}{rest}", encode(id))
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

fn with_json(request: RequestBuilder, value: &impl Serialize) -> Outgoing {
    let body = serde_json::to_string(value)
        .map_err(|_| gloo_net::Error::GlooError("the request can't be written".to_owned()))?;
    request
        .header("Content-Type", "application/json")
        .body(body)
}

fn parse<T: DeserializeOwned>(response: &Response) -> Result<T> {
    let status = response.status;
    serde_json::from_str(&response.body).map_err(|_| ApiError::Unreadable { status })
}
