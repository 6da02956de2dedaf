//! The history of each owner's executions, and the idempotency keys that they were started with.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::{Key, Store, StoreError};

/// The execution that holds an idempotency key.
#[derive(Serialize, Deserialize)]
struct Claim {
    id: ExecutionId,
}

impl Store {
    /// Adds an execution to its owner's history. Adding it again changes nothing.
    pub async fn add_to_history(&self, owner: &str, id: &ExecutionId) -> Result<(), StoreError> {
        self.put(Key::History(owner, id), "").await
    }

    /// Lists up to `count` executions of an owner, newest first, all older than `after`.
    pub async fn history(
        &self,
        owner: &str,
        after: Option<&ExecutionId>,
        count: usize,
    ) -> Result<Vec<ExecutionId>, StoreError> {
        let after = after.map(|id| Key::History(owner, id).path());
        let listing = self
            .list_after(Key::HistoryDir(owner), after.as_ref())
            .await?;
        Ok(listing
            .iter()
            .filter_map(|object| object.location.filename()?.parse().ok())
            .take(count)
            .collect())
    }

    /// Claims an idempotency key. Returns the execution that holds it: this one or an earlier one.
    pub async fn claim_idempotency_key(
        &self,
        owner: &str,
        key: &str,
        id: &ExecutionId,
    ) -> Result<ExecutionId, StoreError> {
        let claim_key = Key::Idempotency(owner, key);
        if self
            .create_json(claim_key, &Claim { id: id.clone() })
            .await?
        {
            return Ok(id.clone());
        }
        Ok(self
            .execution_of_key(owner, key)
            .await?
            .unwrap_or_else(|| id.clone()))
    }

    /// Releases an idempotency key if this execution holds it.
    pub async fn release_idempotency_key(
        &self,
        owner: &str,
        key: &str,
        id: &ExecutionId,
    ) -> Result<(), StoreError> {
        if self.execution_of_key(owner, key).await?.as_ref() == Some(id) {
            self.delete(Key::Idempotency(owner, key)).await?;
        }
        Ok(())
    }

    /// Returns the execution that holds an idempotency key.
    pub async fn execution_of_key(
        &self,
        owner: &str,
        key: &str,
    ) -> Result<Option<ExecutionId>, StoreError> {
        Ok(self
            .get_json::<Claim>(Key::Idempotency(owner, key))
            .await?
            .map(|claim| claim.id))
    }
}
