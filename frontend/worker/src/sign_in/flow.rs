//! The authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636).
//!
//! Builds the address to sign in at, and parses the query that the browser returns with. No I/O.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use form_urlencoded::parse;
use sha2::{Digest, Sha256};

use super::config::{Config, with_query};

/// Random bytes that an attempt needs: half for its state, half for its verifier.
pub(super) const RANDOM_BYTES: usize = 64;
/// Ends the stored text of an attempt that began without a click.
const AUTOMATIC: &str = " automatic";

/// A sign-in in progress. While people are at the issuer, it is stored in the tab's session storage.
pub(super) struct Attempt {
    state: String,
    verifier: String,
    /// Whether it began without a click.
    is_automatic: bool,
}

impl Attempt {
    /// An attempt from random bytes.
    pub(super) fn new(random: [u8; RANDOM_BYTES], is_automatic: bool) -> Self {
        let (state, verifier) = random.split_at(RANDOM_BYTES / 2);
        Self {
            state: BASE64_URL_SAFE_NO_PAD.encode(state),
            verifier: BASE64_URL_SAFE_NO_PAD.encode(verifier),
            is_automatic,
        }
    }

    /// The text to store.
    pub(super) fn stored(&self) -> String {
        let mark = if self.is_automatic { AUTOMATIC } else { "" };
        format!("{} {}{mark}", self.state, self.verifier)
    }

    /// Parses the stored text.
    fn parse(stored: &str) -> Option<Self> {
        let automatic = stored.strip_suffix(AUTOMATIC);
        let (state, verifier) = automatic.unwrap_or(stored).split_once(' ')?;
        Some(Self {
            state: state.to_owned(),
            verifier: verifier.to_owned(),
            is_automatic: automatic.is_some(),
        })
    }

    /// The issuer's address to sign in at, which returns to `root` with a code.
    pub(super) fn sign_in_address(&self, config: &Config, root: &str) -> String {
        with_query(
            &config.authorization_endpoint,
            &[
                ("response_type", "code"),
                ("client_id", &config.client_id),
                ("redirect_uri", root),
                ("scope", &config.scope),
                ("state", &self.state),
                ("code_challenge_method", "S256"),
                ("code_challenge", &challenge(&self.verifier)),
            ],
        )
    }
}

/// The code challenge of a verifier (RFC 7636, 4.2).
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The issuer's response, with the stored attempt that it belongs to.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) struct Returned {
    /// The code that is exchanged for tokens.
    pub(super) code: String,
    /// The attempt's verifier, which the exchange needs.
    pub(super) verifier: String,
    /// Whether the sign-in began without a click.
    pub(super) is_automatic: bool,
}

/// Why somebody who returned from the issuer isn't signed in.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum ReturnError {
    /// This tab began no sign-in with this state, so the address may be forged.
    UnknownState,
    /// The address has no response of the issuer. Another sign-in could loop forever.
    NoResponse,
    /// The issuer refused, with an error code such as `access_denied`.
    Issuer(String),
}

/// Parses the query of the page's address after a return from the issuer, with the stored attempt.
///
/// `None` if neither of them has a sign-in.
pub(super) fn parse_return(query: &str, stored: &str) -> Result<Option<Returned>, ReturnError> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let value = |name| {
        let mut fields = parse(query.as_bytes());
        fields
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    };
    let (code, error) = (value("code"), value("error"));
    let attempt = Attempt::parse(stored);
    if code.is_none() && error.is_none() {
        return match attempt {
            Some(_) => Err(ReturnError::NoResponse),
            None => Ok(None),
        };
    }
    let attempt = attempt.ok_or(ReturnError::UnknownState)?;
    if value("state") != Some(attempt.state) {
        return Err(ReturnError::UnknownState);
    }
    match (code, error) {
        (Some(code), None) => Ok(Some(Returned {
            code,
            verifier: attempt.verifier,
            is_automatic: attempt.is_automatic,
        })),
        (_, error) => Err(ReturnError::Issuer(error.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::config::tests::config;

    fn attempt() -> Attempt {
        let mut bytes = [7; RANDOM_BYTES];
        bytes[RANDOM_BYTES / 2..].fill(9);
        Attempt::new(bytes, false)
    }

    #[test]
    fn the_challenge_is_that_of_the_rfc_example() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_address_has_the_challenge_but_not_the_verifier() {
        let (attempt, root) = (attempt(), "https://rollcall.example.gov/");
        // RFC 7636, 4.1: 43 to 128 characters.
        assert_eq!(attempt.verifier.len(), 43);
        let address = attempt.sign_in_address(&config(), root);
        assert!(!address.contains(&attempt.verifier), "{address}");
        let (endpoint, query) = address.split_once('?').unwrap();
        assert_eq!(endpoint, "https://login.example.gov/oauth2/authorize");
        let fields: Vec<(String, String)> = parse(query.as_bytes()).into_owned().collect();
        let expected = [
            ("response_type", "code"),
            ("client_id", "page"),
            ("redirect_uri", root),
            ("scope", "openid email"),
            ("state", &attempt.state),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge(&attempt.verifier)),
        ];
        assert_eq!(
            fields,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn a_code_needs_the_state_that_was_sent() {
        let attempt = attempt();
        let (state, stored) = (&attempt.state, attempt.stored());
        let returned = parse_return(&format!("?code=a%2Bb&state={state}"), &stored);
        let expected = Returned {
            code: "a+b".into(),
            verifier: attempt.verifier.clone(),
            is_automatic: false,
        };
        assert_eq!(returned, Ok(Some(expected)));
        for (query, stored) in [
            ("?code=ab&state=other".to_owned(), stored.as_str()),
            ("?code=ab".to_owned(), &stored),
            ("?error=access_denied&state=other".to_owned(), &stored),
            (format!("?code=ab&state={state}"), ""),
            (format!("?code=ab&state={state}"), "out"),
            ("?code=ab&state=".to_owned(), ""),
        ] {
            assert_eq!(
                parse_return(&query, stored),
                Err(ReturnError::UnknownState),
                "{query}"
            );
        }
    }

    #[test]
    fn a_refusal_has_a_code_and_a_return_without_response_is_an_error() {
        let (state, stored) = (attempt().state, attempt().stored());
        assert_eq!(
            parse_return(&format!("?error=access_denied&state={state}"), &stored),
            Err(ReturnError::Issuer("access_denied".into()))
        );
        for query in ["", "?", "?codes=1&state=x"] {
            assert_eq!(parse_return(query, ""), Ok(None), "{query}");
            assert_eq!(parse_return(query, "out"), Ok(None), "{query}");
            // After a return without a response, the page doesn't begin another sign-in.
            assert_eq!(
                parse_return(query, &stored),
                Err(ReturnError::NoResponse),
                "{query}"
            );
        }
    }

    #[test]
    fn the_stored_attempt_says_that_it_was_automatic() {
        let attempt = Attempt {
            is_automatic: true,
            ..attempt()
        };
        let query = format!("?code=c&state={}", attempt.state);
        let expected = Returned {
            code: "c".into(),
            verifier: attempt.verifier.clone(),
            is_automatic: true,
        };
        assert_eq!(parse_return(&query, &attempt.stored()), Ok(Some(expected)));
    }
}
