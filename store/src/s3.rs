//! The store in an S3 bucket.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientConfigKey, ClientOptions, RetryConfig};
use rand::seq::SliceRandom;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Store, StoreError, https};

/// Time limit for retrying a call. A longer one would not help: a request to the API ends after 30 s
/// (HTTP API quotas, integration timeout), and a batch that fails is invoked again.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);
/// Time limit for establishing a connection, as by default in `object_store`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time limit for one request with its response, as by default in `object_store`.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

impl Store {
    /// Opens the store in an S3 bucket.
    ///
    /// Region, credentials and endpoint come from the environment variables that Lambda sets.
    pub fn in_bucket(bucket: &str) -> Result<Self, StoreError> {
        let retry = RetryConfig {
            retry_timeout: RETRY_TIMEOUT,
            ..RetryConfig::default()
        };
        AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_retry(retry)
            .with_http_connector(Connector)
            .build()
            .map(|s3| Self::new(Arc::new(s3)))
            .map_err(|source| StoreError::Unavailable {
                action: "open",
                key: bucket.to_owned(),
                source,
            })
    }
}

/// Connects as `object_store` does by default, but with [`https::trusted_roots`].
///
/// It reads only the option `AllowHttp`. No other option, such as a proxy or a header, is ever set.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed = |source| object_store::Error::Generic {
            store: "S3",
            source,
        };
        let allow_http = options.get_config_value(&ClientConfigKey::AllowHttp);
        let client = https::aws_client_builder()
            .map_err(|error| failed(error.into()))?
            .https_only(allow_http.as_deref() != Some("true"))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .dns_resolver(ShufflingResolver)
            .build()
            .map_err(|error| failed(error.into()))?;
        Ok(HttpClient::new(client))
    }
}

/// The system's resolver, but it returns the addresses in random order.
///
/// So the connections of many fetchers are distributed over S3's addresses.
#[derive(Clone, Copy)]
struct ShufflingResolver;

impl Resolve for ShufflingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let mut addresses: Vec<_> = found.collect();
            addresses.shuffle(&mut rand::rng());
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
