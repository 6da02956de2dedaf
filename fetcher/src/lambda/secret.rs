//! The upstream's secret in AWS Secrets Manager.
//!
//! Rollcall calls only one action of it, and `object_store` can sign that request. So the Lambda needs
//! no AWS SDK, which would have to be loaded at each cold start.

use std::time::Duration;

use http::{HeaderValue, Method, header};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::json;
use store::https::aws_client_builder;

use crate::SettingsError;

/// The variable that holds the ARN of the secret.
pub(super) const VARIABLE: &str = "ROLLCALL_UPSTREAM_SECRET";
/// Time limit for one call with its response.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// The secret can't be read. No error holds any part of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There was no response.
    #[error("could not reach Secrets Manager: {0}")]
    Unreachable(&'static str),
    /// Secrets Manager responded with an error.
    #[error(
        "Secrets Manager did not return the upstream's secret ({status} {kind}): check that the secret exists and that the fetcher's role may read it"
    )]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The name of the error, such as `AccessDeniedException`.
        kind: String,
    },
    /// The secret is binary.
    #[error("the upstream's secret is not a text: store one `Name: value` per line in it")]
    NotText,
}

/// The upstream's secret: its ARN, and the client that reads it.
pub struct Secret {
    arn: String,
    region: String,
    endpoint: String,
    credential: AwsCredential,
    client: reqwest::Client,
}

