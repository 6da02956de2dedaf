//! Requests and responses for uploading a list in parts.

use serde::{Deserialize, Serialize};

use crate::list::{LineNumbers, Validation};
use crate::wire::ExecutionId;

/// Begins the upload of a list in parts, with the options for reading its lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateListRequest {
    /// Which numbers are valid.
    #[serde(default)]
    pub validation: Validation,
    /// Whether seven or eight digits are read as a number that lost its leading zeros.
    #[serde(default)]
    pub restore_leading_zeros: bool,
    /// The line of each row of all parts, encoded as in the start of an execution.
    ///
    /// Default: row _n_ is on line _n_ + 1. The number of lines is checked when an execution is started
    /// with the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2,1*998"))]
    pub lines: Option<LineNumbers>,
}

/// A new list, ready for its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListCreated {
    /// The id of the list, for `PUT /api/lists/{id}/{part}` and as `listId` of a start.
    pub id: ExecutionId,
}

/// A part that was read and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PartReceived {
    /// Number of rows in this part.
    pub rows: u64,
    /// Number of these rows that aren't a valid number.
    pub invalid: u64,
}
