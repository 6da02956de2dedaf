//! Calls to AWS, in the emulator that `cargo xtask test` starts.

use std::env;

use axum::http::{Method, Request, header};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequest;
use reqwest::{Client, ClientBuilder};
use serde_json::Value;

/// A setting that `cargo xtask test` passes to the tests.
pub fn setting(what: &str) -> String {
    env::var(format!("ROLLCALL_E2E_{what}")).unwrap_or_else(|_| {
        panic!("no emulator is running: start these tests with `cargo xtask test`")
    })
}

/// A client that doesn't decode compressed responses.
pub fn client() -> ClientBuilder {
    // Fails where another test has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().no_brotli().no_gzip()
}

/// Calls an action of a service with AWS's JSON protocol, as the account's owner.
pub async fn call_aws(service: &str, target: &str, body: &Value) -> Value {
    let request = Request::post(format!("{}/", setting("ENDPOINT")))
        .header("x-amz-target", target)
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(body.to_string().into());
    send(service, request.expect("a request"), body.to_string()).await
}

/// Returns a function's configuration.
pub async fn configuration(function: &str) -> Value {
    call_configuration(function, Method::GET, String::new()).await
}

/// Updates a function's environment variables and time limit.
pub async fn update_configuration(function: &str, change: impl FnOnce(&mut Value)) {
    let mut configuration = configuration(function).await;
    let mut wanted = serde_json::json!({
        "Environment": {"Variables": configuration["Environment"]["Variables"].take()},
        "Timeout": configuration["Timeout"].take(),
    });
    change(&mut wanted);
    let changed = call_configuration(function, Method::PUT, wanted.to_string()).await;
    assert_eq!(changed["Timeout"], wanted["Timeout"], "{changed}");
}

async fn call_configuration(function: &str, method: Method, body: String) -> Value {
    let endpoint = setting("ENDPOINT");
    let request = Request::builder()
        .method(method)
        .uri(format!(
            "{endpoint}/2015-03-31/functions/{function}/configuration"
        ))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.clone().into())
        .expect("a request");
    send("lambda", request, body).await
}

/// Signs a request and sends it; the response must be JSON.
async fn send(service: &str, mut request: HttpRequest, body: String) -> Value {
    let var = |name| env::var(name).expect(name);
    let credential = AwsCredential {
        key_id: var("AWS_ACCESS_KEY_ID"),
        secret_key: var("AWS_SECRET_ACCESS_KEY"),
        token: None,
    };
    AwsAuthorizer::new(&credential, service, &var("AWS_REGION"))
        .try_authorize(&mut request, None)
        .expect("a signature");
    let response = client()
        .build()
        .expect("a client")
        .request(request.method().clone(), request.uri().to_string())
        .headers(request.headers().clone())
        .body(body)
        .send()
        .await
        .expect("a response");
    let text = response.text().await.expect("its body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}
