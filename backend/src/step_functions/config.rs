//! The configuration of the AWS SDK.

use std::env;
use std::time::Duration;

use aws_sdk_sfn::config::retry::RetryConfig;
use aws_sdk_sfn::config::timeout::TimeoutConfig;
use aws_sdk_sfn::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient,
};
use aws_types::SdkConfig;
use store::https::HttpsError;

use super::client::Http;

/// Timeout of a call with its retries.
///
/// API Gateway allows 30 s for a request (HTTP API quotas, integration timeout).
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Timeout of one attempt of a call.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Loads the region, credentials and endpoint from the environment variables of a Lambda function.
///
/// The AWS SDK's own loader also searches profiles and services, which makes a cold start slower.
///
/// # Errors
///
/// Returns an error if there are no root certificates.
pub fn load_aws_config() -> Result<SdkConfig, HttpsError> {
    config_from(|name| env::var(name).ok())
}

pub(super) fn config_from(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<SdkConfig, HttpsError> {
    let set = |name| lookup(name).filter(|value| !value.is_empty());
    let credentials = set("AWS_ACCESS_KEY_ID").map(|id| {
        SharedCredentialsProvider::new(Credentials::new(
            id,
            set("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
            set("AWS_SESSION_TOKEN"),
            None,
            "environment",
        ))
    });
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(
            set("AWS_REGION")
                .or_else(|| set("AWS_DEFAULT_REGION"))
                .map(Region::new),
        )
        // Set explicitly, so that retries don't depend on the version of the SDK.
        .retry_config(RetryConfig::standard())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(CALL_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        );
    config
        .set_credentials_provider(credentials)
        .set_endpoint_url(set("AWS_ENDPOINT_URL_SFN").or_else(|| set("AWS_ENDPOINT_URL")))
        .set_http_client(Some(SharedHttpClient::new(Http::new()?)));
    Ok(config.build())
}
