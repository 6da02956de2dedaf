//! The tokens of the person who is signed in: how long they are valid, and how they are renewed.

use super::id_token;
use super::issuer::{TokenError, Tokens};

/// How long before its expiry a token is renewed, in milliseconds.
///
/// A token with a lifetime below four times this is renewed in the last quarter of its lifetime.
const RENEWAL_MS: f64 = 60_000.0;
/// How long before its expiry a token is no longer used, in milliseconds.
///
/// It must reach the server while it is valid. For a token with a lifetime below eight times this, it is
/// an eighth of the lifetime.
const LATENCY_MS: f64 = 2_000.0;
/// Milliseconds until a failed renewal is retried.
///
/// Calls and the sign-out wait for each other. If each of them sent a request to an issuer that doesn't
/// respond, the last one would wait for all timeouts.
const RETRY_MS: f64 = 5_000.0;

/// The session of the person who is signed in. It is only in the worker's memory.
pub(super) struct Session {
    /// Authorizes the API's calls.
    pub(super) access_token: String,
    /// Requests the next access token.
    pub(super) refresh_token: Option<String>,
    /// The person's name; may be empty.
    pub(super) user: String,
    /// When the access token is renewed next, in milliseconds since 1970.
    renew_at: f64,
    /// When the access token is no longer used, in milliseconds since 1970.
    ends_at: f64,
    /// Why the last renewal failed; none if it didn't.
    renewal_error: Option<TokenError>,
}

/// Why there is no token.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum SessionError {
    /// The session has ended.
    Ended,
    /// The token couldn't be renewed, and a retry may help.
    NotRenewed(TokenError),
}

/// Returns the access token, and renews it first if it is time.
///
/// `renew` requests tokens with a refresh token, and `now` returns milliseconds since 1970. The session
/// ends if the issuer refuses to renew it, or when its token expires if there is no refresh token.
pub(super) async fn access_token(
    session_slot: &mut Option<Session>,
    now: impl Fn() -> f64,
    renew: impl AsyncFnOnce(&str) -> Result<Tokens, TokenError>,
) -> Result<String, SessionError> {
    let session = session_slot.as_mut().ok_or(SessionError::Ended)?;
    let requested_at = now();
    if requested_at >= session.renew_at {
        let renewal = match &session.refresh_token {
            Some(refresh_token) => Some(renew(refresh_token).await),
            None => None,
        };
        match renewal {
            Some(Ok(tokens)) => session.renew(tokens, requested_at),
            Some(Err(error @ TokenError::Unavailable(_))) => {
                session.renew_at = now() + RETRY_MS;
                session.renewal_error = Some(error);
            }
            None if now() < session.ends_at => {}
            None | Some(Err(TokenError::Refused(_))) => {
                *session_slot = None;
                return Err(SessionError::Ended);
            }
        }
    }
    match &session.renewal_error {
        Some(error) if now() >= session.ends_at => Err(SessionError::NotRenewed(error.clone())),
        _ => Ok(session.access_token.clone()),
    }
}

impl Session {
    /// A session with tokens that were requested at this time, in milliseconds since 1970.
    pub(super) fn new(tokens: Tokens, requested_at: f64) -> Self {
        let (renew_at, ends_at) = renewal_and_end(tokens.expires_in, requested_at);
        Self {
            user: tokens
                .id_token
                .as_deref()
                .and_then(id_token::name)
                .unwrap_or_default(),
            renew_at,
            ends_at,
            renewal_error: None,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        }
    }

    /// Replaces the tokens. Without a new refresh token the old one remains valid (RFC 6749, 6).
    fn renew(&mut self, tokens: Tokens, requested_at: f64) {
        (self.renew_at, self.ends_at) = renewal_and_end(tokens.expires_in, requested_at);
        self.renewal_error = None;
        self.access_token = tokens.access_token;
        self.refresh_token = tokens.refresh_token.or(self.refresh_token.take());
    }
}

