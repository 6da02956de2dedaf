//! Parses JSON bodies, with errors that never repeat the body: it may contain SSNs.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::ApiError;

/// The JSON body of a request. A missing body is read as `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_json = content_type.is_some_and(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case("application/json")
        });
        let bytes = read_body(request, state).await?;
        if bytes.is_empty() {
            return parse(b"{}").map(Self);
        }
        if !is_json {
            return Err(ApiError::MediaType("JSON (application/json)"));
        }
        parse(&bytes).map(Self)
    }
}

/// Reads the body of a request, up to the router's limit.
pub(crate) async fn read_body<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(ref inner)
            if axum::response::IntoResponse::into_response(rejection).status() == http::StatusCode::PAYLOAD_TOO_LARGE =>
        {
            ApiError::TooLarge("one request has at most 250,000 lines; upload a longer list in parts (/api/lists)")
        }
        _ => ApiError::Invalid("the body ended early: send the request again".into()),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        describe(&field, error.inner())
    })?;
    json.end().map_err(|error| describe("", &error))?;
    Ok(value)
}

/// Converts an error of serde. The message has its place and what the type expects.
fn describe(field: &str, error: &serde_json::Error) -> ApiError {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => {}
        Category::Eof => return ApiError::NotJson(format!("it ends early, at {place}")),
        _ => return ApiError::NotJson(format!("at {place}")),
    }
    let message = error.to_string();
    // Only the name of a known field is safe to repeat: an unknown key may be an SSN.
    let is_known = field
        .chars()
        .all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '[' | ']') || c.is_ascii_digit())
        && field.starts_with(|c: char| c.is_ascii_lowercase());
    let place = if is_known && !message.starts_with("unknown field") {
        format!("{field}, at {place}")
    } else {
        place
    };
    // In serde's messages, the text after the last "expected" comes from our types. The text before
    // it may quote the body.
    let what = if message.starts_with("missing field") || message.starts_with("duplicate field") {
        message
            .split(" at line ")
            .next()
            .unwrap_or_default()
            .to_owned()
    } else if let Some((before, expected)) = message.rsplit_once("expected ") {
        let kind = [
            "unknown field",
            "unknown variant",
            "invalid type",
            "invalid value",
            "invalid length",
        ]
        .into_iter()
        .find(|kind| before.starts_with(kind))
        .unwrap_or("invalid");
        let expected = expected.split(" at line ").next().unwrap_or_default();
        format!("{kind}; expected {expected}")
    } else {
        "invalid".to_owned()
    };
    ApiError::Invalid(format!("the body is invalid ({place}): {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::StartRequest;

    fn refused(body: &str) -> String {
        parse::<StartRequest>(body.as_bytes())
            .expect_err(body)
            .to_string()
    }

    #[test]
    fn an_error_says_what_is_wrong_and_where() {
        assert!(refused("{\"ssnList\": [").contains("ends early, at line 1, column 13"));
        assert!(refused("nonsense").contains("not JSON: at line 1"));
        assert!(
            refused("{\"ssnList\": [\"1\", 2]}")
                .contains("ssnList[1], at line 1, column 19): invalid type; expected a string")
        );
        assert!(
            refused("{\"validation\": \"strict\"}")
                .contains("unknown variant; expected `format` or `issued`")
        );
        assert!(refused("{\"maxConcurrency\": -1}").contains("maxConcurrency"));
        assert!(refused("{} {}").contains("not JSON"));
    }

    #[test]
    fn an_error_repeats_nothing_of_the_body() {
        for body in [
            r#"{"123456789": 1}"#,
            r#"{"validation": "123456789"}"#,
            r#"{"validation": "x, expected 123456789 at line "}"#,
            r#"{"ssnList": "123456789"}"#,
            r#"{"ssnList": [123456789]}"#,
            r#"{"ssnList": {"123456789": 1}}"#,
            r#"{"listId": "123456789"}"#,
            r#"{"maxConcurrency": "123456789"}"#,
            r#"{"maxConcurrency": 123456789012}"#,
            r#"["123456789"]"#,
            r#""123456789""#,
        ] {
            let message = refused(body);
            assert!(!message.contains("123456789"), "{body}: {message}");
        }
    }
}
