//! Polling the state of a run until it has ended.

use std::time::Duration;

use contract::wire::{Execution, ExecutionId};

use crate::call::parse;
use crate::{Client, ClientError, Request, Transport};

/// The shortest wait between two polls.
const MIN_WAIT: Duration = Duration::from_millis(250);
/// The longest wait between two polls.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// A run's state and its `ETag`.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggedExecution {
    /// The state.
    pub execution: Execution,
    /// The `ETag`. A poll with it returns the state only if it has changed.
    pub tag: Option<String>,
}

impl<T: Transport> Client<T> {
    /// Returns the run's state, or `None` if it hasn't changed since the response with this tag.
    pub async fn execution(
        &self,
        id: &ExecutionId,
        tag: Option<&str>,
    ) -> Result<Option<TaggedExecution>, ClientError> {
        let mut request = Request::get(&format!("executions/{id}"));
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        let response = self.send(request).await?;
        if response.status == 304 {
            return Ok(None);
        }
        Ok(Some(TaggedExecution {
            execution: parse(&response)?,
            tag: response.etag,
        }))
    }

    /// Polls a run until it has ended, reports each change, and returns the last state.
    ///
    /// It calls `on_change` with each new state. Before each poll it waits for a tenth of the time
    /// waited so far, but at least 250 ms and at most 5 s.
    pub async fn follow(
        &self,
        mut execution: Execution,
        mut on_change: impl FnMut(&Execution),
    ) -> Result<Execution, ClientError> {
        let (mut waited, mut tag) = (Duration::ZERO, None);
        while !execution.status.has_ended() {
            let wait = (waited / 10).clamp(MIN_WAIT, MAX_WAIT);
            self.transport.sleep(wait).await;
            waited += wait;
            if let Some(changed) = self.execution(&execution.id, tag.as_deref()).await? {
                on_change(&changed.execution);
                (execution, tag) = (changed.execution, changed.tag);
            }
        }
        Ok(execution)
    }
}

#[cfg(test)]
mod tests;
