//! A store that fails: after some writes, as in a crash, or at every second creation.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Forwards calls until its writes are used up; then every call fails.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn ObjectStore>,
    writes: AtomicI64,
    /// Whether the next creation is refused; `None` refuses none.
    refuses: Option<AtomicBool>,
}

impl Faulty {
    /// Fails after so many writes.
    pub fn after(writes: i64, inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            writes: AtomicI64::new(writes),
            refuses: None,
        }
    }

    /// Refuses every second creation of an object, as S3 may where requests for one key conflict
    /// (409 ConditionalRequestConflict).
    pub fn refusing(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            writes: AtomicI64::new(i64::MAX),
            refuses: Some(AtomicBool::new(true)),
        }
    }

    fn alive(&self) -> Result<()> {
        if self.writes.load(Ordering::Relaxed) >= 0 {
            Ok(())
        } else {
            Err(dead())
        }
    }

    fn write(&self) -> Result<()> {
        if self.writes.fetch_sub(1, Ordering::Relaxed) > 0 {
            Ok(())
        } else {
            Err(dead())
        }
    }
}

fn dead() -> object_store::Error {
    object_store::Error::Generic {
        store: "faulty",
        source: "the process has died".into(),
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faulty({})", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        self.write()?;
        if let (PutMode::Create, Some(refuses)) = (&opts.mode, &self.refuses)
            && refuses.fetch_xor(true, Ordering::Relaxed)
        {
            return Err(object_store::Error::AlreadyExists {
                path: location.to_string(),
                source: "ConditionalRequestConflict".into(),
            });
        }
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.write()?;
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.alive()?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.alive()?;
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.alive()?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.write()?;
        self.inner.copy_opts(from, to, options).await
    }
}
