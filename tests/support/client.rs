//! A client of the API, in this process or of a deployed stack.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// A response of the API.
#[derive(Debug)]
pub struct ApiResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl ApiResponse {
    /// Checks that the response isn't 500 and isn't cached.
    fn checked(status: StatusCode, headers: HeaderMap, text: String) -> Self {
        assert_ne!(status.as_u16(), 500, "{text}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        Self {
            status,
            headers,
            text,
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    /// The response's JSON, after a check of its status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// Checks that this is a problem document of this type, and returns its detail.
    #[track_caller]
    pub fn expect_problem(self, status: u16, kind: &str) -> String {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{}",
            self.text
        );
        let problem = self.expect(status);
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string());
        problem["detail"].as_str().expect("a detail").to_owned()
    }
}

/// A client of the API.
#[derive(Clone)]
pub enum ApiClient {
    /// A router in this process.
    Router(Router),
    /// A deployed stack, called as the page does: CloudFront, HTTP API with authorizer, Lambda.
    #[cfg(feature = "e2e")]
    Deployed {
        client: reqwest::Client,
        address: String,
        token: String,
    },
}

impl ApiClient {
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> ApiResponse {
        match self {
            Self::Router(router) => call(router, method, path, headers, body).await,
            #[cfg(feature = "e2e")]
            Self::Deployed {
                client,
                address,
                token,
            } => {
                let method = method.parse().unwrap();
                let address = format!("{}{path}", address.trim_end_matches('/'));
                let mut request = client.request(method, address).bearer_auth(token);
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let body = to_bytes(body.into(), usize::MAX).await.unwrap();
                let response = request.body(body).send().await.unwrap();
                let (status, headers) = (response.status(), response.headers().clone());
                ApiResponse::checked(status, headers, response.text().await.unwrap())
            }
        }
    }
}

/// Calls a router in this process.
pub async fn call(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> ApiResponse {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router
        .clone()
        .oneshot(request.body(body.into()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    ApiResponse::checked(parts.status, parts.headers, text)
}