/// When a token is renewed, and when it is no longer used, both in milliseconds since 1970.
///
/// A token without a lifetime (`expires_in`, in seconds) is used until the server rejects it.
fn renewal_and_end(expires_in: Option<f64>, requested_at: f64) -> (f64, f64) {
    let lifetime = expires_in.map_or(f64::INFINITY, |seconds| seconds * 1_000.0);
    let end = requested_at + lifetime;
    (
        end - RENEWAL_MS.min(lifetime / 4.0),
        end - LATENCY_MS.min(lifetime / 8.0),
    )
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

    /// The access token at this time, and the refresh token that the issuer received, if any.
    ///
    /// `response` is the issuer's response.
    fn token_at(
        session: &mut Option<Session>,
        now: f64,
        response: Result<&str, TokenError>,
    ) -> (Result<String, SessionError>, Option<String>) {
        let mut received = None;
        let token = access_token(
            session,
            || now,
            async |refresh_token| {
                received = Some(refresh_token.to_owned());
                response.map(tokens)
            },
        );
        let token = token.now_or_never().expect("nothing waits");
        (token, received)
    }

    fn without_renewal(token: &str) -> (Result<String, SessionError>, Option<String>) {
        (Ok(token.to_owned()), None)
    }

    fn busy() -> TokenError {
        TokenError::Unavailable(Some(429))
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_it_ends() {
        let mut session = Some(Session::new(tokens(HOUR), 1_000.0));
        let renewed = r#"{"access_token": "b", "expires_in": 3600}"#;
        let at = 1_000.0 + HOUR_MS - 60_001.0;
        assert_eq!(
            token_at(&mut session, at, Ok(renewed)),
            without_renewal("a")
        );
        let (token, received) = token_at(&mut session, at + 1.0, Ok(renewed));
        assert_eq!((token, received.as_deref()), (Ok("b".into()), Some("r")));
        // The next renewal uses the same refresh token.
        let at = at + HOUR_MS - 60_000.0;
        assert_eq!(
            token_at(&mut session, at, Ok(renewed)),
            without_renewal("b")
        );
        let other = r#"{"access_token": "c", "refresh_token": "s"}"#;
        let (token, received) = token_at(&mut session, at + 1.0, Ok(other));
        assert_eq!((token, received.as_deref()), (Ok("c".into()), Some("r")));
        // A token without a lifetime is used for ever.
        assert_eq!(
            token_at(&mut session, 1e15, Err(busy())),
            without_renewal("c")
        );
        let session = session.unwrap();
        assert_eq!(session.refresh_token.as_deref(), Some("s"));
    }

    #[test]
    fn a_short_lived_token_is_renewed_in_its_last_quarter() {
        let short = r#"{"access_token": "a", "expires_in": 4, "refresh_token": "r"}"#;
        let mut session = Some(Session::new(tokens(short), 0.0));
        assert_eq!(
            token_at(&mut session, 2_999.0, Ok(HOUR)),
            without_renewal("a")
        );
        assert!(token_at(&mut session, 3_000.0, Ok(HOUR)).1.is_some());
    }

    #[test]
    fn a_failed_renewal_is_an_error_only_once_the_token_ends() {
        let mut session = Some(Session::new(tokens(HOUR), 0.0));
        let due = HOUR_MS - 60_000.0;
        let (token, received) = token_at(&mut session, due, Err(busy()));
        assert_eq!((token, received.is_some()), (Ok("a".into()), true));
        // The renewal isn't retried with every call: the issuer is busy.
        assert_eq!(
            token_at(&mut session, due + 4_999.0, Ok(HOUR)),
            without_renewal("a")
        );
        let (token, received) = token_at(
            &mut session,
            due + 5_000.0,
            Err(TokenError::Unavailable(None)),
        );
        assert_eq!((token, received.is_some()), (Ok("a".into()), true));
        // A failed renewal doesn't change when the token ends.
        let end = HOUR_MS - 2_000.0;
        assert!(token_at(&mut session, end - 1.0, Err(busy())).0.is_ok());
        let expected = Err(SessionError::NotRenewed(busy()));
        assert_eq!(token_at(&mut session, end, Ok(HOUR)), (expected, None));
        let again = end + 4_999.0;
        let renewed = r#"{"access_token": "b", "expires_in": 3600}"#;
        let (token, received) = token_at(&mut session, again, Ok(renewed));
        assert_eq!((token, received.as_deref()), (Ok("b".into()), Some("r")));
        // The next failure replaces the last one.
        let end = again + end;
        let (token, _) = token_at(&mut session, end, Err(TokenError::Unavailable(None)));
        assert_eq!(
            token,
            Err(SessionError::NotRenewed(TokenError::Unavailable(None)))
        );
    }

    #[test]
    fn waiting_calls_share_one_request_to_a_silent_issuer() {
        let mut session = Some(Session::new(tokens(HOUR), 0.0));
        let (now, requests) = (Cell::new(HOUR_MS), Cell::new(0));
        let mut call = || {
            let result = access_token(
                &mut session,
                || now.get(),
                async |_| {
                    requests.set(requests.get() + 1);
                    now.set(now.get() + 15_000.0);
                    Err(TokenError::Unavailable(None))
                },
            );
            let result = result.now_or_never().expect("nothing waits");
            assert_eq!(
                result,
                Err(SessionError::NotRenewed(TokenError::Unavailable(None)))
            );
            requests.get()
        };
        // The first call requests tokens. Two calls waited for it, and send no request of their own.
        assert_eq!([call(), call(), call()], [1, 1, 1]);
        now.set(now.get() + 4_999.0);
        assert_eq!(call(), 1);
        now.set(now.get() + 1.0);
        assert_eq!([call(), call()], [2, 2]);
    }

    #[test]
    fn a_session_ends_if_the_issuer_refuses_or_nothing_renews_it() {
        let mut session = Some(Session::new(tokens(HOUR), 0.0));
        let refused = TokenError::Refused("invalid_grant".into());
        let (token, _) = token_at(&mut session, HOUR_MS - 60_000.0, Err(refused));
        assert_eq!((token, session.is_none()), (Err(SessionError::Ended), true));
        assert_eq!(
            token_at(&mut session, 0.0, Ok(HOUR)).0,
            Err(SessionError::Ended)
        );

        let alone = r#"{"access_token": "a", "expires_in": 3600}"#;
        let mut session = Some(Session::new(tokens(alone), 0.0));
        let end = HOUR_MS - 2_000.0;
        assert_eq!(
            token_at(&mut session, end - 1.0, Ok(HOUR)),
            without_renewal("a")
        );
        assert_eq!(
            token_at(&mut session, end, Ok(HOUR)).0,
            Err(SessionError::Ended)
        );
    }
}
