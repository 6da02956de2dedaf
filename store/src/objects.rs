//! Reading and writing objects; nothing here knows what is in them.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::index::Indexes;
use crate::{Key, StoreError};

/// Kilobytes of segments that are in memory at the same time to be read through: with bodies of
/// 64 KiB a segment has megabytes, and a run as many segments.
const IN_TURN_KB: usize = 24 << 10;

/// How often an object is created that a store refuses though nothing is there.
const CREATE_TRIES: u32 = 5;

/// Executions' files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    in_turn: Arc<Semaphore>,
    pub(crate) indexes: Arc<Indexes>,
}

impl Store {
    /// Over S3, a folder or memory, whatever `objects` is.
    pub fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            in_turn: Arc::new(Semaphore::new(IN_TURN_KB)),
            indexes: Arc::default(),
        }
    }

    /// In memory: gone with the last clone.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(object_store::memory::InMemory::new()))
    }

    /// The objects below, for what looks at them as they are.
    pub fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.objects)
    }

    pub(crate) async fn put(&self, key: Key<'_>, body: impl Into<Bytes>) -> Result<(), StoreError> {
        let path = key.path();
        self.objects
            .put(&path, body.into().into())
            .await
            .map(drop)
            .map_err(unavailable("write", &path))
    }

    pub(crate) async fn put_json(
        &self,
        key: Key<'_>,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        self.put(key, json(value)).await
    }

    /// Writes what must be written once. True where it is ours: now, or by an earlier try whose
    /// answer was lost, which is why a claim's body has to hold something of its writer's own.
    pub(crate) async fn create_json(
        &self,
        key: Key<'_>,
        value: &impl Serialize,
    ) -> Result<bool, StoreError> {
        let (path, body) = (key.path(), Bytes::from(json(value)));
        let mut refused = 0;
        loop {
            let options = PutOptions::from(PutMode::Create);
            let put = self.objects.put_opts(&path, body.clone().into(), options);
            match put.await {
                Ok(_) => return Ok(true),
                Err(source @ (Error::AlreadyExists { .. } | Error::Precondition { .. })) => {
                    if let Some(there) = self.get(key).await? {
                        return Ok(there == body);
                    }
                    // S3 may refuse one that meets another call on the same key, though nothing is
                    // there (409 ConditionalRequestConflict: "you should retry the upload").
                    refused += 1;
                    if refused == CREATE_TRIES {
                        return Err(unavailable("create", &path)(source));
                    }
                }
                Err(source) => return Err(unavailable("create", &path)(source)),
            }
        }
    }

    pub(crate) async fn get(&self, key: Key<'_>) -> Result<Option<Bytes>, StoreError> {
        let path = key.path();
        match self.objects.get(&path).await {
            Ok(found) => found
                .bytes()
                .await
                .map(Some)
                .map_err(unavailable("read", &path)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(unavailable("read", &path)(source)),
        }
    }

    /// An object that must be there and is read through at once: it waits until there is room for
    /// it, which is given back with the second value. Whoever holds that waits for no other room.
    pub(crate) async fn get_in_turn(
        &self,
        key: Key<'_>,
    ) -> Result<(Bytes, Option<SemaphorePermit<'_>>), StoreError> {
        let path = key.path();
        let found = match self.objects.get(&path).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => {
                return Err(StoreError::Missing {
                    key: path.to_string(),
                });
            }
            Err(source) => return Err(unavailable("read", &path)(source)),
        };
        let kilobytes = (found.meta.size as usize).div_ceil(1 << 10);
        // It is never closed, so this gives room.
        let room = self.in_turn.acquire_many(kilobytes.min(IN_TURN_KB) as u32);
        let room = room.await.ok();
        let bytes = found.bytes().await.map_err(unavailable("read", &path))?;
        Ok((bytes, room))
    }

    pub(crate) async fn get_json<T: DeserializeOwned>(
        &self,
        key: Key<'_>,
    ) -> Result<Option<T>, StoreError> {
        let Some(body) = self.get(key).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&body)
            .map(Some)
            .map_err(|_| StoreError::Damaged {
                key: key.path().to_string(),
                why: "no valid JSON of its kind",
            })
    }

    /// These bytes; `None` where the object isn't there.
    pub(crate) async fn get_range(
        &self,
        key: Key<'_>,
        range: Range<u64>,
    ) -> Result<Option<Bytes>, StoreError> {
        if range.is_empty() {
            return Ok(Some(Bytes::new()));
        }
        let path = key.path();
        match self.objects.get_range(&path, range).await {
            Ok(body) => Ok(Some(body)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(unavailable("read", &path)(source)),
        }
    }

    /// Several ranges of an object that must be there, in one go.
    pub(crate) async fn get_ranges(
        &self,
        key: Key<'_>,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, StoreError> {
        let path = key.path();
        match self.objects.get_ranges(&path, ranges).await {
            Ok(bodies) => Ok(bodies),
            Err(Error::NotFound { .. }) => Err(StoreError::Missing {
                key: path.to_string(),
            }),
            Err(source) => Err(unavailable("read", &path)(source)),
        }
    }

    pub(crate) async fn exists(&self, key: Key<'_>) -> Result<bool, StoreError> {
        let path = key.path();
        match self.objects.head(&path).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(unavailable("look for", &path)(source)),
        }
    }

    /// Everything below, sorted: a folder lists in no order.
    pub(crate) async fn list(&self, key: Key<'_>) -> Result<Vec<ObjectMeta>, StoreError> {
        self.list_after(key, None).await
    }

    /// Everything below whose path is greater than `after`, sorted.
    pub(crate) async fn list_after(
        &self,
        key: Key<'_>,
        after: Option<&Path>,
    ) -> Result<Vec<ObjectMeta>, StoreError> {
        let prefix = key.path();
        let listing = match after {
            Some(after) => self.objects.list_with_offset(Some(&prefix), after),
            None => self.objects.list(Some(&prefix)),
        };
        // A file that goes while a folder is read is gone, not an error.
        let found: Result<Vec<_>, _> = listing
            .filter(|entry| std::future::ready(!matches!(entry, Err(Error::NotFound { .. }))))
            .try_collect()
            .await;
        let mut found = found.map_err(unavailable("list", &prefix))?;
        found.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        Ok(found)
    }

    /// The names right below, sorted.
    pub(crate) async fn list_names(&self, key: Key<'_>) -> Result<Vec<String>, StoreError> {
        let prefix = key.path();
        let found = self
            .objects
            .list_with_delimiter(Some(&prefix))
            .await
            .map_err(unavailable("list", &prefix))?;
        let mut names: Vec<String> = found
            .common_prefixes
            .iter()
            .filter_map(|path| path.filename().map(str::to_owned))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    pub(crate) async fn delete(&self, key: Key<'_>) -> Result<(), StoreError> {
        self.delete_path(&key.path()).await
    }

    /// Erases many, where the store can in few requests. What is gone already is fine.
    pub(crate) async fn delete_all(&self, paths: Vec<Path>) -> Result<(), StoreError> {
        let Some(first) = paths.first().cloned() else {
            return Ok(());
        };
        let paths = futures::stream::iter(paths.into_iter().map(Ok)).boxed();
        let mut erased = self.objects.delete_stream(paths);
        while let Some(result) = erased.next().await {
            match result {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(source) => return Err(unavailable("erase", &first)(source)),
            }
        }
        Ok(())
    }

    pub(crate) async fn delete_path(&self, path: &Path) -> Result<(), StoreError> {
        match self.objects.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(unavailable("erase", path)(source)),
        }
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own types have string keys only, so they are JSON")
}

fn unavailable(action: &'static str, path: &Path) -> impl FnOnce(Error) -> StoreError {
    let key = path.to_string();
    move |source| StoreError::Unavailable {
        action,
        key,
        source,
    }
}
