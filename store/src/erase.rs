//! Erasing: the list first, then all that was learnt, and what late writers leave.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::id::made_at_ms;
use crate::{Key, Meta, Store, StoreError, now_ms};

/// What of the execution lies outside its folder, so that an erasure can be finished without `meta`.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    owner: String,
    idempotency_key: Option<String>,
}

impl Store {
    /// Whether the execution is being erased.
    pub async fn is_erased(&self, id: &ExecutionId) -> Result<bool, StoreError> {
        self.exists(Key::Tombstone(id)).await
    }

    /// Erases the list and all results. The tombstone stays until [`Store::sweep`].
    pub async fn erase(&self, meta: &Meta) -> Result<(), StoreError> {
        let tombstone = Tombstone {
            owner: meta.owner.clone(),
            idempotency_key: meta.idempotency_key.clone(),
        };
        self.put_json(Key::Tombstone(&meta.id), &tombstone).await?;
        self.erase_marked(&meta.id, &tombstone).await
    }

    async fn erase_marked(
        &self,
        id: &ExecutionId,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        self.delete(Key::Items(id)).await?;
        let kept = Key::Tombstone(id).path();
        for object in self.list(Key::ExecutionDir(id)).await? {
            if object.location != kept {
                self.delete_path(&object.location).await?;
            }
        }
        if let Some(key) = &tombstone.idempotency_key {
            self.delete(Key::Idempotency(&tombstone.owner, key)).await?;
        }
        self.delete(Key::History(&tombstone.owner, id)).await
    }

    /// Erases what late writers left of an erased execution, and its tombstone: to be called once
    /// none can be at work. What isn't being erased is left alone.
    pub async fn sweep(&self, id: &ExecutionId) -> Result<(), StoreError> {
        let Some(tombstone) = self.get_json::<Tombstone>(Key::Tombstone(id)).await? else {
            return Ok(());
        };
        self.erase_marked(id, &tombstone).await?;
        self.delete(Key::Tombstone(id)).await
    }

    /// All executions in the store, of every owner, newest first. For one machine at its start.
    pub async fn all_executions(&self) -> Result<Vec<ExecutionId>, StoreError> {
        let names = self.list_names(Key::ExecutionsDir).await?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Erases a start that was never finished: one without `meta`, made more than `age_ms` ago.
    /// True where it was one.
    pub async fn erase_unfinished(
        &self,
        id: &ExecutionId,
        age_ms: u64,
    ) -> Result<bool, StoreError> {
        if now_ms().saturating_sub(made_at_ms(id)) < age_ms || self.exists(Key::Pass(id, 1)).await?
        {
            return Ok(false);
        }
        if let Some(meta) = self.meta(id).await? {
            self.erase(&meta).await?;
            self.sweep(id).await?;
            return Ok(true);
        }
        for object in self.list(Key::ExecutionDir(id)).await? {
            self.delete_path(&object.location).await?;
        }
        Ok(true)
    }
}
