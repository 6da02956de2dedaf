//! How AWS is reached.

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

/// One call with its retries; API Gateway gives a request 30 s (HTTP API quotas, integration timeout).
const CALL: Duration = Duration::from_secs(15);
/// One attempt of a call.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Region, credentials and endpoint from the environment, where a Lambda has them. The AWS SDK's own
/// loader looks through profiles and services too, and takes a good part of a cold start for it.
/// It fails where no roots are to be had.
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
        // What is tried again, and how often, is not left to the version of the SDK.
        .retry_config(RetryConfig::standard())
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(CALL)
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        );
    config
        .set_credentials_provider(credentials)
        .set_endpoint_url(set("AWS_ENDPOINT_URL_SFN").or_else(|| set("AWS_ENDPOINT_URL")))
        .set_http_client(Some(SharedHttpClient::new(Http::new()?)));
    Ok(config.build())
}
