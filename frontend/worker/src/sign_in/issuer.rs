//! Asking the issuer for tokens, and what it says.

use gloo_net::http::{Request, RequestBuilder};
use serde::Deserialize;
use web_sys::{AbortSignal, RequestRedirect};

use super::TIMEOUT_MS;
use super::session::Tokens;

/// Errors by which an issuer says that it is ill, not that it refuses (RFC 6749, 4.1.2.1; some use
/// them here too).
const ILL: [&str; 2] = ["server_error", "temporarily_unavailable"];

/// Why the issuer gave no tokens.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum No {
    /// It refuses, for good; its word for why (RFC 6749, 5.2).
    Refused(String),
    /// It may give them later: it was not reached, it is throttled or ill, or something else answered
    /// in its place. The status, if there was an answer.
    NotNow(Option<u16>),
}

impl No {
    /// What happened, for whoever can't be signed in by it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Refused(why) => format!("Whoever signs you in gave this reason: {}.", word(why)),
            Self::NotNow(None) => "Whoever signs you in doesn't answer.".to_owned(),
            Self::NotNow(Some(status)) => {
                format!("Whoever signs you in answered with status {status}.")
            }
        }
    }
}

/// The issuer's word for why, which is of a fixed kind and shown only if it looks so.
fn word(why: &str) -> &str {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    match !why.is_empty() && why.len() <= 40 && why.bytes().all(is_word) {
        true => why,
        false => "no reason",
    }
}

/// Asks for tokens with this form. Nobody is followed elsewhere with it.
pub(super) async fn ask(endpoint: &str, form: String) -> Result<Tokens, No> {
    let signal = AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let call = Request::post(endpoint)
        .abort_signal(Some(&signal))
        .redirect(RequestRedirect::Error);
    let call = with_form(call, form).map_err(|_| No::NotNow(None))?;
    let answer = call.send().await.map_err(|_| No::NotNow(None))?;
    let body = answer.text().await.map_err(|_| No::NotNow(None))?;
    read(answer.status(), &body)
}

/// A call that brings a form.
pub(super) fn with_form(call: RequestBuilder, form: String) -> Result<Request, gloo_net::Error> {
    call.header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
}

/// What an answer says. A refusal says so in its status and in its body: with either alone something
/// on the way may have answered.
fn read(status: u16, body: &str) -> Result<Tokens, No> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match status {
        200..=299 => serde_json::from_str(body).map_err(|_| No::NotNow(Some(status))),
        400 | 401 => match serde_json::from_str::<Refusal>(body) {
            Ok(refusal) if !ILL.contains(&refusal.error.as_str()) => {
                Err(No::Refused(refusal.error))
            }
            _ => Err(No::NotNow(Some(status))),
        },
        _ => Err(No::NotNow(Some(status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_the_issuer_that_refuses_is_a_refusal() {
        let refusal = |error: &str| format!(r#"{{"error": "{error}", "error_description": "x"}}"#);
        let no = |status, body: &str| read(status, body).err();
        for (status, error) in [(400, "invalid_grant"), (401, "invalid_client")] {
            let refused = Some(No::Refused(error.to_owned()));
            assert_eq!(no(status, &refusal(error)), refused);
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
            assert_eq!(no(status, &body), Some(No::NotNow(Some(status))), "{body}");
        }
        assert!(read(200, r#"{"access_token": "a"}"#).is_ok());
    }

    #[test]
    fn the_issuers_word_is_shown_where_it_looks_like_one() {
        let words = |why: &str| No::Refused(why.to_owned()).words();
        assert!(words("access_denied").ends_with("this reason: access_denied."));
        for odd in ["", "Call 555-0100", "<b>", &"x".repeat(41)] {
            assert!(words(odd).ends_with("this reason: no reason."), "{odd}");
        }
    }
}
