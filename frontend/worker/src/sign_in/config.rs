//! The sign-in's settings, and the addresses and forms that are made from them. No I/O.

use form_urlencoded::Serializer;
use serde::Deserialize;

/// The sign-in's settings: `/config.json`, which is written when the page is deployed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Config {
    /// The page's client id at the issuer.
    pub(super) client_id: String,
    /// The scopes that the tokens are requested for.
    pub(super) scope: String,
    /// Where people sign in.
    pub(super) authorization_endpoint: String,
    /// Where a code is exchanged for tokens.
    pub(super) token_endpoint: String,
    /// Where a token is revoked; not every issuer has it.
    pub(super) revocation_endpoint: Option<String>,
    /// Where the issuer's own session ends, as in Cognito.
    pub(super) logout_endpoint: String,
}

impl Config {
    /// The address that ends the issuer's session and returns to `root`.
    pub(super) fn logout_address(&self, root: &str) -> String {
        let fields = [("client_id", self.client_id.as_str()), ("logout_uri", root)];
        with_query(&self.logout_endpoint, &fields)
    }

    /// The form that exchanges a code for tokens.
    pub(super) fn exchange_form(&self, code: &str, verifier: &str, root: &str) -> String {
        form(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("redirect_uri", root),
            ("code", code),
            ("code_verifier", verifier),
        ])
    }

    /// The form that requests another access token.
    pub(super) fn renewal_form(&self, refresh_token: &str) -> String {
        form(&[
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("refresh_token", refresh_token),
        ])
    }

    /// The form that revokes a refresh token (RFC 7009).
    pub(super) fn revocation_form(&self, refresh_token: &str) -> String {
        form(&[
            ("token", refresh_token),
            ("token_type_hint", "refresh_token"),
            ("client_id", &self.client_id),
        ])
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Adds fields to an address's query.
pub(super) fn with_query(address: &str, fields: &[(&str, &str)]) -> String {
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{}", form(fields))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Settings as Cognito has them.
    pub(in crate::sign_in) fn config() -> Config {
        serde_json::from_str(
            r#"{
                "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab",
                "clientId": "page",
                "scope": "openid email",
                "authorizationEndpoint": "https://login.example.gov/oauth2/authorize",
                "tokenEndpoint": "https://login.example.gov/oauth2/token",
                "revocationEndpoint": "https://login.example.gov/oauth2/revoke",
                "logoutEndpoint": "https://login.example.gov/logout"
            }"#,
        )
        .unwrap()
    }

    #[test]
    fn forms_and_the_logout_address_are_encoded() {
        let root = "https://rollcall.example.gov/";
        assert_eq!(
            config().exchange_form("a+b", "v", root),
            "grant_type=authorization_code&client_id=page\
             &redirect_uri=https%3A%2F%2Frollcall.example.gov%2F&code=a%2Bb&code_verifier=v"
        );
        assert_eq!(
            config().renewal_form("r/1"),
            "grant_type=refresh_token&client_id=page&refresh_token=r%2F1"
        );
        assert_eq!(
            config().revocation_form("r"),
            "token=r&token_type_hint=refresh_token&client_id=page"
        );
        assert_eq!(
            config().logout_address(root),
            "https://login.example.gov/logout?client_id=page\
             &logout_uri=https%3A%2F%2Frollcall.example.gov%2F"
        );
    }
}
