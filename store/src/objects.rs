//! Reads and writes objects, whatever they contain.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::index::IndexCache;
use crate::{Key, StoreError};

/// Maximum memory for the segments that are being parsed at the same time, in kilobytes.
///
/// With bodies of 64 KiB a segment takes megabytes, and many requests parse many segments at once.
const PARSE_BUDGET_KB: usize = 24 << 10;

/// Maximum attempts to create an object if the store reports a conflict but the object doesn't exist.
const CREATE_ATTEMPTS: u32 = 5;

/// The stored files of all executions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    parse_budget: Arc<Semaphore>,
    pub(crate) indexes: Arc<IndexCache>,
}

impl Store {
    /// Creates a store over S3, a folder or memory.
    pub fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            parse_budget: Arc::new(Semaphore::new(PARSE_BUDGET_KB)),
            indexes: Arc::default(),
        }
    }

    /// Creates a store in memory. Dropping its last clone deletes its content.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(object_store::memory::InMemory::new()))
    }

    /// Returns the underlying object store.
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

    /// Creates an object unless it exists. Returns whether this caller created it.
    ///
    /// The response to a successful request can be lost. So if an object with the same content exists,
    /// this caller is assumed to have created it. The value must therefore hold something unique to
    /// its writer, such as a token.
    pub(crate) async fn create_json(
        &self,
        key: Key<'_>,
        value: &impl Serialize,
    ) -> Result<bool, StoreError> {
        let (path, body) = (key.path(), Bytes::from(json(value)));
        let mut rejections = 0;
        loop {
            let options = PutOptions::from(PutMode::Create);
            let put = self.objects.put_opts(&path, body.clone().into(), options);
            match put.await {
                Ok(_) => return Ok(true),
                Err(source @ (Error::AlreadyExists { .. } | Error::Precondition { .. })) => {
                    if let Some(existing) = self.get(key).await? {
                        return Ok(existing == body);
                    }
                    // S3 may reject a request that coincides with another one for the same key,
                    // although no object exists (409 ConditionalRequestConflict: "you should retry
                    // the upload").
                    rejections += 1;
                    if rejections == CREATE_ATTEMPTS {
                        return Err(unavailable("create", &path)(source));
                    }
                }
                Err(source) => return Err(unavailable("create", &path)(source)),
            }
        }
    }

    /// Reads an object; `None` if it does not exist.
    ///
    /// For a missing object, S3 responds with 404 if the caller may list the bucket, otherwise with
    /// 403. That is why both Lambdas may list it.
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

    /// Reads a required object that will be parsed. Waits until the parse budget has memory for it.
    ///
    /// The permit reserves the memory until it is dropped. Never call this while holding a permit: two
    /// callers could wait for each other.
    pub(crate) async fn get_with_permit(
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
        // The semaphore is never closed, so this returns a permit.
        let permit = self
            .parse_budget
            .acquire_many(kilobytes.min(PARSE_BUDGET_KB) as u32);
        let permit = permit.await.ok();
        let bytes = found.bytes().await.map_err(unavailable("read", &path))?;
        Ok((bytes, permit))
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
                why: "not the expected JSON",
            })
    }

    /// Reads a range of bytes; `None` if the object does not exist.
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

    /// Reads the records in `range` of a required object whose records all have `width` bytes.
    ///
    /// `why` is the error's message if a record is missing, or if `decode` returns `None`.
    pub(crate) async fn records<T>(
        &self,
        key: Key<'_>,
        width: u64,
        range: Range<u64>,
        why: &'static str,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let bytes = range.start * width..range.end * width;
        let body = self.get_range(key, bytes).await?;
        let body = body.ok_or_else(|| StoreError::Missing {
            key: key.path().to_string(),
        })?;
        let records: Option<Vec<T>> = body.chunks(width as usize).map(decode).collect();
        records
            .filter(|records| records.len() as u64 == range.end - range.start)
            .ok_or_else(|| StoreError::Damaged {
                key: key.path().to_string(),
                why,
            })
    }

    /// Reads several ranges of a required object in one call.
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
            Err(source) => Err(unavailable("check for", &path)(source)),
        }
    }

    /// Lists all objects below a prefix, sorted by path. A local folder lists them in any order.
    pub(crate) async fn list(&self, key: Key<'_>) -> Result<Vec<ObjectMeta>, StoreError> {
        self.list_after(key, None).await
    }

    /// Lists all objects below a prefix whose path is greater than `after`, sorted by path.
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
        // A file that is deleted while its folder is being listed is not an error.
        let found: Result<Vec<_>, _> = listing
            .filter(|entry| std::future::ready(!matches!(entry, Err(Error::NotFound { .. }))))
            .try_collect()
            .await;
        let mut found = found.map_err(unavailable("list", &prefix))?;
        found.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        Ok(found)
    }

    /// Lists the names of the folders directly below a prefix, sorted.
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

    /// Deletes objects, in few requests if the store supports that. A missing object is not an error.
    pub(crate) async fn delete_all(&self, paths: Vec<Path>) -> Result<(), StoreError> {
        let Some(first) = paths.first().cloned() else {
            return Ok(());
        };
        let paths = futures::stream::iter(paths.into_iter().map(Ok)).boxed();
        let mut deleted = self.objects.delete_stream(paths);
        while let Some(result) = deleted.next().await {
            match result {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(source) => return Err(unavailable("delete", &first)(source)),
            }
        }
        Ok(())
    }

    pub(crate) async fn delete_path(&self, path: &Path) -> Result<(), StoreError> {
        match self.objects.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(unavailable("delete", path)(source)),
        }
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value)
        .expect("stored types have only string keys, so they serialize to JSON")
}

fn unavailable(action: &'static str, path: &Path) -> impl FnOnce(Error) -> StoreError {
    let key = path.to_string();
    move |source| StoreError::Unavailable {
        action,
        key,
        source,
    }
}
