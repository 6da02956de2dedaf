//! Erasing: the list first, then all that was learnt, and what late writers leave.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::id::created_at_ms;
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

    /// Marks the execution as being erased: from now on nothing of it is told or written.
    pub async fn begin_erasure(&self, meta: &Meta) -> Result<(), StoreError> {
        let tombstone = Tombstone {
            owner: meta.owner.clone(),
            idempotency_key: meta.idempotency_key.clone(),
        };
        self.put_json(Key::Tombstone(&meta.id), &tombstone).await
    }

    /// Whose execution is being erased; `None` where it isn't.
    pub async fn erasure_owner(&self, id: &ExecutionId) -> Result<Option<String>, StoreError> {
        let tombstone: Option<Tombstone> = self.get_json(Key::Tombstone(id)).await?;
        Ok(tombstone.map(|tombstone| tombstone.owner))
    }

    /// Erases the list and all results of what is being erased. The tombstone stays until
    /// [`Store::sweep`].
    pub async fn erase(&self, id: &ExecutionId) -> Result<(), StoreError> {
        match self.get_json(Key::Tombstone(id)).await? {
            Some(tombstone) => self.erase_marked(id, &tombstone).await,
            None => Ok(()),
        }
    }

    /// Erases an execution that nobody can be at work on.
    pub async fn erase_entirely(&self, meta: &Meta) -> Result<(), StoreError> {
        self.begin_erasure(meta).await?;
        self.sweep(&meta.id).await
    }

    async fn erase_marked(
        &self,
        id: &ExecutionId,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        self.delete(Key::Items(id)).await?;
        let kept = Key::Tombstone(id).path();
        let listing = self.list(Key::ExecutionDir(id)).await?;
        let paths = listing.into_iter().map(|object| object.location);
        self.delete_all(paths.filter(|path| *path != kept).collect())
            .await?;
        if let Some(key) = &tombstone.idempotency_key {
            self.release_idempotency_key(&tombstone.owner, key, id)
                .await?;
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

    /// Erases a start that was never finished: one without `meta` or its first pass, made more than `age_ms` ago.
    /// True where it was one.
    pub async fn erase_unfinished(
        &self,
        id: &ExecutionId,
        age_ms: u64,
    ) -> Result<bool, StoreError> {
        if now_ms().saturating_sub(created_at_ms(id)) < age_ms {
            return Ok(false);
        }
        if let Some(meta) = self.meta(id).await? {
            if self.exists(Key::Pass(id, 1)).await? {
                return Ok(false);
            }
            self.erase_entirely(&meta).await?;
            return Ok(true);
        }
        let listing = self.list(Key::ExecutionDir(id)).await?;
        self.delete_all(listing.into_iter().map(|object| object.location).collect())
            .await?;
        Ok(true)
    }
}
