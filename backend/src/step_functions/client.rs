//! The HTTP client for the AWS SDK.
//!
//! It uses the same kind of client as the store. The SDK's own client would load the machine's root
//! certificates at each cold start.

use aws_sdk_sfn::config::http::{HttpRequest, HttpResponse};
use aws_sdk_sfn::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use reqwest::Client;
use reqwest::redirect::Policy;
use store::https::{HttpsError, aws_client_builder};

/// Sends the SDK's requests. The SDK itself applies the timeouts.
#[derive(Clone, Debug)]
pub(super) struct Http(Client);

impl Http {
    pub(super) fn new() -> Result<Self, HttpsError> {
        // Following a redirect would send the session token to another host.
        Ok(Self(
            aws_client_builder()?.redirect(Policy::none()).build()?,
        ))
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x();
            let request = request.map_err(|error| ConnectorError::user(error.into()))?;
            let (parts, body) = request.into_parts();
            // Requests to Step Functions have no streaming body.
            let body = body.bytes().map(Bytes::copy_from_slice);
            let body = body
                .ok_or_else(|| ConnectorError::user("the request has a streaming body".into()))?;
            let request = http::Request::from_parts(parts, body).try_into();
            let response = client.execute(request.map_err(connector_error)?).await;
            let response: http::Response<reqwest::Body> = response.map_err(connector_error)?.into();
            let (parts, body) = response.into_parts();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .map_err(connector_error)?;
            let response = http::Response::from_parts(parts, SdkBody::from(body.to_bytes()));
            HttpResponse::try_from(response).map_err(|error| ConnectorError::io(error.into()))
        })
    }
}

/// Converts an error to the SDK's kind of error, which decides whether the SDK retries.
fn connector_error(error: reqwest::Error) -> ConnectorError {
    let error = error.without_url();
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else if error.is_connect() {
        ConnectorError::io(error.into()).never_connected()
    } else {
        ConnectorError::io(error.into())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sfn::config::retry::RetryConfig;
    use aws_sdk_sfn::config::{BehaviorVersion, Credentials, Region};
    use aws_sdk_sfn::{Client, Config};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::super::config::config_from;
    use super::*;

    const ARN: &str = "arn:aws:states:eu-west-1:123456789012:execution:rollcall:x";

    const STOPPED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"stopDate\": 1}";

    /// Accepts a connection and reads the request on it.
    async fn request(listener: &TcpListener) -> (TcpStream, String) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        let mut buffer = [0; 4096];
        while !request.contains(ARN) {
            let read = stream.read(&mut buffer).await.unwrap();
            assert_ne!(read, 0, "{request}");
            request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
        (stream, request)
    }

    /// Makes one call against a server with this response. Returns the request and the result.
    async fn call_with_response(response: &str) -> (String, Result<(), String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("id", "key", None, None, "test"))
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .retry_config(RetryConfig::disabled())
            .http_client(Http::new().unwrap())
            .build();
        let serve = async {
            let (mut stream, request) = request(&listener).await;
            stream.write_all(response.as_bytes()).await.unwrap();
            request.to_lowercase()
        };
        let client = Client::from_conf(config);
        let call = client.stop_execution().execution_arn(ARN).send();
        let (request, result) = tokio::join!(serve, call);
        let result = result.map(drop);
        (request, result.map_err(|error| format!("{error:?}")))
    }

    #[tokio::test]
    async fn a_call_is_signed_and_its_response_is_read() {
        let (request, result) = call_with_response(STOPPED).await;
        result.unwrap();
        for part in [
            "post / http/1.1",
            "x-amz-target: awsstepfunctions.stopexecution",
            "/eu-west-1/states/aws4_request",
        ] {
            assert!(request.contains(part), "{part} is not in {request}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_read_and_a_cut_connection_is_retryable() {
        let refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 35\r\n\r\n{\"__type\": \"ExecutionDoesNotExist\"}";
        let (_, refused) = call_with_response(refusal).await;
        assert!(refused.unwrap_err().contains("ExecutionDoesNotExist"));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{";
        let (_, cut) = call_with_response(cut).await;
        assert!(cut.unwrap_err().contains("kind: Io"));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:0/\r\nContent-Length: 2\r\n\r\n{}";
        let (_, moved) = call_with_response(moved).await;
        let moved = moved.unwrap_err();
        assert!(moved.contains("StatusCode(307)"), "{moved}");
    }

    #[tokio::test]
    async fn a_call_is_retried_if_its_connection_is_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let aws = config_from(|name| match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            "AWS_REGION" => Some("eu-west-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
            _ => None,
        })
        .unwrap();
        let retries = aws.retry_config().map(RetryConfig::has_retry);
        assert_eq!(
            retries,
            Some(true),
            "retries don't depend on the SDK's version"
        );
        let server = tokio::spawn(async move {
            drop(request(&listener).await);
            let (mut stream, _) = request(&listener).await;
            stream.write_all(STOPPED.as_bytes()).await.unwrap();
            stream
        });
        let client = Client::new(&aws);
        let call = client.stop_execution().execution_arn(ARN).send();
        call.await.unwrap();
        server.await.unwrap();
    }
}
