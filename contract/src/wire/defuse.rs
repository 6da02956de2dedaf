//! Cells of a CSV that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// The cell so that a spreadsheet shows it and doesn't run it: where it would be taken for a
/// formula, an apostrophe stands in front. A plain number, such as `-5` or `+1.5e3`, stays.
///
/// Source: OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab, carriage return, line feed and the
/// full-width forms of the first four begin a formula. Spaces in front are looked past, since some
/// spreadsheets drop them. A spreadsheet may part cells at `;` or a tab rather than at commas, and
/// sees no quotes but those with which a cell begins, so behind these and behind a line break the
/// same holds: quotes around the cell would not help there.
pub fn defused(cell: &str) -> Cow<'_, str> {
    let in_front = is_dangerous(cell, &[' ']);
    // All of it, without an early end, is what a compiler makes fast.
    let parts = |found, byte: u8| found | matches!(byte, b';' | b'\t' | b'\r' | b'\n');
    if !cell.bytes().fold(false, parts) {
        return match in_front {
            true => Cow::Owned(format!("'{cell}")),
            false => Cow::Borrowed(cell),
        };
    }
    let mut told = String::with_capacity(cell.len() + 2);
    if in_front {
        told.push('\'');
    }
    for (place, part) in cell.split_inclusive(parts_cells).enumerate() {
        let text = part.strip_suffix(parts_cells).unwrap_or(part);
        if place > 0 && is_dangerous(text, &[' ', '"']) {
            told.push('\'');
        }
        told.push_str(part);
    }
    match told.len() == cell.len() {
        true => Cow::Borrowed(cell),
        false => Cow::Owned(told),
    }
}

/// JSON that is no text, as a cell: it stays the same JSON, of which nothing runs.
pub(super) fn defused_json(json: &str) -> Cow<'_, str> {
    match defused(json) {
        Cow::Borrowed(_) => Cow::Borrowed(json),
        // A `;` is in texts only, where it has an escape; tabs and line breaks are in none.
        Cow::Owned(_) => Cow::Owned(
            json.replace(';', "\\u003b")
                .replace(['\t', '\r', '\n'], " "),
        ),
    }
}

/// Where some spreadsheet ends a cell, whatever stands around it.
fn parts_cells(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

fn is_dangerous(text: &str, looked_past: &[char]) -> bool {
    text.trim_start_matches(looked_past)
        .starts_with(begins_formula)
        && !is_number(text)
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
            "\t1",
            "\r1",
            "\n1",
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

    #[test]
    fn what_would_run_where_cells_are_parted_otherwise_gets_one_too() {
        for (cell, told) in [
            ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
            ("x\t=1", "x\t'=1"),
            ("a\r\n@b", "a\r\n'@b"),
            ("x; =1;y;-2+3", "x;' =1;y;'-2+3"),
            ("x;\"=1+1;", "x;'\"=1+1;"),
            ("=1;=2", "'=1;'=2"),
            ("\t=1", "'\t'=1"),
            ("a;b; -5;c=d", "a;b; -5;c=d"),
        ] {
            assert_eq!(defused(cell), told);
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        for json in [
            r#"{"a":"x;=1+1;","b":[1,	-5]}"#,
            "[1,\n-5]",
            r#"["x;y"]"#,
            "-5",
        ] {
            let told = defused_json(json);
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(read(&told), read(json));
            assert_eq!(defused(&told), told);
        }
        assert_eq!(defused_json(r#"["x;y"]"#), r#"["x;y"]"#);
    }

    /// A plain number, told otherwise than above.
    fn is_plain_number(text: &str) -> bool {
        let text = text.trim_matches(' ').replace(['.', ','], "");
        text.parse::<f64>().is_ok() && text.chars().all(|c| "+-eE0123456789".contains(c))
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula_and_none_loses_anything(
            cell in "[ =+@\t\r\n;＝－0-9.,eE'a-]{0,8}|.*"
        ) {
            let told = defused(&cell);
            for (place, part) in told.split([';', '\t', '\r', '\n']).enumerate() {
                let looked_past: &[char] = if place == 0 { &[' '] } else { &[' ', '"'] };
                let begins = part.trim_start_matches(looked_past).starts_with(begins_formula);
                prop_assert!(!begins || is_plain_number(part), "{:?} would run", part);
            }
            prop_assert!(!told.starts_with(['\t', '\r', '\n']));
            let mut put = cell.chars().peekable();
            for c in told.chars() {
                if put.next_if_eq(&c).is_none() {
                    prop_assert_eq!(c, '\'', "only apostrophes are added");
                }
            }
            prop_assert_eq!(put.next(), None);
            prop_assert_eq!(defused(&told), told.as_ref());
        }
    }
}
