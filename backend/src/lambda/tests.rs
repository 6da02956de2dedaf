//! Requests as API Gateway hands them over (HTTP API, payload format 2.0), put to the router.

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

/// No run is started here.
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

async fn ask(event: Value) -> Response {
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
    let answer = app(api).oneshot(request).await;
    answer.unwrap_or_else(|never| match never {})
}

async fn user(answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
    let settings: Value = serde_json::from_slice(&body.unwrap()).unwrap();
    settings["user"].clone()
}

#[tokio::test]
async fn who_signed_in_is_known_by_the_claims() {
    let claims = json!({"sub": "1234", "email": "ann@example.gov"});
    let asked = event("/api/settings", "", Some(claims));
    assert_eq!(user(ask(asked).await).await, "ann@example.gov");
    let asked = event("/api/settings", "", Some(json!({"sub": "1234"})));
    assert_eq!(user(ask(asked).await).await, "1234");
}

#[tokio::test]
async fn without_a_sign_in_nobody_gets_in() {
    for claims in [None, Some(json!({})), Some(json!({"sub": ""}))] {
        let answer = ask(event("/api/executions", "", claims.clone())).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{claims:?}");
    }
}

#[tokio::test]
async fn what_no_address_may_hold_is_a_clear_answer_and_no_panic() {
    for (path, query) in [
        ("/api/executions", "cursor=\"<x>\" |é"),
        ("/api/executions/a b/../é\u{1}", ""),
        ("/api/executions/%zz", "%zz=%"),
        ("/api/executions/../../etc/passwd", ""),
    ] {
        let answer = ask(event(path, query, Some(json!({"sub": "1234"})))).await;
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        assert!(
            answer.status().is_client_error(),
            "{path}: {}",
            answer.status()
        );
    }
}
