//! The mark that stops a pass.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::{Key, Store, StoreError, now_ms};

/// Why a pass is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StopCause {
    /// Somebody asked: the run will be ABORTED.
    User,
    /// More items FAILED than is tolerated: the run will be FAILED.
    Tolerance,
    /// The engine has ended the run by itself, while fetchers may still be at work.
    Engine,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    cause: StopCause,
    at_ms: u64,
}

impl Store {
    /// Marks the pass to stop. The first cause stays.
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

    /// Why the pass is to stop; `None` where it isn't.
    pub async fn stop_cause(
        &self,
        id: &ExecutionId,
        pass: u32,
    ) -> Result<Option<StopCause>, StoreError> {
        Ok(self.stop_mark(id, pass).await?.map(|mark| mark.cause))
    }

    /// How long ago the pass was marked to stop, in milliseconds.
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
