//! The reasons for which a line isn't a valid SSN.

use serde::{Deserialize, Serialize};

/// Why a line isn't a valid SSN. It holds nothing of the line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvalidReason {
    /// The value is empty.
    Empty,
    /// Seven or eight digits: a spreadsheet may have removed the leading zeros.
    LeadingZerosLost,
    /// Fewer than nine digits.
    TooFewDigits,
    /// More than nine digits.
    TooManyDigits,
    /// No digits.
    NoDigits,
    /// Nine digits, but not in the form 123456789, 123-45-6789 or 123 45 6789.
    Separators,
    /// Characters other than digits and separators.
    OtherCharacters,
    /// A number with a fraction, such as 1234567.89.
    Decimal,
    /// Scientific notation, such as 1.23E+08, in which a spreadsheet loses digits.
    ScientificNotation,
    /// Bytes of a damaged text, or NUL characters.
    Encoding,
    /// With `validation: "issued"`: the area is 000, 666 or 900–999, which the SSA never issued.
    AreaNeverIssued,
    /// With `validation: "issued"`: it looks like an ITIN.
    LooksLikeItin,
    /// With `validation: "issued"`: the group is 00.
    GroupNeverIssued,
    /// With `validation: "issued"`: the serial is 0000.
    SerialNeverIssued,
    /// With `validation: "issued"`: an advertisement made the number known.
    Advertised,
    /// A line before the header of a table, such as the title of a report.
    Preamble,
    /// The header of the table again.
    RepeatedHeader,
    /// A total, header or trailer record, whose digits are a count or a sum.
    ControlRecord,
    /// A record with more or fewer fields than the others, or with values that are in other columns
    /// elsewhere, so that its number may be that of another column.
    Shifted,
    /// A line of a list whose lines have several numbers, which may be the columns of a table.
    SeveralNumbers,
}

impl InvalidReason {
    /// All reasons.
    ///
    /// A reason's index is its code in an execution's `rows` file, so new reasons go last.
    pub const ALL: [Self; 20] = [
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
        Self::Preamble,
        Self::RepeatedHeader,
        Self::ControlRecord,
        Self::Shifted,
        Self::SeveralNumbers,
    ];

    /// Returns the name in JSON and CSV, such as `NO_DIGITS`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::LeadingZerosLost => "LEADING_ZEROS_LOST",
            Self::TooFewDigits => "TOO_FEW_DIGITS",
            Self::TooManyDigits => "TOO_MANY_DIGITS",
            Self::NoDigits => "NO_DIGITS",
            Self::Separators => "SEPARATORS",
            Self::OtherCharacters => "OTHER_CHARACTERS",
            Self::Decimal => "DECIMAL",
            Self::ScientificNotation => "SCIENTIFIC_NOTATION",
            Self::Encoding => "ENCODING",
            Self::AreaNeverIssued => "AREA_NEVER_ISSUED",
            Self::LooksLikeItin => "LOOKS_LIKE_ITIN",
            Self::GroupNeverIssued => "GROUP_NEVER_ISSUED",
            Self::SerialNeverIssued => "SERIAL_NEVER_ISSUED",
            Self::Advertised => "ADVERTISED",
            Self::Preamble => "PREAMBLE",
            Self::RepeatedHeader => "REPEATED_HEADER",
            Self::ControlRecord => "CONTROL_RECORD",
            Self::Shifted => "SHIFTED",
            Self::SeveralNumbers => "SEVERAL_NUMBERS",
        }
    }

    /// Returns the reason as text for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::LeadingZerosLost => "7 or 8 digits: leading zeros lost?",
            Self::TooFewDigits => "fewer than nine digits",
            Self::TooManyDigits => "more than nine digits",
            Self::NoDigits => "no digits",
            Self::Separators => "nine digits, but not as 123-45-6789",
            Self::OtherCharacters => "not only digits",
            Self::Decimal => "a decimal number",
            Self::ScientificNotation => "scientific notation: a spreadsheet has lost digits",
            Self::Encoding => "damaged text, or text in an unknown encoding",
            Self::AreaNeverIssued => "never issued: no number begins with 000, 666 or 9",
            Self::LooksLikeItin => "looks like an ITIN, not an SSN",
            Self::GroupNeverIssued => "never issued: the middle two digits are 00",
            Self::SerialNeverIssued => "never issued: the last four digits are 0000",
            Self::Advertised => "known from an advertisement, nobody's number",
            Self::Preamble => "before the header of the table",
            Self::RepeatedHeader => "the header again",
            Self::ControlRecord => "a total, header or trailer record",
            Self::Shifted => "the record doesn't fit the columns",
            Self::SeveralNumbers => "among lines with several numbers: write one number per line",
        }
    }

    /// Returns a value that is invalid for this reason, to send instead of the line itself.
    pub fn placeholder(self) -> &'static str {
        match self {
            // An empty line would not be a row.
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
            // No value shows these reasons by itself, so their placeholders are names.
            Self::Preamble => "#preamble",
            Self::RepeatedHeader => "#header",
            Self::ControlRecord => "#control",
            Self::Shifted => "#shifted",
            Self::SeveralNumbers => "#several",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_keeps_its_code() {
        for (code, reason) in InvalidReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, code);
        }
    }
}
