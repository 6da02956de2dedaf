//! Erases executions. Fetchers may still be writing while an execution is erased, so a later sweep
//! deletes what they wrote.

use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::id::created_at_ms;
use crate::{Key, Meta, Store, StoreError, now_ms};

/// Marks an execution as being erased. It names the objects outside the execution's folder, so that
/// the erasure can be completed without `meta`.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    owner: String,
    idempotency_key: Option<String>,
}

impl Store {
    /// Whether the execution is being erased, that is, has a tombstone.
    pub async fn is_erased(&self, id: &ExecutionId) -> Result<bool, StoreError> {
        self.exists(Key::Tombstone(id)).await
    }

    /// Marks an execution as being erased. From then on, it is neither returned nor written to.
    pub async fn begin_erasure(&self, meta: &Meta) -> Result<(), StoreError> {
        let tombstone = Tombstone {
            owner: meta.owner.clone(),
            idempotency_key: meta.idempotency_key.clone(),
        };
        self.put_json(Key::Tombstone(&meta.id), &tombstone).await
    }

    /// Returns the owner of an execution that is being erased; `None` if it isn't being erased.
    pub async fn erasure_owner(&self, id: &ExecutionId) -> Result<Option<String>, StoreError> {
        let tombstone: Option<Tombstone> = self.get_json(Key::Tombstone(id)).await?;
        Ok(tombstone.map(|tombstone| tombstone.owner))
    }

    /// Deletes the list and all results of an execution that is being erased.
    ///
    /// The tombstone stays until [`Store::sweep`].
    pub async fn erase(&self, id: &ExecutionId) -> Result<(), StoreError> {
        match self.get_json(Key::Tombstone(id)).await? {
            Some(tombstone) => self.delete_objects(id, &tombstone).await,
            None => Ok(()),
        }
    }

    /// Erases an execution that no fetcher can be working on, including its tombstone.
    pub async fn erase_entirely(&self, meta: &Meta) -> Result<(), StoreError> {
        self.begin_erasure(meta).await?;
        self.sweep(&meta.id).await
    }

    async fn delete_objects(
        &self,
        id: &ExecutionId,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        // The numbers first, since they are the secret.
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

    /// Deletes what fetchers wrote to an execution after it was erased, and its tombstone.
    ///
    /// The caller must wait until no fetcher can be working on the execution. Does nothing if the
    /// execution isn't being erased.
    pub async fn sweep(&self, id: &ExecutionId) -> Result<(), StoreError> {
        let Some(tombstone) = self.get_json::<Tombstone>(Key::Tombstone(id)).await? else {
            return Ok(());
        };
        self.delete_objects(id, &tombstone).await?;
        self.delete(Key::Tombstone(id)).await
    }

    /// Lists the executions of all owners, newest first. Used by a server on one machine at its start.
    pub async fn all_executions(&self) -> Result<Vec<ExecutionId>, StoreError> {
        let names = self.list_names(Key::ExecutionsDir).await?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Erases an execution if its start failed halfway. Returns whether that was the case.
    ///
    /// Such an execution has no `meta` or no first pass, and its id is at least `age_ms` old.
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
