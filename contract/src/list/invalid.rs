//! Why a line is no SSN.

use serde::{Deserialize, Serialize};

/// Why a line is no SSN. A closed set; nothing of what was typed is kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvalidReason {
    /// Nothing stands there.
    Empty,
    /// Seven or eight bare digits: a spreadsheet may have eaten leading zeros.
    LeadingZerosLost,
    /// Fewer than nine digits.
    TooFewDigits,
    /// More than nine digits.
    TooManyDigits,
    /// No digit at all.
    NoDigits,
    /// Nine digits, but not as 123456789, 123-45-6789 or 123 45 6789.
    Separators,
    /// Something besides digits and separators.
    OtherCharacters,
    /// A number with a decimal point, such as 123456789.0, as a spreadsheet writes it.
    Decimal,
    /// Scientific notation, such as 1.23E+08: the spreadsheet has lost digits.
    ScientificNotation,
    /// Bytes that are neither UTF-8 nor UTF-16 with a byte order mark.
    Encoding,
    /// `validation: "issued"` and SSA never issued it: area 000, 666 or 900–999.
    AreaNeverIssued,
    /// `validation: "issued"` and it looks like an ITIN.
    LooksLikeItin,
    /// `validation: "issued"` and the group is 00.
    GroupNeverIssued,
    /// `validation: "issued"` and the serial is 0000.
    SerialNeverIssued,
    /// `validation: "issued"` and it is known from an advertisement.
    Advertised,
}

impl InvalidReason {
    /// Every reason; its place here is its code in an execution's `rows` file, so new ones go last.
    pub const ALL: [Self; 15] = [
        Self::Empty,
        Self::LeadingZerosLost,
        Self::TooFewDigits,
        Self::TooManyDigits,
        Self::NoDigits,
        Self::Separators,
        Self::OtherCharacters,
        Self::Decimal,
        Self::ScientificNotation,
        Self::Encoding,
        Self::AreaNeverIssued,
        Self::LooksLikeItin,
        Self::GroupNeverIssued,
        Self::SerialNeverIssued,
        Self::Advertised,
    ];

    /// The reason in plain words.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::LeadingZerosLost => "7 or 8 digits: leading zeros lost?",
            Self::TooFewDigits => "fewer than nine digits",
            Self::TooManyDigits => "more than nine digits",
            Self::NoDigits => "no digits",
            Self::Separators => "nine digits, but not as 123-45-6789",
            Self::OtherCharacters => "not only digits",
            Self::Decimal => "a decimal number, as a spreadsheet writes it",
            Self::ScientificNotation => "scientific notation: a spreadsheet has lost digits",
            Self::Encoding => "neither UTF-8 nor UTF-16 text",
            Self::AreaNeverIssued => "never issued: no number begins with 000, 666 or 9",
            Self::LooksLikeItin => "looks like an ITIN, not an SSN",
            Self::GroupNeverIssued => "never issued: the middle two digits are 00",
            Self::SerialNeverIssued => "never issued: the last four digits are 0000",
            Self::Advertised => "known from an advertisement, nobody's number",
        }
    }

    /// A value that has this reason and tells nothing of the one that was typed.
    pub fn placeholder(self) -> &'static str {
        match self {
            // Not an empty line, which would be no row.
            Self::Empty => "\"\"",
            Self::LeadingZerosLost => "00000000",
            Self::TooFewDigits => "0",
            Self::TooManyDigits => "0000000000",
            Self::NoDigits => "-",
            Self::Separators => "0-00000000",
            Self::OtherCharacters => "0x",
            Self::Decimal => "0.0",
            Self::ScientificNotation => "0E0",
            Self::Encoding => "\u{fffd}",
            Self::AreaNeverIssued => "000000000",
            Self::LooksLikeItin => "900700000",
            Self::GroupNeverIssued => "001000000",
            Self::SerialNeverIssued => "001010000",
            Self::Advertised => "078051120",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{ReadOptions, Validation, read_value};

    #[test]
    fn a_placeholder_is_read_as_its_reason() {
        let issued = ReadOptions {
            validation: Validation::Issued,
            ..ReadOptions::default()
        };
        for reason in InvalidReason::ALL {
            assert_eq!(read_value(reason.placeholder(), &issued), Err(reason));
        }
    }

    #[test]
    fn a_reason_keeps_its_code() {
        for (code, reason) in InvalidReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, code);
        }
    }
}
