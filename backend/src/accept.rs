//! The format that a request's `Accept` header prefers.

use axum::http::{HeaderMap, header};
use export::Format;

use crate::ApiError;

/// Returns the format that the `Accept` header prefers, or JSON if there is no header.
///
/// # Errors
///
/// Returns [`ApiError::NotAcceptable`] if the header accepts no format.
pub(crate) fn format(headers: &HeaderMap) -> Result<Format, ApiError> {
    let Some(accept) = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(Format::Json);
    };
    let mut best: Option<(f32, Format)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let format = match media_type.as_str() {
            "*/*" | "application/*" | "application/json" => Format::Json,
            "application/x-ndjson" | "application/ndjson" => Format::Ndjson,
            "text/*" | "text/csv" => Format::Csv,
            _ => continue,
        };
        let weight = parts
            .find_map(|part| part.strip_prefix("q=")?.trim().parse().ok())
            .unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, format));
        }
    }
    best.map(|(_, format)| format)
        .ok_or(ApiError::NotAcceptable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_type_with_the_highest_weight_wins() {
        let of = |accept: &str| {
            format(
                &[(header::ACCEPT, accept.parse().unwrap())]
                    .into_iter()
                    .collect(),
            )
            .ok()
        };
        assert_eq!(of("*/*"), Some(Format::Json));
        assert_eq!(of("text/csv"), Some(Format::Csv));
        assert_eq!(of("application/x-ndjson, */*;q=0.1"), Some(Format::Ndjson));
        assert_eq!(of("text/csv;q=0.5, application/json"), Some(Format::Json));
        assert_eq!(
            of("text/html,application/xhtml+xml,*/*;q=0.8"),
            Some(Format::Json)
        );
        assert_eq!(of("image/png"), None);
        assert_eq!(of("text/csv;q=0"), None);
        assert_eq!(format(&HeaderMap::new()).ok(), Some(Format::Json));
    }
}
