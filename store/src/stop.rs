//! The mark that stops a pass.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::{Key, Store, StoreError, now_ms};

/// Why a pass was marked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StopCause {
    /// A user stopped it: the run ends as ABORTED.
    User,
    /// More items FAILED than the run tolerates: it ends as FAILED.
    Tolerance,
    /// The engine ended the run, although fetchers may still be working.
    Engine,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    cause: StopCause,
    at_ms: u64,
}

impl Store {
    /// Marks a pass to stop. If it is marked already, the first cause stays.
    pub async fn mark_stop(
        &self,
        id: &ExecutionId,
        pass: u32,
        cause: StopCause,
    ) -> Result<(), StoreError> {
        let mark = Mark {
            cause,
            at_ms: now_ms(),
        };
        self.create_json(Key::Stop(id, pass), &mark).await.map(drop)
    }

    /// Reads why a pass was marked to stop; `None` if it wasn't.
    pub async fn stop_cause(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<StopCause>, StoreError> {
        Ok(self.stop_mark(id, pass).await?.map(|mark| mark.cause))
    }

    /// Returns how many milliseconds ago a pass was marked to stop; `None` if it wasn't.
    pub async fn stop_age_ms(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<u64>, StoreError> {
        Ok(self
            .stop_mark(id, pass)
            .await?
            .map(|mark| now_ms().saturating_sub(mark.at_ms)))
    }

    async fn stop_mark(&self, id: &ExecutionId, pass: u32) -> Result<Option<Mark>, StoreError> {
        self.get_json(Key::Stop(id, pass)).await
    }
}
