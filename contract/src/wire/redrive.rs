//! Requests to fetch failed items again.

use serde::{Deserialize, Serialize};

use crate::wire::{ErrorKind, Outcome};

/// Selects the FAILED and NOT_TRIED items to fetch again; all of them by default.
///
/// An item is selected if it matches every field that is present. It matches a field if it equals
/// one of the field's values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedriveRequest {
    /// The outcome, FAILED or NOT_TRIED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// HTTP statuses of the last attempt; null selects items whose last attempt got no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_codes: Option<Vec<Option<u16>>>,
    /// Errors of the last attempt; null selects items without an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<Option<ErrorKind>>>,
}

impl RedriveRequest {
    /// Whether it selects an item with this outcome, status and error.
    pub fn selects(
        &self,
        outcome: Outcome,
        status_code: Option<u16>,
        error: Option<ErrorKind>,
    ) -> bool {
        matches!(outcome, Outcome::Failed | Outcome::NotTried)
            && self.outcome.is_none_or(|wanted| wanted == outcome)
            && self
                .status_codes
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&status_code))
            && self
                .errors
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&error))
    }

    /// Whether it selects definitive responses: 2xx, 404 or 410 without an error.
    ///
    /// No FAILED item has one. An item with such a status FAILED because its response was unusable,
    /// so it has an error.
    pub fn selects_definitive_responses(&self) -> bool {
        let is_definitive = |status: &Option<u16>| matches!(status, Some(200..=299 | 404 | 410));
        let has_only_errors = self
            .errors
            .as_ref()
            .is_some_and(|errors| errors.iter().all(Option::is_some));
        let codes = self.status_codes.as_deref().unwrap_or_default();
        codes.iter().any(is_definitive) && !has_only_errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_must_match_one_value_of_every_field() {
        let request = RedriveRequest {
            status_codes: Some(vec![Some(500), Some(503)]),
            errors: None,
            outcome: Some(Outcome::Failed),
        };
        assert!(request.selects(Outcome::Failed, Some(503), None));
        assert!(!request.selects(Outcome::Failed, Some(403), None));
        assert!(!request.selects(Outcome::NotTried, None, None));
        let all = RedriveRequest::default();
        assert!(
            all.selects(Outcome::NotTried, None, None)
                && all.selects(Outcome::Failed, None, Some(ErrorKind::TimedOut))
        );
        assert!(
            !all.selects(Outcome::Succeeded, Some(200), None)
                && !all.selects(Outcome::NotFound, Some(404), None)
        );
    }

    #[test]
    fn a_definitive_status_must_come_with_an_error() {
        let request = |errors| RedriveRequest {
            status_codes: Some(vec![Some(200)]),
            errors,
            outcome: None,
        };
        assert!(request(None).selects_definitive_responses());
        assert!(
            request(Some(vec![Some(ErrorKind::TimedOut), None])).selects_definitive_responses()
        );
        assert!(!request(Some(vec![Some(ErrorKind::TimedOut)])).selects_definitive_responses());
        assert!(!RedriveRequest::default().selects_definitive_responses());
    }
}