impl Secret {
    /// Returns the secret that `ROLLCALL_UPSTREAM_SECRET` names; `None` if the variable is not set.
    ///
    /// The credentials come from the environment variables that Lambda sets. `lookup` returns the
    /// value of a variable.
    pub fn from_environment(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, SettingsError> {
        let Some(arn) = lookup(VARIABLE).filter(|arn| !arn.is_empty()) else {
            return Ok(None);
        };
        // arn:partition:secretsmanager:region:account:secret:name
        let region = match arn.split(':').collect::<Vec<_>>()[..] {
            ["arn", _, "secretsmanager", region, _, "secret", ..] if !region.is_empty() => {
                region.to_owned()
            }
            _ => {
                return Err(SettingsError::Invalid {
                    name: VARIABLE.to_owned(),
                    problem: format!("{arn:?}: it takes the ARN of a secret in Secrets Manager"),
                });
            }
        };
        let suffix = match region.starts_with("cn-") {
            true => "amazonaws.com.cn",
            false => "amazonaws.com",
        };
        let endpoint = lookup("AWS_ENDPOINT_URL")
            .unwrap_or_else(|| format!("https://secretsmanager.{region}.{suffix}"));
        let credential = AwsCredential {
            key_id: lookup("AWS_ACCESS_KEY_ID").unwrap_or_default(),
            secret_key: lookup("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
            token: lookup("AWS_SESSION_TOKEN"),
        };
        let client = aws_client_builder()
            .map_err(|error| SettingsError::Certificates(error.to_string()))?
            .timeout(CALL_TIMEOUT)
            .redirect(Policy::none())
            .build()
            .map_err(|error| SettingsError::Client(error.without_url().to_string()))?;
        Ok(Some(Self {
            arn,
            region,
            endpoint,
            credential,
            client,
        }))
    }

    /// Reads the current text of the secret.
    pub async fn read(&self) -> Result<String, SecretError> {
        let body = json!({"SecretId": self.arn}).to_string();
        let mut signed: HttpRequest = http::Request::builder()
            .method(Method::POST)
            .uri(format!("{}/", self.endpoint.trim_end_matches('/')))
            .header("x-amz-target", "secretsmanager.GetSecretValue")
            .header(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-amz-json-1.1"),
            )
            .body(HttpRequestBody::from(body.clone()))
            .map_err(|_| SecretError::Unreachable("its endpoint is not a valid address"))?;
        AwsAuthorizer::new(&self.credential, "secretsmanager", &self.region)
            .try_authorize(&mut signed, None)
            .map_err(|_| SecretError::Unreachable("the request could not be signed"))?;
        let response = self
            .client
            .post(signed.uri().to_string())
            .headers(signed.headers().clone())
            .body(body)
            .send()
            .await
            .map_err(|error| match error.is_timeout() {
                true => SecretError::Unreachable("it did not respond in time"),
                false => SecretError::Unreachable("the connection failed"),
            })?;
        let status = response.status();
        let bytes = response
            .bytes()
            .await
            .map_err(|_| SecretError::Unreachable("the connection was lost during its response"))?;
        if !status.is_success() {
            let error: ErrorBody = serde_json::from_slice(&bytes).unwrap_or_default();
            return Err(SecretError::Rejected {
                status: status.as_u16(),
                // The error's name may have a prefix: a namespace and a `#`.
                kind: error.kind.rsplit('#').next().unwrap_or_default().to_owned(),
            });
        }
        serde_json::from_slice::<SecretBody>(&bytes)
            .ok()
            .and_then(|value| value.secret_string)
            .ok_or(SecretError::NotText)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretBody {
    secret_string: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default, rename = "__type")]
    kind: String,
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:upstream-AbCdEf";

    /// Reads a secret from a server that sends this response. Returns the request and the result.
    async fn read_from(status: &str, body: &str) -> (String, Result<String, SecretError>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let secret = Secret::from_environment(|name| {
            let value = match name {
                VARIABLE => ARN,
                "AWS_ENDPOINT_URL" => &endpoint,
                "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY" => "key",
                "AWS_SESSION_TOKEN" => "token",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let secret = secret.unwrap().unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = String::new();
            let mut buffer = [0; 4096];
            while !request.contains(ARN) {
                let read = stream.read(&mut buffer).await.unwrap();
                assert_ne!(read, 0, "{request}");
                request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            let response = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(response.as_bytes()).await.unwrap();
            request
        };
        tokio::join!(serve, secret.read())
    }

    #[tokio::test]
    async fn the_request_is_signed_for_the_region_of_the_secret() {
        let (request, secret) = read_from(
            "200 OK",
            r#"{"SecretString": "X-Api-Key: k\n", "ARN": "a"}"#,
        )
        .await;
        assert_eq!(secret.unwrap(), "X-Api-Key: k\n");
        let request = request.to_lowercase();
        for part in [
            "post / http/1.1",
            "x-amz-target: secretsmanager.getsecretvalue",
            "x-amz-security-token: token",
            "credential=akidexample/",
            "/eu-west-1/secretsmanager/aws4_request",
        ] {
            assert!(request.contains(part), "{part} is not in {request}");
        }
    }

    #[tokio::test]
    async fn an_error_is_named_and_holds_nothing_of_the_secret() {
        let (_, rejected) = read_from(
            "400 Bad Request",
            r#"{"__type": "com.amazonaws#AccessDeniedException", "Message": "X-Api-Key"}"#,
        )
        .await;
        let error = rejected.unwrap_err().to_string();
        assert!(error.contains("400 AccessDeniedException"), "{error}");
        assert!(!error.contains("X-Api-Key"));
        let (_, binary) = read_from("200 OK", r#"{"SecretBinary": "eA=="}"#).await;
        assert!(matches!(binary, Err(SecretError::NotText)));
        let (_, not_json) = read_from("500 Oops", "<html>").await;
        assert!(matches!(
            not_json,
            Err(SecretError::Rejected { status: 500, .. })
        ));
    }

    #[test]
    fn the_secret_is_optional_but_must_be_an_arn() {
        assert!(Secret::from_environment(|_| None).unwrap().is_none());
        for bad in [
            "upstream",
            "arn:aws:s3:::bucket",
            "arn:aws:secretsmanager::1:secret:x",
        ] {
            let error = Secret::from_environment(|name| (name == VARIABLE).then(|| bad.to_owned()));
            assert!(error.err().expect(bad).to_string().contains(VARIABLE));
        }
    }
}
