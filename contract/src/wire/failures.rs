//! What FAILED, in groups that can be asked again.

use serde::{Deserialize, Serialize};

use crate::wire::{ErrorKind, Outcome, RedriveRequest};

/// Items that FAILED in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FailureGroup {
    /// The status of the last attempt; null where it brought none.
    pub status_code: Option<u16>,
    /// Why there is no usable answer; null where the status says it.
    pub error: Option<ErrorKind>,
    /// How many; a number that stands in two lines counts once.
    pub items: u64,
}

impl FailureGroup {
    /// Asks just this group again.
    pub fn redrive_request(&self) -> RedriveRequest {
        RedriveRequest {
            outcome: Some(Outcome::Failed),
            status_codes: Some(vec![self.status_code]),
            errors: Some(vec![self.error]),
        }
    }
}

/// What FAILED so far, the largest group first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// Every group once. Of equal ones that with the lower status is first.
    pub groups: Vec<FailureGroup>,
    /// Whether all that FAILED is in there; false where looking ended at its time limit.
    pub complete: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_s_redrive_selects_that_group_and_no_other() {
        let group = |status_code, error| FailureGroup {
            status_code,
            error,
            items: 1,
        };
        let groups = [
            group(Some(503), None),
            group(Some(503), Some(ErrorKind::BodyTooLarge)),
            group(Some(200), Some(ErrorKind::BodyTooLarge)),
            group(None, Some(ErrorKind::TimedOut)),
            group(Some(200), Some(ErrorKind::TimedOut)),
        ];
        for one in groups {
            for other in groups {
                let selects =
                    one.redrive_request()
                        .selects(Outcome::Failed, other.status_code, other.error);
                assert_eq!(selects, one == other, "{one:?} {other:?}");
            }
            assert!(!one.redrive_request().selects(Outcome::NotTried, None, None));
        }
    }

    #[test]
    fn a_group_is_told_as_the_api_tells_it() {
        let failures = Failures {
            groups: vec![FailureGroup {
                status_code: Some(503),
                error: None,
                items: 120,
            }],
            complete: true,
        };
        assert_eq!(
            serde_json::to_string(&failures).unwrap(),
            r#"{"groups":[{"statusCode":503,"error":null,"items":120}],"complete":true}"#
        );
    }
}
