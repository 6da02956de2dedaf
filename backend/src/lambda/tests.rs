//! Sends events of API Gateway (HTTP API, payload format 2.0) to the router.

use axum::http::StatusCode;
use axum::response::Response;
use contract::wire::{ExecutionId, RunSettings, UpstreamInfo};
use lambda_http::Context;
use lambda_http::tower::ServiceExt as _;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Store;

use super::*;
use crate::{Engine, EngineError, EngineStatus, PassStart};

/// An engine that runs nothing.
struct NoEngine;

#[async_trait::async_trait]
impl Engine for NoEngine {
    async fn start(&self, _: PassStart) -> Result<(), EngineError> {
        Ok(())
    }
    async fn status(&self, _: &ExecutionId, _: u32) -> Result<EngineStatus, EngineError> {
        Ok(EngineStatus::Unknown)
    }
    async fn stop(&self, _: &ExecutionId, _: u32) -> Result<(), EngineError> {
        Ok(())
    }
    async fn sweep(&self, _: &ExecutionId) -> Result<(), EngineError> {
        Ok(())
    }
    fn fetcher_concurrency(&self) -> Option<u32> {
        Some(1)
    }
}

fn event(path: &str, query: &str, claims: Option<Value>) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "abc.execute-api.us-east-1.amazonaws.com", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
            "requestId": "1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:07:07:12 +0000",
            "timeEpoch": 1795504032453_u64
        },
        "isBase64Encoded": false
    });
    if let Some(claims) = claims {
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
    }
    event
}

async fn send(event: Value) -> Response {
    let api = Api {
        store: Store::in_memory(),
        engine: Arc::new(NoEngine),
        upstream: UpstreamInfo {
            host: "records.example.gov".into(),
            path: "/ssn/".into(),
            demo: false,
        },
        defaults: RunSettings::default(),
        max_concurrency: 1,
    };
    let payload = serde_json::from_value(event).expect("an HTTP API event");
    let event = encode_query(LambdaEvent::new(payload, Context::default()));
    let request: lambda_http::Request = event.payload.into();
    let response = app(api).oneshot(request).await;
    response.unwrap_or_else(|never| match never {})
}

async fn user(response: Response) -> Value {
    assert_eq!(response.status(), StatusCode::OK);
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    let settings: Value = serde_json::from_slice(&body.unwrap()).unwrap();
    settings["user"].clone()
}

#[tokio::test]
async fn the_user_is_taken_from_the_claims() {
    let claims = json!({"sub": "1234", "email": "ann@example.gov"});
    let request = event("/api/settings", "", Some(claims));
    assert_eq!(user(send(request).await).await, "ann@example.gov");
    let request = event("/api/settings", "", Some(json!({"sub": "1234"})));
    assert_eq!(user(send(request).await).await, "1234");
}

#[tokio::test]
async fn a_request_without_a_sign_in_is_refused() {
    for claims in [None, Some(json!({})), Some(json!({"sub": ""}))] {
        let response = send(event("/api/executions", "", claims.clone())).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{claims:?}");
    }
}

#[tokio::test]
async fn invalid_characters_in_an_address_are_a_problem() {
    for (path, query) in [
        ("/api/executions", "cursor=\"<x>\" |é"),
        ("/api/executions/a b/../é\u{1}", ""),
        ("/api/executions/%zz", "%zz=%"),
        ("/api/executions/../../etc/passwd", ""),
    ] {
        let response = send(event(path, query, Some(json!({"sub": "1234"})))).await;
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        assert!(
            response.status().is_client_error(),
            "{path}: {}",
            response.status()
        );
    }
}
