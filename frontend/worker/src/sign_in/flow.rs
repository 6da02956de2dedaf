//! The authorization code with PKCE (RFC 6749, 4.1; RFC 7636), as texts: what is asked of the issuer,
//! and what comes back with the reader.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use form_urlencoded::{Serializer, parse};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Random bytes of an attempt: half of them for its state, half for its verifier.
pub(super) const RANDOM_BYTES: usize = 64;
/// Marks an attempt that the page began by itself, where it is kept.
const UNASKED: &str = " unasked";

/// How one signs in here: `/config.json`, written when the page is deployed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Config {
    /// The page, as the issuer knows it.
    pub(super) client_id: String,
    /// What the tokens are for.
    pub(super) scope: String,
    /// Where the reader signs in.
    pub(super) authorization_endpoint: String,
    /// Where a code becomes tokens.
    pub(super) token_endpoint: String,
    /// Where a token is given up; not every issuer has it.
    pub(super) revocation_endpoint: Option<String>,
    /// Where the issuer's own session ends, as Cognito has it.
    pub(super) logout_endpoint: String,
}

impl Config {
    /// Where to go to end the issuer's session and come back to `root`.
    pub(super) fn way_out(&self, root: &str) -> String {
        let fields = [("client_id", self.client_id.as_str()), ("logout_uri", root)];
        with_query(&self.logout_endpoint, &fields)
    }

    /// What is asked to get tokens for a code.
    pub(super) fn exchange(&self, back: &Back, root: &str) -> String {
        form(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("redirect_uri", root),
            ("code", &back.code),
            ("code_verifier", &back.verifier),
        ])
    }

    /// What is asked to get another access token.
    pub(super) fn renewal(&self, refresh_token: &str) -> String {
        form(&[
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("refresh_token", refresh_token),
        ])
    }

    /// What gives a refresh token up (RFC 7009).
    pub(super) fn revocation(&self, refresh_token: &str) -> String {
        form(&[
            ("token", refresh_token),
            ("token_type_hint", "refresh_token"),
            ("client_id", &self.client_id),
        ])
    }
}

/// A sign-in under way. It is kept in the tab while the reader is at the issuer, and nowhere else.
pub(super) struct Attempt {
    state: String,
    verifier: String,
    /// Whether the page began it by itself.
    unasked: bool,
}

impl Attempt {
    /// One that nobody can guess.
    pub(super) fn new(random: [u8; RANDOM_BYTES], unasked: bool) -> Self {
        let (state, verifier) = random.split_at(RANDOM_BYTES / 2);
        Self {
            state: BASE64_URL_SAFE_NO_PAD.encode(state),
            verifier: BASE64_URL_SAFE_NO_PAD.encode(verifier),
            unasked,
        }
    }

    /// As it is kept.
    pub(super) fn kept(&self) -> String {
        let mark = if self.unasked { UNASKED } else { "" };
        format!("{} {}{mark}", self.state, self.verifier)
    }

    fn of(kept: &str) -> Option<Self> {
        let asked = kept.strip_suffix(UNASKED);
        let (state, verifier) = asked.unwrap_or(kept).split_once(' ')?;
        Some(Self {
            state: state.to_owned(),
            verifier: verifier.to_owned(),
            unasked: asked.is_some(),
        })
    }

    /// Where the reader signs in, to come back to `root` with a code.
    pub(super) fn address(&self, config: &Config, root: &str) -> String {
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

/// What the issuer is shown of a verifier (RFC 7636, 4.2).
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// A reader who is back from the issuer.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) struct Back {
    code: String,
    verifier: String,
    /// Whether the page had sent them by itself.
    pub(super) unasked: bool,
}

/// Why a reader who is back isn't signed in.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum Refused {
    /// The page didn't send them, or not for this: anybody may have made that address.
    NotAskedFor,
    /// They were sent, and the address has no answer. To send them again could go on for ever.
    NoAnswer,
    /// The issuer's reason, a word such as `access_denied`.
    ByIssuer(String),
}

