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
    /// Statuses of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_codes: Option<Vec<u16>>,
    /// Errors of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ErrorKind>>,
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
                .is_none_or(|wanted| status_code.is_some_and(|code| wanted.contains(&code)))
            && self
                .errors
                .as_ref()
                .is_none_or(|wanted| error.is_some_and(|kind| wanted.contains(&kind)))
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
            status_codes: Some(vec![500, 503]),
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
}
