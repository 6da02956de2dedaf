//! CSV cells that a spreadsheet would run as a formula.

use std::borrow::Cow;

/// The cell with an apostrophe before anything that a spreadsheet would run as a formula.
///
/// A plain number such as `-5` or `+1.5e3` is unchanged.
///
/// Source: OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab, carriage return, line feed and the
/// full-width forms of the first four begin a formula. Leading spaces are skipped, since some
/// spreadsheets drop them. A spreadsheet may separate cells at `;` or tab instead of the comma, and
/// then knows only quotes at the beginning of a cell; so the same holds after each of these and after
/// a line break. Quotes around the whole cell would not help there.
pub fn defused(cell: &str) -> Cow<'_, str> {
    let in_front = is_formula(cell, &[' ']);
    // A fold without an early exit, since the compiler vectorizes that.
    let separates = |found, byte: u8| found | matches!(byte, b';' | b'\t' | b'\r' | b'\n');
    if !cell.bytes().fold(false, separates) {
        return match in_front {
            true => Cow::Owned(format!("'{cell}")),
            false => Cow::Borrowed(cell),
        };
    }
    let mut defused = String::with_capacity(cell.len() + 2);
    if in_front {
        defused.push('\'');
    }
    for (index, part) in cell.split_inclusive(is_separator).enumerate() {
        let text = part.strip_suffix(is_separator).unwrap_or(part);
        if index > 0 && is_formula(text, &[' ', '"']) {
            defused.push('\'');
        }
        defused.push_str(part);
    }
    match defused.len() == cell.len() {
        true => Cow::Borrowed(cell),
        false => Cow::Owned(defused),
    }
}

/// A JSON object, array, number or literal as a cell: the same JSON, with nothing that would run.
pub(crate) fn defused_json(json: &str) -> Cow<'_, str> {
    match defused(json) {
        Cow::Borrowed(_) => Cow::Borrowed(json),
        // A `;` is only inside strings, which may escape it; tabs and line breaks only outside.
        Cow::Owned(_) => Cow::Owned(
            json.replace(';', "\\u003b")
                .replace(['\t', '\r', '\n'], " "),
        ),
    }
}

/// Whether some spreadsheet ends a cell here, inside quotes too.
fn is_separator(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// Whether this text runs, once leading `skipped` characters are dropped.
fn is_formula(text: &str, skipped: &[char]) -> bool {
    text.trim_start_matches(skipped).starts_with(begins_formula) && !is_number(text)
}

fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

/// A sign, digits with points or commas between, perhaps an exponent: nothing in it can run.
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
    fn formula_gets_an_apostrophe() {
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
    fn other_cells_are_unchanged() {
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
    fn formula_after_another_separator_gets_one_too() {
        for (cell, expected) in [
            ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
            ("x\t=1", "x\t'=1"),
            ("a\r\n@b", "a\r\n'@b"),
            ("x; =1;y;-2+3", "x;' =1;y;'-2+3"),
            ("x;\"=1+1;", "x;'\"=1+1;"),
            ("=1;=2", "'=1;'=2"),
            ("\t=1", "'\t'=1"),
            ("a;b; -5;c=d", "a;b; -5;c=d"),
        ] {
            assert_eq!(defused(cell), expected);
        }
    }

    #[test]
    fn defused_json_is_the_same_json() {
        for json in [
            r#"{"a":"x;=1+1;","b":[1,	-5]}"#,
            "[1,\n-5]",
            r#"["x;y"]"#,
            "-5",
        ] {
            let defused_cell = defused_json(json);
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(read(&defused_cell), read(json));
            assert_eq!(defused(&defused_cell), defused_cell);
        }
        assert_eq!(defused_json(r#"["x;y"]"#), r#"["x;y"]"#);
    }

    /// A plain number, found in another way than above.
    fn is_plain_number(text: &str) -> bool {
        let text = text.trim_matches(' ').replace(['.', ','], "");
        text.parse::<f64>().is_ok() && text.chars().all(|c| "+-eE0123456789".contains(c))
    }

    proptest! {
        #[test]
        fn no_cell_runs_and_none_loses_anything(
            cell in "[ =+@\t\r\n;＝－0-9.,eE'a-]{0,8}|.*"
        ) {
            let defused_cell = defused(&cell);
            for (place, part) in defused_cell.split([';', '\t', '\r', '\n']).enumerate() {
                let skipped: &[char] = if place == 0 { &[' '] } else { &[' ', '"'] };
                let begins = part.trim_start_matches(skipped).starts_with(begins_formula);
                prop_assert!(!begins || is_plain_number(part), "{:?} would run", part);
            }
            prop_assert!(!defused_cell.starts_with(['\t', '\r', '\n']));
            let mut put = cell.chars().peekable();
            for c in defused_cell.chars() {
                if put.next_if_eq(&c).is_none() {
                    prop_assert_eq!(c, '\'', "only apostrophes are added");
                }
            }
            prop_assert_eq!(put.next(), None);
            prop_assert_eq!(defused(&defused_cell), defused_cell.as_ref());
        }
    }
}
