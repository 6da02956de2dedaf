//! One value: is it a number?

use serde::{Deserialize, Serialize};

use crate::list::InvalidReason;
use crate::{Ssn, Warning};

/// Which numbers are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Validation {
    /// Every nine digits; what SSA never issued gets a warning.
    #[default]
    Format,
    /// What SSA never issued is INVALID.
    Issued,
}

/// How a list is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Which numbers are taken.
    pub validation: Validation,
    /// Whether seven or eight bare digits are a number whose zeros a spreadsheet ate.
    pub restore_leading_zeros: bool,
}

/// A number as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub ssn: Ssn,
    /// Whether leading zeros were put back.
    pub restored: bool,
}
