//! What the issuer gave: tokens, for how long they are good, and for whom; and how they are renewed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::issuer::No;

/// Milliseconds before its end at which a token is renewed, at most: a call must arrive while it is
/// good. Of a token that lives shorter than four times this, a quarter of its life.
const MARGIN_MS: f64 = 60_000.0;
/// Milliseconds before its end from which a token isn't used, at most: it must arrive while it is
/// good. Of a token that lives shorter than eight times this, an eighth of its life.
const ON_ITS_WAY_MS: f64 = 2_000.0;
/// Milliseconds until a renewal that failed is tried again. Calls wait for one another, and whoever
/// signs out for them: if each asked an issuer that hangs, none would ever have its turn.
const AGAIN_MS: f64 = 5_000.0;

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
    /// Milliseconds since 1970 from which the access token is to be renewed, or that is to be tried
    /// again.
    due: f64,
    /// And from which it is no longer good.
    ends: f64,
    /// Why it wasn't renewed, if that failed.
    failed: Option<No>,
}

/// Why there is no token.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum NoToken {
    /// The sign-in is over.
    Over,
    /// The issuer couldn't renew it, but may when it is asked again; what was wrong.
    NotNow(No),
}

/// The access token, renewed where that is due. `renew` asks the issuer with a refresh token, and
/// `now` is milliseconds since 1970. Only an issuer that says that the sign-in is over ends it.
pub(super) async fn token(
    signed_in: &mut Option<Session>,
    now: impl Fn() -> f64,
    renew: impl AsyncFnOnce(&str) -> Result<Tokens, No>,
) -> Result<String, NoToken> {
    let session = signed_in.as_mut().ok_or(NoToken::Over)?;
    let asked = now();
    if asked >= session.due {
        let answer = match &session.refresh_token {
            Some(refresh_token) => Some(renew(refresh_token).await),
            None => None,
        };
        match answer {
            Some(Ok(tokens)) => session.renew(tokens, asked),
            Some(Err(no @ No::NotNow(_))) => {
                session.due = now() + AGAIN_MS;
                session.failed = Some(no);
            }
            None if now() < session.ends => {}
            None | Some(Err(No::Refused(_))) => {
                *signed_in = None;
                return Err(NoToken::Over);
            }
        }
    }
    match &session.failed {
        Some(no) if now() >= session.ends => Err(NoToken::NotNow(no.clone())),
        _ => Ok(session.access_token.clone()),
    }
}