/// What an address's query says of a sign-in, beside what was kept; none where it says nothing.
pub(super) fn back(query: &str, kept: &str) -> Result<Option<Back>, Refused> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let value = |name| {
        let mut fields = parse(query.as_bytes());
        fields
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    };
    let (code, error) = (value("code"), value("error"));
    let attempt = Attempt::of(kept);
    if code.is_none() && error.is_none() {
        return match attempt {
            Some(_) => Err(Refused::NoAnswer),
            None => Ok(None),
        };
    }
    let attempt = attempt.ok_or(Refused::NotAskedFor)?;
    if value("state") != Some(attempt.state) {
        return Err(Refused::NotAskedFor);
    }
    match (code, error) {
        (Some(code), None) => Ok(Some(Back {
            code,
            verifier: attempt.verifier,
            unasked: attempt.unasked,
        })),
        (_, error) => Err(Refused::ByIssuer(error.unwrap_or_default())),
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn with_query(address: &str, fields: &[(&str, &str)]) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{}", form(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
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

    fn attempt() -> Attempt {
        let mut bytes = [7; RANDOM_BYTES];
        bytes[RANDOM_BYTES / 2..].fill(9);
        Attempt::new(bytes, false)
    }

    #[test]
    fn a_challenge_is_as_the_rfc_has_it() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_reader_is_sent_with_a_challenge_and_never_with_the_verifier() {
        let (attempt, root) = (attempt(), "https://rollcall.example.gov/");
        // RFC 7636, 4.1: 43 to 128 characters.
        assert_eq!(attempt.verifier.len(), 43);
        let address = attempt.address(&config(), root);
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
    fn a_code_is_taken_with_the_state_that_was_sent_and_no_other() {
        let attempt = attempt();
        let (state, kept) = (&attempt.state, attempt.kept());
        let taken = back(&format!("?code=a%2Bb&state={state}"), &kept);
        let expected = Back {
            code: "a+b".into(),
            verifier: attempt.verifier.clone(),
            unasked: false,
        };
        assert_eq!(taken, Ok(Some(expected)));
        for (query, kept) in [
            ("?code=ab&state=other".to_owned(), kept.as_str()),
            ("?code=ab".to_owned(), &kept),
            ("?error=access_denied&state=other".to_owned(), &kept),
            (format!("?code=ab&state={state}"), ""),
            (format!("?code=ab&state={state}"), "out"),
            ("?code=ab&state=".to_owned(), ""),
        ] {
            assert_eq!(back(&query, kept), Err(Refused::NotAskedFor), "{query}");
        }
    }

    #[test]
    fn what_the_issuer_refuses_is_told_and_an_address_without_a_sign_in_is_none() {
        let (state, kept) = (attempt().state, attempt().kept());
        assert_eq!(
            back(&format!("?error=access_denied&state={state}"), &kept),
            Err(Refused::ByIssuer("access_denied".into()))
        );
        for query in ["", "?", "?codes=1&state=x"] {
            assert_eq!(back(query, ""), Ok(None), "{query}");
            assert_eq!(back(query, "out"), Ok(None), "{query}");
            // Whoever was sent and comes back so isn't sent again at once.
            assert_eq!(back(query, &kept), Err(Refused::NoAnswer), "{query}");
        }
    }

    #[test]
    fn a_sign_in_that_nobody_asked_for_is_known_as_such_when_it_is_back() {
        let attempt = Attempt {
            unasked: true,
            ..attempt()
        };
        let query = format!("?code=c&state={}", attempt.state);
        let expected = Back {
            code: "c".into(),
            verifier: attempt.verifier.clone(),
            unasked: true,
        };
        assert_eq!(back(&query, &attempt.kept()), Ok(Some(expected)));
    }

    #[test]
    fn a_code_a_refresh_token_and_a_way_out_are_written_as_forms() {
        let back = Back {
            code: "a+b".into(),
            verifier: "v".into(),
            unasked: false,
        };
        let root = "https://rollcall.example.gov/";
        assert_eq!(
            config().exchange(&back, root),
            "grant_type=authorization_code&client_id=page\
             &redirect_uri=https%3A%2F%2Frollcall.example.gov%2F&code=a%2Bb&code_verifier=v"
        );
        assert_eq!(
            config().renewal("r/1"),
            "grant_type=refresh_token&client_id=page&refresh_token=r%2F1"
        );
        assert_eq!(
            config().revocation("r"),
            "token=r&token_type_hint=refresh_token&client_id=page"
        );
        assert_eq!(
            config().way_out(root),
            "https://login.example.gov/logout?client_id=page\
             &logout_uri=https%3A%2F%2Frollcall.example.gov%2F"
        );
    }
}
