//! The store in a bucket.

use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::AmazonS3Builder;

use crate::{Store, StoreError};

/// A request to the API has 30 s (HTTP API quotas, integration timeout), and a batch that fails is
/// invoked again, so neither gains by trying for longer.
const TRY_FOR: Duration = Duration::from_secs(20);

impl Store {
    /// Over an S3 bucket. Region, credentials and endpoint come from the environment, as a Lambda
    /// has them.
    pub fn in_bucket(bucket: &str) -> Result<Self, StoreError> {
        // Two TLS libraries would be twice the build: reqwest is told to use what is built.
        // Where a provider is installed already, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retry = RetryConfig {
            retry_timeout: TRY_FOR,
            ..RetryConfig::default()
        };
        AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_retry(retry)
            .build()
            .map(|s3| Self::new(Arc::new(s3)))
            .map_err(|source| StoreError::Unavailable {
                action: "open",
                key: bucket.to_owned(),
                source,
            })
    }
}
