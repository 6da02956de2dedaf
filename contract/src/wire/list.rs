//! Uploading a list in parts.

use serde::{Deserialize, Serialize};

use crate::list::Validation;
use crate::wire::ExecutionId;

/// Begins an upload of a list in parts: how its lines are to be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateListRequest {
    /// Whether numbers that SSA never issued are INVALID.
    #[serde(default)]
    pub validation: Validation,
    /// Whether seven or eight bare digits are a number whose zeros a spreadsheet ate.
    #[serde(default)]
    pub restore_leading_zeros: bool,
}

/// A list that takes parts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListCreated {
    /// Names the list in `PUT /api/lists/{id}/{part}` and as `listId`.
    pub id: ExecutionId,
}

/// One part was read and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PartReceived {
    /// Rows in this part.
    pub rows: u64,
    /// Of these, rows that are no SSN.
    pub invalid: u64,
}
