//! Which tokens give access, and to what.

use serde_json::{Value, json};

use crate::support::stack::{Stack, json_body};
use crate::support::users::{cognito, create_user, sign_in};
use crate::support::wait::wait_for;

/// Creates an app client with which tests can sign in.
async fn client_of(pool: &str) -> String {
    let request = json!({
        "UserPoolId": pool,
        "ClientName": "other",
        "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    let created = cognito("CreateUserPoolClient", &request).await;
    created["UserPoolClient"]["ClientId"]
        .as_str()
        .expect("a client")
        .to_owned()
}

/// The status and body of a GET with this token.
async fn get(stack: &Stack, path: &str, token: &str) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let response = stack.get(path, &[("authorization", &bearer)]).await;
    (response.status().as_u16(), json_body(response).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_private_and_foreign_tokens_are_refused() {
    let stack = Stack::with_upstream("http://127.0.0.1:1/ssn/").await;
    let (pool, client) = (stack.output("UserPoolId"), stack.output("ClientId"));
    let ann = stack.token().await;
    let password = create_user(pool, "bob@example.gov").await;
    let bob = sign_in(pool, client, "bob@example.gov", password).await;

    let started = stack
        .start(&ann, &json!({"ssnList": ["123-45-6789"]}))
        .await;
    let run = format!("api/executions/{}", started["id"].as_str().unwrap());
    for (token, status, runs) in [(&ann, 200, 1), (&bob, 404, 0)] {
        assert_eq!(get(&stack, &run, token).await.0, status);
        let results = format!("{run}/results");
        assert_eq!(get(&stack, &results, token).await.0, status);
        let (_, history) = get(&stack, "api/executions", token).await;
        assert_eq!(history["executions"].as_array().unwrap().len(), runs);
    }

    // A token of the same pool for another client: another audience.
    let other = client_of(pool).await;
    let audience = sign_in(pool, &other, "bob@example.gov", password).await;
    // A token of another pool: another issuer.
    let created = cognito("CreateUserPool", &json!({"PoolName": "other"})).await;
    let foreign = created["UserPool"]["Id"].as_str().expect("a pool");
    let password = create_user(foreign, "bob").await;
    let issuer = sign_in(foreign, &client_of(foreign).await, "bob", password).await;
    // A token of this pool and client with another signature.
    let (claims, signature) = ann.rsplit_once('.').expect("a token of three parts");
    let signature: String = signature.chars().rev().collect();
    let forged = format!("{claims}.{signature}");
    for token in [&audience, &issuer, &forged] {
        let (status, refusal) = get(&stack, "api/executions", token).await;
        assert_eq!(status, 401, "{refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gives_access_until_it_expires() {
    let stack = Stack::with_upstream("http://127.0.0.1:1/ssn/").await;
    let (pool, client) = (stack.output("UserPoolId"), stack.output("ClientId"));
    let password = create_user(pool, "bob@example.gov").await;
    let long_lived = sign_in(pool, client, "bob@example.gov", password).await;
    cognito(
        "UpdateUserPoolClient",
        &json!({
            "UserPoolId": pool,
            "ClientId": client,
            "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            // Shorter than AWS permits.
            "AccessTokenValidity": 8,
            "TokenValidityUnits": {"AccessToken": "seconds"},
        }),
    )
    .await;
    // On a slow machine the token may expire before the call arrives.
    let short_lived = wait_for("a call before the token expires", async || {
        let token = sign_in(pool, client, "bob@example.gov", password).await;
        let (status, _) = get(&stack, "api/executions", &token).await;
        (status == 200).then_some(token)
    })
    .await;
    wait_for("the token to expire", async || {
        let (status, _) = get(&stack, "api/executions", &short_lived).await;
        (status == 401).then_some(())
    })
    .await;
    assert_eq!(get(&stack, "api/executions", &long_lived).await.0, 200);
}
