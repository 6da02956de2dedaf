//! One function for each call.

use contract::list::ReadOptions;
use contract::wire::{
    CreateListRequest, Execution, ExecutionId, ListCreated, ResultsPage, ServerSettings,
    StartRequest,
};
use reqwest::header::{CONTENT_TYPE, IF_NONE_MATCH};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::client::{Answer, Client};
use super::error::RemoteError;

impl Client {
    /// What the server tells of itself.
    pub(super) async fn settings(&self) -> Result<ServerSettings, RemoteError> {
        read(self.call(|| self.request(Method::GET, "settings")).await?)
    }

    /// Starts a run; a key used before answers with the run that it started.
    pub(super) async fn start(
        &self,
        request: &StartRequest,
        key: &str,
    ) -> Result<Execution, RemoteError> {
        let body = json(request);
        let answer = self.call(|| {
            let call = self.request(Method::POST, "executions");
            with_json(call.header("Idempotency-Key", key), &body)
        });
        read(answer.await?)
    }

    /// Begins an upload in parts. Sent twice, one of the two lists is never used, and goes by itself.
    pub(super) async fn create_list(
        &self,
        options: ReadOptions,
    ) -> Result<ExecutionId, RemoteError> {
        let body = json(&CreateListRequest {
            validation: options.validation,
            restore_leading_zeros: options.restore_leading_zeros,
        });
        let answer = self.call(|| with_json(self.request(Method::POST, "lists"), &body));
        let created: ListCreated = read(answer.await?)?;
        Ok(created.id)
    }

    /// Uploads one part; the same part may be sent again.
    pub(super) async fn put_part(
        &self,
        list: &ExecutionId,
        part: usize,
        lines: String,
    ) -> Result<(), RemoteError> {
        let body = bytes(lines.into_bytes());
        let answer = self.call(|| {
            self.request(Method::PUT, &format!("lists/{list}/{part}"))
                .header(CONTENT_TYPE, "text/plain; charset=utf-8")
                .body(body.clone())
        });
        answer.await.map(drop)
    }

    /// How a run stands, and what to ask with next time; nothing if it stands as it did with this
    /// tag.
    pub(super) async fn execution(
        &self,
        id: &ExecutionId,
        tag: Option<&str>,
    ) -> Result<Option<(Execution, Option<String>)>, RemoteError> {
        let answer = self.call(|| {
            let call = self.request(Method::GET, &format!("executions/{id}"));
            match tag {
                Some(tag) => call.header(IF_NONE_MATCH, tag),
                None => call,
            }
        });
        let answer = answer.await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = answer.tag.clone();
        Ok(Some((read(answer)?, tag)))
    }

    /// Stops a run; what was fetched stays.
    pub(super) async fn stop(&self, id: &ExecutionId) -> Result<(), RemoteError> {
        let path = format!("executions/{id}/stop");
        let answer = self.call(|| self.request(Method::POST, &path));
        answer.await.map(drop)
    }

    /// One page of a run's rows, from the first or where a page before ended.
    pub(super) async fn results(
        &self,
        id: &ExecutionId,
        cursor: Option<&str>,
        reveal: bool,
    ) -> Result<ResultsPage, RemoteError> {
        // A cursor is made of characters that are safe in a query.
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}"));
        let path = format!(
            "executions/{id}/results?reveal={reveal}{}",
            cursor.unwrap_or_default()
        );
        read(self.call(|| self.request(Method::GET, &path)).await?)
    }
}

fn json(value: &impl Serialize) -> bytes::Bytes {
    let json = serde_json::to_vec(value);
    bytes(json.expect("our own types have string keys only, so they are JSON"))
}

fn bytes(body: Vec<u8>) -> bytes::Bytes {
    body.into()
}

fn with_json(call: RequestBuilder, body: &bytes::Bytes) -> RequestBuilder {
    call.header(CONTENT_TYPE, "application/json")
        .body(body.clone())
}

fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, RemoteError> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| RemoteError::Unreadable(answer.status.as_u16()))
}