impl Session {
    /// One whose tokens were asked for then, in milliseconds since 1970.
    pub(super) fn new(tokens: Tokens, asked: f64) -> Self {
        let (due, ends) = good_until(tokens.expires_in, asked);
        Self {
            user: tokens
                .id_token
                .as_deref()
                .and_then(name)
                .unwrap_or_default(),
            due,
            ends,
            failed: None,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// Goes on with other tokens. An issuer that gives no other refresh token means the same one.
    fn renew(&mut self, tokens: Tokens, asked: f64) {
        (self.due, self.ends) = good_until(tokens.expires_in, asked);
        self.failed = None;
        self.access_token = tokens.access_token;
        self.refresh_token = tokens.refresh_token.or(self.refresh_token.take());
    }
}

/// When a token that is good for so many seconds is renewed, and when it is no longer used. One that
/// doesn't say is good until it is refused.
fn good_until(expires_in: Option<f64>, asked: f64) -> (f64, f64) {
    let life = expires_in.map_or(f64::INFINITY, |seconds| seconds * 1_000.0);
    let end = asked + life;
    (
        end - MARGIN_MS.min(life / 4.0),
        end - ON_ITS_WAY_MS.min(life / 8.0),
    )
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
    use std::cell::Cell;

    use futures::FutureExt;

    use super::*;

    fn tokens(json: &str) -> Tokens {
        serde_json::from_str(json).unwrap()
    }

    const HOUR: &str = r#"{"access_token": "a", "expires_in": 3600, "refresh_token": "r"}"#;
    const HOUR_MS: f64 = 3_600_000.0;

    /// What is given out at this time, where the issuer answers so; and what it was asked with.
    fn token_at(
        signed_in: &mut Option<Session>,
        now: f64,
        answer: Result<&str, No>,
    ) -> (Result<String, NoToken>, Option<String>) {
        let mut asked = None;
        let given = token(
            signed_in,
            || now,
            async |refresh_token| {
                asked = Some(refresh_token.to_owned());
                answer.map(tokens)
            },
        );
        let given = given.now_or_never().expect("nothing is waited for");
        (given, asked)
    }

    fn unasked(token: &str) -> (Result<String, NoToken>, Option<String>) {
        (Ok(token.to_owned()), None)
    }

    fn busy() -> No {
        No::NotNow(Some(429))
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_it_ends() {
        let mut signed_in = Some(Session::new(tokens(HOUR), 1_000.0));
        let renewed = r#"{"access_token": "b", "expires_in": 3600}"#;
        let at = 1_000.0 + HOUR_MS - 60_001.0;
        assert_eq!(token_at(&mut signed_in, at, Ok(renewed)), unasked("a"));
        let (given, asked) = token_at(&mut signed_in, at + 1.0, Ok(renewed));
        assert_eq!((given, asked.as_deref()), (Ok("b".into()), Some("r")));
        // Another hour, by the same refresh token.
        let at = at + HOUR_MS - 60_000.0;
        assert_eq!(token_at(&mut signed_in, at, Ok(renewed)), unasked("b"));
        let other = r#"{"access_token": "c", "refresh_token": "s"}"#;
        let (given, asked) = token_at(&mut signed_in, at + 1.0, Ok(other));
        assert_eq!((given, asked.as_deref()), (Ok("c".into()), Some("r")));
        // One without an end has none.
        assert_eq!(token_at(&mut signed_in, 1e15, Err(busy())), unasked("c"));
        let session = signed_in.unwrap();
        assert_eq!(session.refresh_token.as_deref(), Some("s"));
    }

    #[test]
    fn a_short_lived_token_is_renewed_in_its_last_quarter() {
        let short = r#"{"access_token": "a", "expires_in": 4, "refresh_token": "r"}"#;
        let mut signed_in = Some(Session::new(tokens(short), 0.0));
        assert_eq!(token_at(&mut signed_in, 2_999.0, Ok(HOUR)), unasked("a"));
        assert!(token_at(&mut signed_in, 3_000.0, Ok(HOUR)).1.is_some());
    }

    #[test]
    fn a_renewal_that_fails_is_tried_again_while_the_token_is_good_and_told_once_it_is_not() {
        let mut signed_in = Some(Session::new(tokens(HOUR), 0.0));
        let due = HOUR_MS - 60_000.0;
        let (given, asked) = token_at(&mut signed_in, due, Err(busy()));
        assert_eq!((given, asked.is_some()), (Ok("a".into()), true));
        // Not with every call: the issuer is busy.
        assert_eq!(
            token_at(&mut signed_in, due + 4_999.0, Ok(HOUR)),
            unasked("a")
        );
        let (given, asked) = token_at(&mut signed_in, due + 5_000.0, Err(No::NotNow(None)));
        assert_eq!((given, asked.is_some()), (Ok("a".into()), true));
        // The end is the token's own, however often it was tried.
        let end = HOUR_MS - 2_000.0;
        assert!(token_at(&mut signed_in, end - 1.0, Err(busy())).0.is_ok());
        let told = Err(NoToken::NotNow(busy()));
        assert_eq!(token_at(&mut signed_in, end, Ok(HOUR)), (told, None));
        let again = end + 4_999.0;
        let renewed = r#"{"access_token": "b", "expires_in": 3600}"#;
        let (given, asked) = token_at(&mut signed_in, again, Ok(renewed));
        assert_eq!((given, asked.as_deref()), (Ok("b".into()), Some("r")));
        // What failed before says nothing of this one.
        let end = again + end;
        let (given, _) = token_at(&mut signed_in, end, Err(No::NotNow(None)));
        assert_eq!(given, Err(NoToken::NotNow(No::NotNow(None))));
    }

    #[test]
    fn an_issuer_that_hangs_is_asked_once_for_all_who_wait() {
        let mut signed_in = Some(Session::new(tokens(HOUR), 0.0));
        let (now, asks) = (Cell::new(HOUR_MS), Cell::new(0));
        let mut wait = || {
            let given = token(
                &mut signed_in,
                || now.get(),
                async |_| {
                    asks.set(asks.get() + 1);
                    now.set(now.get() + 15_000.0);
                    Err(No::NotNow(None))
                },
            );
            let given = given.now_or_never().expect("nothing is waited for");
            assert_eq!(given, Err(NoToken::NotNow(No::NotNow(None))));
            asks.get()
        };
        // They waited for the first, and ask when it is done.
        assert_eq!([wait(), wait(), wait()], [1, 1, 1]);
        now.set(now.get() + 4_999.0);
        assert_eq!(wait(), 1);
        now.set(now.get() + 1.0);
        assert_eq!([wait(), wait()], [2, 2]);
    }

    #[test]
    fn a_sign_in_is_over_where_the_issuer_says_so_and_where_nothing_renews_it() {
        let mut signed_in = Some(Session::new(tokens(HOUR), 0.0));
        let refused = No::Refused("invalid_grant".into());
        let (given, _) = token_at(&mut signed_in, HOUR_MS - 60_000.0, Err(refused));
        assert_eq!((given, signed_in.is_none()), (Err(NoToken::Over), true));
        assert_eq!(
            token_at(&mut signed_in, 0.0, Ok(HOUR)).0,
            Err(NoToken::Over)
        );

        let alone = r#"{"access_token": "a", "expires_in": 3600}"#;
        let mut signed_in = Some(Session::new(tokens(alone), 0.0));
        let end = HOUR_MS - 2_000.0;
        assert_eq!(token_at(&mut signed_in, end - 1.0, Ok(HOUR)), unasked("a"));
        assert_eq!(
            token_at(&mut signed_in, end, Ok(HOUR)).0,
            Err(NoToken::Over)
        );
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
