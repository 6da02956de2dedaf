//! A store that fails: after some writes, as in a crash, or at every second create-if-absent.

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

/// Forwards calls to a store until some writes are made; then reads and writes fail.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn ObjectStore>,
    /// How many more writes succeed.
    writes_left: AtomicI64,
    /// Whether the next create-if-absent is refused. `None` refuses none.
    refuses_next: Option<AtomicBool>,
}

impl Faulty {
    /// A store that fails after this many writes.
    pub fn failing_after(writes: i64, inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            writes_left: AtomicI64::new(writes),
            refuses_next: None,
        }
    }

    /// A store that refuses every second create-if-absent, beginning with the first.
    ///
    /// S3 does so if requests for one key conflict (409 ConditionalRequestConflict).
    pub fn refusing_creations(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            writes_left: AtomicI64::new(i64::MAX),
            refuses_next: Some(AtomicBool::new(true)),
        }
    }

    fn check_read(&self) -> Result<()> {
        if self.writes_left.load(Ordering::Relaxed) >= 0 {
            Ok(())
        } else {
            Err(crashed())
        }
    }

    fn count_write(&self) -> Result<()> {
        if self.writes_left.fetch_sub(1, Ordering::Relaxed) > 0 {
            Ok(())
        } else {
            Err(crashed())
        }
    }
}

fn crashed() -> object_store::Error {
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
        self.count_write()?;
        if let (PutMode::Create, Some(refuses_next)) = (&opts.mode, &self.refuses_next)
            && refuses_next.fetch_xor(true, Ordering::Relaxed)
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
        self.count_write()?;
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.check_read()?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.check_read()?;
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
        self.check_read()?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.count_write()?;
        self.inner.copy_opts(from, to, options).await
    }
}
