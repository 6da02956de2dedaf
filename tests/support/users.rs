//! Users of a user pool.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::aws::call_aws;

/// Creates a user in a user pool, and returns the password.
pub async fn create_user(pool: &str, user: &str) -> &'static str {
    const PASSWORD: &str = "Correct-horse-battery-1";
    let mut request = json!({"UserPoolId": pool, "Username": user});
    request["MessageAction"] = "SUPPRESS".into();
    request["TemporaryPassword"] = PASSWORD.into();
    cognito("AdminCreateUser", &request).await;
    let password =
        json!({"UserPoolId": pool, "Username": user, "Password": PASSWORD, "Permanent": true});
    cognito("AdminSetUserPassword", &password).await;
    PASSWORD
}

/// Signs in, and returns the access token.
pub async fn sign_in(pool: &str, client: &str, user: &str, password: &str) -> String {
    let request = json!({
        "UserPoolId": pool,
        "ClientId": client,
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": user, "PASSWORD": password},
    });
    let response = cognito("AdminInitiateAuth", &request).await;
    let token = &response["AuthenticationResult"]["AccessToken"];
    token.as_str().expect("a token").to_owned()
}

/// The value of a token's claim.
pub fn claim(token: &str, name: &str) -> String {
    let claims = token.split('.').nth(1).expect("a token of three parts");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("claims");
    claims[name].as_str().expect(name).to_owned()
}

/// Calls an action of Cognito.
pub async fn cognito(action: &str, body: &Value) -> Value {
    let target = format!("AWSCognitoIdentityProviderService.{action}");
    call_aws("cognito-idp", &target, body).await
}
