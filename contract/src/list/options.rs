//! Options for reading a list, which are sent to a server with the list.

use serde::{Deserialize, Serialize};

/// Which numbers are valid.
///
/// `format` accepts any nine digits. `issued` accepts only numbers that the Social Security
/// Administration may have issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Validation {
    /// Any nine digits. Numbers that were never issued have a warning.
    #[default]
    Format,
    /// Only numbers that may have been issued. Others are INVALID.
    Issued,
}

/// Options for reading a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Which numbers are valid.
    pub validation: Validation,
    /// Whether seven or eight digits are read as a number that lost its leading zeros.
    pub restore_leading_zeros: bool,
}
