//! Whose executions there are, and which one a caller's key has started.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::{Key, Store, StoreError};

#[derive(Serialize, Deserialize)]
struct Claim {
    id: ExecutionId,
}

impl Store {
    /// Puts the execution into its owner's history. May be done again.
    pub async fn add_to_history(&self, owner: &str, id: &ExecutionId) -> Result<(), StoreError> {
        self.put(Key::History(owner, id), "").await
    }

    /// An owner's executions that sort after `after`, so older ones, newest first; at most `count`.
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

    /// Claims a caller's key for an execution. The execution that has it: this one, or an earlier.
    pub async fn claim_idempotency_key(
        &self,
        owner: &str,
        key: &str,
        id: &ExecutionId,
    ) -> Result<ExecutionId, StoreError> {
        let place = Key::Idempotency(owner, key);
        if self.create_json(place, &Claim { id: id.clone() }).await? {
            return Ok(id.clone());
        }
        Ok(self
            .execution_of_key(owner, key)
            .await?
            .unwrap_or_else(|| id.clone()))
    }

    /// Frees a caller's key where this execution has it; another's it stays.
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

    /// The execution that a caller's key has started.
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
