//! Which type of answer a caller takes.

use axum::http::{HeaderMap, header};

use crate::ApiError;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Ndjson,
    Csv,
}

impl Format {
    /// The format that the Accept header prefers; JSON where it doesn't say.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(accept) = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
        else {
            return Ok(Self::Json);
        };
        let mut best: Option<(f32, Self)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let format = match parts
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                "*/*" | "application/*" | "application/json" => Self::Json,
                "application/x-ndjson" | "application/ndjson" => Self::Ndjson,
                "text/*" | "text/csv" => Self::Csv,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_type_wins_and_none_is_refused() {
        let of = |accept: &str| {
            Format::of(
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
        assert_eq!(Format::of(&HeaderMap::new()).ok(), Some(Format::Json));
    }
}
