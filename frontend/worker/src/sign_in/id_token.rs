//! The person's name in an ID token (OpenID Connect Core).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// Claims that hold the person's name, the best first.
const NAME_CLAIMS: [&str; 4] = ["name", "email", "preferred_username", "cognito:username"];

/// The name in an ID token.
///
/// The signature isn't verified: the token came from the issuer itself over TLS, which is enough
/// (OpenID Connect Core, 3.1.3.7), and the name is only shown.
pub(super) fn name(id_token: &str) -> Option<String> {
    let claims = id_token.split('.').nth(1)?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let found = NAME_CLAIMS.iter().find_map(|name| claims[name].as_str());
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_from_the_best_claim() {
        let id_token = |claims: &str| format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let both = id_token(r#"{"sub": "1", "email": "ann@example.gov", "name": "Ann Ä"}"#);
        assert_eq!(name(&both).as_deref(), Some("Ann Ä"));
        let email = id_token(r#"{"sub": "1", "email": "ann@example.gov"}"#);
        assert_eq!(name(&email).as_deref(), Some("ann@example.gov"));
        for none in [
            "",
            "x",
            "a.b.c",
            &id_token("[]"),
            &id_token(r#"{"sub": "1"}"#),
        ] {
            assert_eq!(name(none), None, "{none}");
        }
    }
}
