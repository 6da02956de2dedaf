//! Asking again.

use serde::{Deserialize, Serialize};

use crate::wire::{ErrorKind, Outcome};

/// Asks again what FAILED or was NOT_TRIED, or of that only what matches: any value within a
/// field, every field that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedriveRequest {
    /// FAILED or NOT_TRIED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Statuses of the last attempt; null among them is an attempt that brought none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_codes: Option<Vec<Option<u16>>>,
    /// Errors of the last attempt; null among them is an attempt whose status says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<Option<ErrorKind>>>,
}

impl RedriveRequest {
    /// Whether an item that stands so is asked again.
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

    /// Whether it names an answer: a status that needs no second asking, without an error that
    /// made it unusable.
    pub fn names_definitive_status(&self) -> bool {
        let is_answer = |status: &Option<u16>| matches!(status, Some(200..=299 | 404 | 410));
        let with_an_error = self
            .errors
            .as_ref()
            .is_some_and(|errors| errors.iter().all(Option::is_some));
        let codes = self.status_codes.as_deref().unwrap_or_default();
        codes.iter().any(is_answer) && !with_an_error
    }

    /// Whether every FAILED and NOT_TRIED item is meant.
    pub fn selects_all(&self) -> bool {
        self.outcome.is_none() && self.status_codes.is_none() && self.errors.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_or_within_a_field_and_and_across() {
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
    fn a_status_of_an_answer_goes_with_an_error_only() {
        let request = |errors| RedriveRequest {
            status_codes: Some(vec![Some(200)]),
            errors,
            outcome: None,
        };
        assert!(request(None).names_definitive_status());
        assert!(request(Some(vec![Some(ErrorKind::TimedOut), None])).names_definitive_status());
        assert!(!request(Some(vec![Some(ErrorKind::TimedOut)])).names_definitive_status());
        assert!(!RedriveRequest::default().names_definitive_status());
    }
}
