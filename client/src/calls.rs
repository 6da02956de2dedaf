//! The calls that need only one request.

use contract::wire::{
    Execution, ExecutionId, ExecutionsPage, Failures, RedriveRequest, ServerSettings, StartRequest,
};

use crate::request::query_string;
use crate::{Client, ClientError, Request, Transport};

impl<T: Transport> Client<T> {
    /// Returns the server's limits, defaults and upstream.
    pub async fn settings(&self) -> Result<ServerSettings, ClientError> {
        self.send_and_parse(Request::get("settings")).await
    }

    /// Returns a page of the caller's runs, newest first. Without a cursor, it is the first page.
    pub async fn executions(&self, cursor: Option<&str>) -> Result<ExecutionsPage, ClientError> {
        let query = query_string(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        self.send_and_parse(Request::get(&format!("executions{query}")))
            .await
    }

    /// Starts a run, or returns the run that was started with the same request and key before.
    ///
    /// `key` is the `Idempotency-Key`: 1 to 128 letters, digits and `.`, `_`, `-`. Each run
    /// needs a key of its own.
    pub async fn start(&self, request: &StartRequest, key: &str) -> Result<Execution, ClientError> {
        let post = Request::new("POST", "executions").header("idempotency-key", key);
        self.send_and_parse(post.json(request)).await
    }

    /// Returns the run's failures so far, grouped by status and error.
    pub async fn failures(&self, id: &ExecutionId) -> Result<Failures, ClientError> {
        self.send_and_parse(Request::get(&format!("executions/{id}/failures")))
            .await
    }

    /// Stops a run. It keeps the results that it has.
    pub async fn stop(&self, id: &ExecutionId) -> Result<(), ClientError> {
        let path = format!("executions/{id}/stop");
        let response = self.send(Request::new("POST", &path)).await;
        response.map(drop)
    }

    /// Starts another pass of an ended run, for the items that the request selects.
    pub async fn redrive(
        &self,
        id: &ExecutionId,
        request: &RedriveRequest,
    ) -> Result<(), ClientError> {
        let path = format!("executions/{id}/redrive");
        let post = Request::new("POST", &path).json(request);
        self.send(post).await.map(drop)
    }

    /// Deletes a run: its list and all its results.
    pub async fn delete(&self, id: &ExecutionId) -> Result<(), ClientError> {
        let path = format!("executions/{id}");
        let response = self.send(Request::new("DELETE", &path)).await;
        response.map(drop)
    }
}
