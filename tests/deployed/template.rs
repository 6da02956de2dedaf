//! The whole template: deployed, used and destroyed.

use std::process::{self, Command};

use axum::Router;
use axum::extract::Path as Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::aws::{call_aws, setting};
use crate::support::stack::{Stack, json_body};

/// Starts an upstream that requires an API key; returns its address.
async fn locked_upstream() -> String {
    let respond = async |Parts(number): Parts<String>, headers: HeaderMap| {
        let has_key = headers.get("x-api-key").is_some_and(|key| key == "open");
        match has_key {
            true => (StatusCode::OK, format!("record of {}", &number[7..])),
            false => (StatusCode::UNAUTHORIZED, String::new()),
        }
    };
    let router = Router::new().route("/ssn/{number}", get(respond));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/ssn/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_deployed_used_and_destroyed() {
    let secret = call_aws(
        "secretsmanager",
        "secretsmanager.CreateSecret",
        &json!({"Name": format!("upstream-{}", process::id()), "SecretString": "X-Api-Key: open"}),
    )
    .await;
    let stack = Stack::deploy(&[
        ("UpstreamUrl", &locked_upstream().await),
        ("UpstreamSecretArn", secret["ARN"].as_str().expect("an ARN")),
        ("DefaultConcurrency", "7"),
    ])
    .await;

    // The page at each of its addresses, and the files it loads.
    for path in ["", "executions/7ybqse0jt9vv4vcp504mwzryz9"] {
        let shell = stack.get(path, &[]).await;
        assert_eq!(shell.status(), 200, "{path}");
        assert_eq!(shell.headers()[header::CACHE_CONTROL], "no-cache");
        let policy = &shell.headers()[header::CONTENT_SECURITY_POLICY];
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let sources = format!("connect-src 'self' {};", stack.output("SignIn"));
        assert!(policy.contains(&sources), "{policy}");
        let shell = shell.text().await.unwrap();
        let script = shell.split("src=\"/").nth(1).expect("a script");
        let script = script.split('"').next().unwrap();
        for (accepts, coding) in [("gzip, br", Some("br")), ("gzip", None)] {
            let file = stack.get(script, &[("accept-encoding", accepts)]).await;
            assert_eq!(file.status(), 200, "{script}");
            let headers = file.headers();
            let found = headers.get(header::CONTENT_ENCODING);
            assert_eq!(found.map(|found| found.to_str().unwrap()), coding);
            assert!(
                headers[header::CONTENT_TYPE]
                    .to_str()
                    .unwrap()
                    .contains("javascript")
            );
            assert!(
                headers[header::CACHE_CONTROL]
                    .to_str()
                    .unwrap()
                    .contains("immutable")
            );
        }
    }
    let config = json_body(stack.get("config.json", &[]).await).await;
    assert_eq!(config["clientId"], stack.output("ClientId"));
    assert_eq!(config["issuer"], stack.output("Issuer"));

    // The API: its health is public, all else needs a token.
    assert_eq!(stack.get("api/health", &[]).await.status(), 200);
    for bearer in ["", "Bearer x.y.z"] {
        let refused = stack
            .get("api/settings", &[("authorization", bearer)])
            .await;
        assert_eq!(refused.status(), 401, "{bearer}");
    }
    let token = stack.token().await;
    let bearer = format!("Bearer {token}");
    let signed_in = [("authorization", bearer.as_str())];
    let settings = json_body(stack.get("api/settings", &signed_in).await).await;
    assert_eq!(settings["defaults"]["maxConcurrency"], 7);
    let nothing = stack.get("api/nothing", &signed_in).await;
    assert_eq!(nothing.status(), 404);
    assert_eq!(
        nothing.headers()[header::CONTENT_TYPE],
        "application/problem+json"
    );

    // A run through the state machine, with an upstream that needs the secret.
    let list = json!({"ssnList": ["123-45-6789", "123456780", "x"]});
    let started = stack.start(&token, &list).await;
    let ended = stack.wait_for_end(&token, &started["id"]).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    assert_eq!(ended["counts"]["SUCCEEDED"], 2, "{ended}");

    // The stack is destroyed with its data. Until then an unsigned request for the bucket gets 403.
    let bucket = format!("{}/{}", setting("ENDPOINT"), stack.output("DataBucketName"));
    let status = async || stack.client().get(&bucket).send().await.unwrap().status();
    assert_eq!(status().await, 403);
    stack.destroy().await;
    assert_eq!(status().await, 404);
    assert_ne!(stack.get("", &[]).await.status(), 200);
}

#[test]
fn a_dry_run_lists_every_step_and_needs_no_account() {
    let run = |what: &str, arguments: &[&str]| {
        let output = Command::new(setting("XTASK"))
            .args([what, "--dry-run"])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a search path"))
            // Not rustup's `cargo`, which needs more variables.
            .env("CARGO", env!("CARGO"))
            .output()
            .expect("the command");
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{messages}");
        messages
    };
    let upstream = "https://records.example.gov/ssn/?key=k";
    let steps = run(
        "deploy",
        &["--upstream", upstream, "--user", "ann@example.gov"],
    );
    for part in [
        "rollcall-code-",
        "built into target/lambda",
        "api.zip",
        "fetcher.zip",
        "infra/template.yaml with Architecture=arm64",
        "config.json to",
        "index.html to",
        "application/wasm",
        "distribution",
        "ann@example.gov: invited by mail",
    ] {
        assert!(steps.contains(part), "{part} is not in {steps}");
    }
    assert!(!steps.contains("key=k"), "the address may hold a secret");
    let steps = run("destroy", &[]);
    for part in ["stopped", "emptied", "stack rollcall: deleted"] {
        assert!(steps.contains(part), "{part} is not in {steps}");
    }
}
