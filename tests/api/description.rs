//! The API's own description: settings, health, OpenAPI.

use serde_json::json;

use crate::support::app::{EngineKind, TestApp};
use crate::support::upstream::Upstream;

on_every_engine!(the_server_describes_itself);

async fn the_server_describes_itself(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let settings = app.get("/api/settings").await.expect(200);
    let (host, path) = app.fetcher.upstream();
    assert_eq!(
        settings["upstream"],
        json!({"host": host, "path": path, "demo": false})
    );
    assert_eq!(settings["limits"]["ssnList"], 250_000);
    assert_eq!(
        settings["defaults"],
        json!({"maxConcurrency": 1_000, "requestsPerSecond": null, "toleratedFailurePercentage": 100.0})
    );
    assert_eq!(settings["user"], app.user);
    assert_eq!(app.get("/api/health").await.expect(200)["status"], "ok");
    let openapi = app.get("/api/openapi.json").await.expect(200);
    let mut calls: Vec<String> = Vec::new();
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        calls.extend(
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    let parameters = &openapi["paths"]["/api/executions/{id}/results"]["get"]["parameters"];
    let named = |name: &str| {
        parameters
            .as_array()
            .unwrap()
            .iter()
            .any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    };
    for name in [
        "first",
        "cursor",
        "count",
        "outcome",
        "statusCode",
        "error",
        "reveal",
    ] {
        assert!(named(name), "{name}");
    }
    calls.sort();
    assert_eq!(
        calls,
        [
            "DELETE /api/executions/{id}",
            "GET /api/executions",
            "GET /api/executions/{id}",
            "GET /api/executions/{id}/failures",
            "GET /api/executions/{id}/results",
            "GET /api/health",
            "GET /api/settings",
            "POST /api/executions",
            "POST /api/executions/{id}/redrive",
            "POST /api/executions/{id}/stop",
            "POST /api/lists",
            "PUT /api/lists/{id}/{part}",
        ]
    );
}
