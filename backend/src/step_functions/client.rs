//! The AWS SDK's calls over the HTTP client that the store has, instead of a second one with a
//! second set of roots, which would load the machine's certificates at each cold start.

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

/// Makes the SDK's calls. How long one may take is the SDK's to watch.
#[derive(Clone, Debug)]
pub(super) struct Http(Client);

impl Http {
    pub(super) fn new() -> Result<Self, HttpsError> {
        // To another host the session's token would go along.
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
            let unfit = "a request that can't be sent";
            let request = request.try_into_http1x();
            let request = request.map_err(|error| ConnectorError::user(error.into()))?;
            let (parts, body) = request.into_parts();
            // No call of Step Functions has a body that streams.
            let body = body.bytes().map(Bytes::copy_from_slice);
            let body = body.ok_or_else(|| ConnectorError::user(unfit.into()))?;
            let request = http::Request::from_parts(parts, body).try_into();
            let answer = client.execute(request.map_err(failed)?).await;
            let answer: http::Response<reqwest::Body> = answer.map_err(failed)?.into();
            let (parts, body) = answer.into_parts();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .map_err(failed)?;
            let answer = http::Response::from_parts(parts, SdkBody::from(body.to_bytes()));
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::io(error.into()))
        })
    }
}

/// The SDK tries again what these kinds tell it to.
fn failed(error: reqwest::Error) -> ConnectorError {
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

    /// The next connection, and the request on it.
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

    /// What one call of the SDK was on the wire, and what it made of this answer to it.
    async fn stop_answered(answer: &str) -> (String, Result<(), String>) {
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
            stream.write_all(answer.as_bytes()).await.unwrap();
            request.to_lowercase()
        };
        let client = Client::from_conf(config);
        let call = client.stop_execution().execution_arn(ARN).send();
        let (request, answer) = tokio::join!(serve, call);
        let answer = answer.map(drop);
        (request, answer.map_err(|error| format!("{error:?}")))
    }

    #[tokio::test]
    async fn a_call_arrives_signed_and_its_answer_is_read() {
        let (request, answer) = stop_answered(STOPPED).await;
        answer.unwrap();
        for part in [
            "post / http/1.1",
            "x-amz-target: awsstepfunctions.stopexecution",
            "/eu-west-1/states/aws4_request",
        ] {
            assert!(request.contains(part), "{part} is not in {request}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_read_and_a_cut_connection_is_an_error_that_may_be_tried_again() {
        let refusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 35\r\n\r\n{\"__type\": \"ExecutionDoesNotExist\"}";
        let (_, refused) = stop_answered(refusal).await;
        assert!(refused.unwrap_err().contains("ExecutionDoesNotExist"));
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{";
        let (_, cut) = stop_answered(cut).await;
        assert!(cut.unwrap_err().contains("kind: Io"));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:0/\r\nContent-Length: 2\r\n\r\n{}";
        let (_, moved) = stop_answered(moved).await;
        let moved = moved.unwrap_err();
        assert!(moved.contains("StatusCode(307)"), "{moved}");
    }

    #[tokio::test]
    async fn a_call_whose_connection_is_cut_is_made_again() {
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
        assert_eq!(retries, Some(true), "whatever the SDK's version does");
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
