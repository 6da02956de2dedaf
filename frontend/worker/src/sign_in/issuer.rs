//! Requests tokens from the issuer.

use gloo_net::http::{Request, RequestBuilder};
use serde::Deserialize;
use web_sys::{AbortSignal, RequestRedirect};

/// The time limit of a sign-in request, in milliseconds. The API's calls and the sign-out wait for it.
pub(super) const TIMEOUT_MS: u32 = 15_000;
/// Error codes of an issuer that is temporarily unavailable (RFC 6749, 4.1.2.1).
///
/// Some issuers use them at the token endpoint too.
const TEMPORARY_ERRORS: [&str; 2] = ["server_error", "temporarily_unavailable"];

/// The issuer's response (RFC 6749, 5.1). Without `Debug`, so that no token is ever printed.
#[derive(Deserialize)]
pub(super) struct Tokens {
    /// Authorizes the API's calls.
    pub(super) access_token: String,
    /// Seconds for which the access token is valid.
    pub(super) expires_in: Option<f64>,
    /// Requests the next access token.
    pub(super) refresh_token: Option<String>,
    /// The claims about the person who signed in.
    pub(super) id_token: Option<String>,
}

/// Why the issuer gave no tokens.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum TokenError {
    /// The issuer refused, and a retry won't help. Its error code (RFC 6749, 5.2).
    Refused(String),
    /// A retry may help. Holds the status of the response, if there was one.
    ///
    /// There was no response, it wasn't the issuer's, or the issuer is throttling or unavailable.
    Unavailable(Option<u16>),
}

impl TokenError {
    /// What happened, as a sentence for people.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Refused(code) if is_error_code(code) => {
                format!("The sign-in service gave this reason: {code}.")
            }
            Self::Refused(_) => "The sign-in service gave no reason.".to_owned(),
            Self::Unavailable(None) => "The sign-in service doesn't answer.".to_owned(),
            Self::Unavailable(Some(status)) => {
                format!("The sign-in service answered with status {status}.")
            }
        }
    }
}

/// Whether a text from outside looks like an error code. Only then is it shown to people.
fn is_error_code(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    !text.is_empty() && text.len() <= 40 && text.bytes().all(is_allowed)
}

/// Requests tokens with this form. Follows no redirect, since the form holds secrets.
pub(super) async fn request_tokens(endpoint: &str, form: String) -> Result<Tokens, TokenError> {
    let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let call = Request::post(endpoint)
        .abort_signal(Some(&signal))
        .redirect(RequestRedirect::Error);
    let call = with_form(call, form).map_err(|_| TokenError::Unavailable(None))?;
    let response = call
        .send()
        .await
        .map_err(|_| TokenError::Unavailable(None))?;
    let body = response
        .text()
        .await
        .map_err(|_| TokenError::Unavailable(None))?;
    parse(response.status(), &body)
}

/// Adds a form to a request.
pub(super) fn with_form(call: RequestBuilder, form: String) -> Result<Request, gloo_net::Error> {
    call.header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
}

/// Parses the issuer's response. A refusal needs both its status and its body: with only one of them
/// the response may be from a proxy.
fn parse(status: u16, body: &str) -> Result<Tokens, TokenError> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match status {
        200..=299 => serde_json::from_str(body).map_err(|_| TokenError::Unavailable(Some(status))),
        400 | 401 => match serde_json::from_str::<Refusal>(body) {
            Ok(refusal) if !TEMPORARY_ERRORS.contains(&refusal.error.as_str()) => {
                Err(TokenError::Refused(refusal.error))
            }
            _ => Err(TokenError::Unavailable(Some(status))),
        },
        _ => Err(TokenError::Unavailable(Some(status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_needs_its_status_and_its_body() {
        let refusal = |error: &str| format!(r#"{{"error": "{error}", "error_description": "x"}}"#);
        let error_of = |status, body: &str| parse(status, body).err();
        for (status, error) in [(400, "invalid_grant"), (401, "invalid_client")] {
            let refused = Some(TokenError::Refused(error.to_owned()));
            assert_eq!(error_of(status, &refusal(error)), refused);
        }
        for (status, body) in [
            (400, refusal("temporarily_unavailable")),
            (400, "<html>Bad Request</html>".to_owned()),
            (401, r#"{"message": "Unauthorized"}"#.to_owned()),
            (403, refusal("invalid_grant")),
            (429, refusal("invalid_grant")),
            (500, refusal("server_error")),
            (503, String::new()),
            (200, "<html>Sign in to this network</html>".to_owned()),
            (200, r#"{"token_type": "Bearer"}"#.to_owned()),
        ] {
            assert_eq!(
                error_of(status, &body),
                Some(TokenError::Unavailable(Some(status))),
                "{body}"
            );
        }
        assert!(parse(200, r#"{"access_token": "a"}"#).is_ok());
    }

    #[test]
    fn an_error_code_is_shown_only_if_it_looks_like_one() {
        let message = |code: &str| TokenError::Refused(code.to_owned()).message();
        assert!(message("access_denied").ends_with("this reason: access_denied."));
        for odd in ["", "Call 555-0100", "<b>", &"x".repeat(41)] {
            assert_eq!(message(odd), "The sign-in service gave no reason.");
        }
    }
}
