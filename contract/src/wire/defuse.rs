//! Cells of a CSV that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// The cell so that a spreadsheet shows it and doesn't run it: where it would be taken for a
/// formula, an apostrophe stands in front. A plain number, such as `-5` or `+1.5e3`, stays.
///
/// Source: OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab, carriage return, line feed and the
/// full-width forms of the first four begin a formula. Spaces in front are looked past, since some
/// spreadsheets drop them.
pub fn defused(cell: &str) -> Cow<'_, str> {
    let is_harmless = !cell.trim_start_matches(' ').starts_with(begins_formula);
    if is_harmless || is_number(cell) {
        Cow::Borrowed(cell)
    } else {
        Cow::Owned(format!("'{cell}"))
    }
}

fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

/// A sign, digits parted by points or commas, perhaps an exponent: there is nothing in it to run.
fn is_number(cell: &str) -> bool {
    let cell = cell.trim_matches(' ');
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            (mantissa, Some(digits))
        }
        None => (unsigned, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_digits(&mantissa.replace(['.', ','], "")) && exponent.is_none_or(is_digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_run_gets_an_apostrophe() {
        for cell in [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+1+1",
            "-2+3",
            "-",
            "@SUM(A1:A9)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠x",
            "  =1+1",
            "-5x",
            "+1e",
            "-1e5-1",
            "+,",
            "-1-1",
        ] {
            assert_eq!(defused(cell), format!("'{cell}"), "{cell:?}");
        }
    }

    #[test]
    fn what_would_not_run_stays() {
        for cell in [
            "",
            "Ada",
            "123-45-6789",
            "***-**-6789",
            "a=b",
            "x@example.com",
            "'=1",
            "{\"a\":\"=1\"}",
            "-5",
            "+1.5e3",
            "-1,234.50",
            "-5,50",
            "+15551234567",
            "-1E-7",
            " -5 ",
        ] {
            assert_eq!(defused(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula_and_none_loses_anything(
            cell in "[ =+@\t\r\n＝－0-9.,eE'a-]{0,8}|.*"
        ) {
            let told = defused(&cell);
            let begins = told.trim_start_matches(' ').starts_with(begins_formula);
            prop_assert!(!begins || told.trim().parse::<f64>().is_ok() || told.contains([',', '.']));
            prop_assert!(told == cell || told.strip_prefix('\'') == Some(cell.as_str()));
            prop_assert_eq!(defused(&told), told.as_ref());
            // Letters but an exponent's, and operators behind the sign, are in no number.
            if begins {
                prop_assert!(!told.trim_start_matches([' ', '+', '-']).contains(['=', '@', '(', '|', 'a']));
            }
        }
    }
}
