//! What the issuer gave: tokens, for how long they are good, and for whom.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Milliseconds before its end at which a token is renewed, at most: a call must arrive while it is
/// good. Of a token that lives shorter than four times this, a quarter of its life.
const MARGIN_MS: f64 = 60_000.0;

/// What claims name the reader best, the first that is there.
const NAMES: [&str; 4] = ["name", "email", "preferred_username", "cognito:username"];

/// The issuer's answer (RFC 6749, 5.1). It has no `Debug`, so that no token is ever written.
#[derive(Deserialize)]
pub(super) struct Tokens {
    access_token: String,
    /// Seconds.
    expires_in: Option<f64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
}

/// A reader who is signed in, in the worker's memory alone.
pub(super) struct Session {
    /// Lets calls in.
    pub(super) access_token: String,
    /// Gets another access token.
    pub(super) refresh_token: Option<String>,
    /// The reader's name, to be shown; may be empty.
    pub(super) user: String,
    /// Milliseconds since 1970 from which the access token is to be renewed.
    due: f64,
}

impl Session {
    /// One that begins now, in milliseconds since 1970.
    pub(super) fn new(tokens: Tokens, now: f64) -> Self {
        Self {
            user: tokens
                .id_token
                .as_deref()
                .and_then(name)
                .unwrap_or_default(),
            due: due(tokens.expires_in, now),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// Goes on with other tokens. An issuer that gives no other refresh token means the same one.
    pub(super) fn renew(&mut self, tokens: Tokens, now: f64) {
        self.due = due(tokens.expires_in, now);
        self.access_token = tokens.access_token;
        self.refresh_token = tokens.refresh_token.or(self.refresh_token.take());
    }

    /// Whether the access token is to be renewed before it is used.
    pub(super) fn is_due(&self, now: f64) -> bool {
        now >= self.due
    }
}

/// When a token that is good for so many seconds is renewed. One that doesn't say is good until it
/// is refused.
fn due(expires_in: Option<f64>, now: f64) -> f64 {
    let life = expires_in.map_or(f64::INFINITY, |seconds| seconds * 1_000.0);
    now + life - MARGIN_MS.min(life / 4.0)
}

/// The name in an ID token. It came from the issuer itself over TLS, so its signature says nothing
/// more (OpenID Connect Core, 3.1.3.7); and it is only shown.
fn name(id_token: &str) -> Option<String> {
    let claims = id_token.split('.').nth(1)?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let named = NAMES.iter().find_map(|name| claims[name].as_str());
    named.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(json: &str) -> Tokens {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_it_ends() {
        let hour = r#"{"access_token": "a", "expires_in": 3600, "refresh_token": "r"}"#;
        let session = Session::new(tokens(hour), 1_000.0);
        assert!(!session.is_due(1_000.0));
        assert!(!session.is_due(1_000.0 + 3_539_999.0));
        assert!(session.is_due(1_000.0 + 3_540_000.0));
    }

    #[test]
    fn a_short_lived_token_is_renewed_in_its_last_quarter() {
        let short = r#"{"access_token": "a", "expires_in": 4}"#;
        let session = Session::new(tokens(short), 0.0);
        assert!(!session.is_due(2_999.0) && session.is_due(3_000.0));
    }

    #[test]
    fn a_refresh_token_stays_unless_there_is_another_and_a_token_without_an_end_has_none() {
        let mut session = Session::new(
            tokens(r#"{"access_token": "a", "refresh_token": "r"}"#),
            0.0,
        );
        assert!(!session.is_due(1e15));
        session.renew(tokens(r#"{"access_token": "b", "expires_in": 60}"#), 0.0);
        assert_eq!(session.access_token, "b");
        assert!(session.is_due(45_000.0));
        assert_eq!(session.refresh_token.as_deref(), Some("r"));
        session.renew(
            tokens(r#"{"access_token": "c", "refresh_token": "s"}"#),
            0.0,
        );
        assert_eq!(session.refresh_token.as_deref(), Some("s"));
    }

    #[test]
    fn who_signed_in_is_called_by_the_name_that_says_most() {
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
