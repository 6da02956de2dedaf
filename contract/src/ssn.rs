//! A Social Security Number, kept secret by its type.

use std::fmt;

/// A number in the form of a Social Security Number: any nine digits.
///
/// The number is a secret, so the type has no `Deref`, no `Serialize` and no conversion to text.
/// `Debug` and `Display` show the last four digits only. [`Ssn::expose_digits`] is the only method
/// that returns the full number.
///
/// ```compile_fail
/// let ssn = contract::Ssn::from_digits(b"123456789").unwrap();
/// serde_json::to_string(&ssn); // doesn't compile: `Ssn` isn't `Serialize`
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ssn(u32);

impl Ssn {
    /// Creates a number from nine ASCII digits, or returns `None` if a byte isn't a digit.
    pub fn from_digits(digits: &[u8; 9]) -> Option<Self> {
        digits
            .iter()
            .try_fold(0u32, |number, byte| {
                byte.is_ascii_digit()
                    .then(|| number * 10 + u32::from(byte - b'0'))
            })
            .map(Self)
    }

    /// Returns all nine digits, in ASCII.
    ///
    /// The digits are a secret: the caller must keep them out of logs, errors, metrics and our own
    /// URLs.
    pub fn expose_digits(&self) -> [u8; 9] {
        let mut digits = [b'0'; 9];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }

    /// Returns a warning if the number can't be one that was issued as an SSN.
    ///
    /// The Social Security Administration (SSA) issues SSNs. The warning says why it never issued
    /// this one.
    ///
    /// Sources: SSA, "Social Security Number Randomization Frequently Asked Questions", for the
    /// areas, groups and serials that are never assigned; SSA, "Social Security Cards Issued by
    /// Woolworth" and the SSA pamphlet of 1940, for the two advertised numbers; IRS, Internal
    /// Revenue Manual 3.21.263, for the middle digits of an ITIN.
    pub fn warning(&self) -> Option<Warning> {
        let (area, group, serial) = (self.0 / 1_000_000, self.0 / 10_000 % 100, self.0 % 10_000);
        match (area, group, serial) {
            (78, 5, 1120) | (219, 9, 9999) => Some(Warning::Advertised),
            (900..=999, 50..=65 | 70..=88 | 90..=92 | 94..=99, _) => Some(Warning::LooksLikeItin),
            (0 | 666 | 900..=999, _, _) => Some(Warning::AreaNeverIssued),
            (_, 0, _) => Some(Warning::GroupNeverIssued),
            (_, _, 0) => Some(Warning::SerialNeverIssued),
            _ => None,
        }
    }
}

impl fmt::Display for Ssn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "***-**-{:04}", self.0 % 10_000)
    }
}

impl fmt::Debug for Ssn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ssn({self})")
    }
}

/// Why a number may be wrong although it has the right form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Warning {
    /// Area (the first three digits) 000, 666 or 900–999.
    AreaNeverIssued,
    /// Area 9xx with the middle digits of an Individual Taxpayer Identification Number (ITIN).
    LooksLikeItin,
    /// Group (the middle two digits) 00.
    GroupNeverIssued,
    /// Serial (the last four digits) 0000.
    SerialNeverIssued,
    /// A number that was printed in an advertisement: 078-05-1120 or 219-09-9999.
    Advertised,
    /// Leading zeros were restored, because the list was read with `restoreLeadingZeros`.
    ZerosRestored,
}

impl Warning {
    /// Returns the name in JSON and CSV, such as `AREA_NEVER_ISSUED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AreaNeverIssued => "AREA_NEVER_ISSUED",
            Self::LooksLikeItin => "LOOKS_LIKE_ITIN",
            Self::GroupNeverIssued => "GROUP_NEVER_ISSUED",
            Self::SerialNeverIssued => "SERIAL_NEVER_ISSUED",
            Self::Advertised => "ADVERTISED",
            Self::ZerosRestored => "ZEROS_RESTORED",
        }
    }

    /// Returns the warning as text for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::AreaNeverIssued => "never issued: no number begins with 000, 666 or 9",
            Self::LooksLikeItin => "looks like an ITIN, not an SSN",
            Self::GroupNeverIssued => "never issued: the middle two digits are 00",
            Self::SerialNeverIssued => "never issued: the last four digits are 0000",
            Self::Advertised => "known from an advertisement, nobody's number",
            Self::ZerosRestored => "leading zeros restored",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssn(digits: &str) -> Ssn {
        Ssn::from_digits(digits.as_bytes().try_into().unwrap()).unwrap()
    }

    #[test]
    fn expose_digits_returns_what_from_digits_took() {
        for digits in ["123456789", "000000000", "001020304", "999999999"] {
            assert_eq!(&ssn(digits).expose_digits(), digits.as_bytes());
        }
        assert!(Ssn::from_digits(b"12345678x").is_none());
    }

    #[test]
    fn debug_and_display_show_the_last_four_digits_only() {
        let number = ssn("123456789");
        assert_eq!(
            format!("{number} {number:?}"),
            "***-**-6789 Ssn(***-**-6789)"
        );
        assert_eq!(ssn("123450007").to_string(), "***-**-0007");
    }

    #[test]
    fn a_number_that_the_ssa_never_issued_has_a_warning() {
        for (digits, warning) in [
            ("123456789", None),
            ("000456789", Some(Warning::AreaNeverIssued)),
            ("666456789", Some(Warning::AreaNeverIssued)),
            ("900456789", Some(Warning::AreaNeverIssued)),
            ("999666789", Some(Warning::AreaNeverIssued)),
            ("900506789", Some(Warning::LooksLikeItin)),
            ("999946789", Some(Warning::LooksLikeItin)),
            ("900936789", Some(Warning::AreaNeverIssued)),
            ("123006789", Some(Warning::GroupNeverIssued)),
            ("123450000", Some(Warning::SerialNeverIssued)),
            ("078051120", Some(Warning::Advertised)),
            ("219099999", Some(Warning::Advertised)),
        ] {
            assert_eq!(ssn(digits).warning(), warning, "{digits}");
        }
    }

    #[test]
    fn as_str_returns_the_name_of_a_warning_in_json() {
        for warning in [
            Warning::AreaNeverIssued,
            Warning::LooksLikeItin,
            Warning::GroupNeverIssued,
            Warning::SerialNeverIssued,
            Warning::Advertised,
            Warning::ZerosRestored,
        ] {
            assert_eq!(serde_json::to_value(warning).unwrap(), warning.as_str());
        }
    }
}
