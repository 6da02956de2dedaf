//! How AWS is reached.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// One call with its retries; API Gateway gives a request 30 s (HTTP API quotas, integration timeout).
const CALL: Duration = Duration::from_secs(15);
/// One attempt of a call.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Region, credentials and endpoint from the environment, as every AWS tool reads them; TLS by
/// rustls on ring, which the upstream's client uses too, so that one TLS library is built.
pub async fn load_aws_config() -> SdkConfig {
    let client = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(CALL)
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        )
        .load()
        .await
}
