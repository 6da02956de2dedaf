//! Failed items, grouped by status and error.

use serde::{Deserialize, Serialize};

use crate::wire::{ErrorKind, Outcome, RedriveRequest};

/// The FAILED items that share a status and an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FailureGroup {
    /// HTTP status of the last attempt; null if it got no response.
    pub status_code: Option<u16>,
    /// Why the last attempt got no usable response; null if the status explains the failure.
    pub error: Option<ErrorKind>,
    /// Number of items. A number that occurs in several rows counts once.
    pub items: u64,
}

impl FailureGroup {
    /// Returns the request that redrives this group only.
    pub fn redrive_request(&self) -> RedriveRequest {
        RedriveRequest {
            outcome: Some(Outcome::Failed),
            status_codes: Some(vec![self.status_code]),
            errors: Some(vec![self.error]),
        }
    }
}

/// The items that have FAILED so far, in groups, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// The groups. Of two equally large ones, the one with the lower status comes first.
    pub groups: Vec<FailureGroup>,
    /// Whether the groups cover all FAILED items; false if the scan reached its time limit.
    pub complete: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_request_selects_its_own_group_only() {
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
    fn failures_have_the_documented_json() {
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
