//! Defusing CSV cells, so that a spreadsheet doesn't run them as formulas.

use std::borrow::Cow;

/// Adds an apostrophe before each part of the cell that a spreadsheet would run as a formula.
///
/// A plain number such as `-5` or `+1.5e3` is unchanged.
///
/// A formula begins with `=`, `+`, `-`, `@`, the full-width form of one of these, a tab, a carriage
/// return or a line feed (OWASP, "CSV Injection"). Spaces before it are ignored, because some
/// spreadsheets remove them.
///
/// A spreadsheet may split the file at `;` or tab instead of the comma, even inside the quotes
/// around a cell. Therefore the text after each `;`, tab and line break is checked like the start
/// of a cell. A quote there may open a quoted cell, so quotes before a formula are ignored too.
pub(crate) fn defuse(cell: &str) -> Cow<'_, str> {
    let starts_with_formula = is_formula(cell, &[' ']);
    // `fold` has no early exit, unlike `any`, so the compiler can vectorize it.
    let or_separator = |found, byte: u8| found | matches!(byte, b';' | b'\t' | b'\r' | b'\n');
    if !cell.bytes().fold(false, or_separator) {
        return match starts_with_formula {
            true => Cow::Owned(format!("'{cell}")),
            false => Cow::Borrowed(cell),
        };
    }
    let mut defused = String::with_capacity(cell.len() + 2);
    if starts_with_formula {
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

/// Rewrites JSON that isn't a string so that no part of it runs. The JSON value stays the same.
pub(crate) fn defuse_json(json: &str) -> Cow<'_, str> {
    match defuse(json) {
        Cow::Borrowed(_) => Cow::Borrowed(json),
        // In JSON, a `;` is always inside a string, where it can be escaped. Tabs and line breaks
        // are always outside, where a space means the same.
        Cow::Owned(_) => Cow::Owned(
            json.replace(';', "\\u003b")
                .replace(['\t', '\r', '\n'], " "),
        ),
    }
}

/// Whether a spreadsheet may start a new cell after this character, even inside quotes.
fn is_separator(c: char) -> bool {
    matches!(c, ';' | '\t' | '\r' | '\n')
}

/// Whether a spreadsheet would run this text. Leading `ignored` characters don't count.
fn is_formula(text: &str, ignored: &[char]) -> bool {
    text.trim_start_matches(ignored).starts_with(begins_formula) && !is_number(text)
}

fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

/// Whether the cell is a plain number: digits, points and commas. Sign and exponent are optional.
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
            assert_eq!(defuse(cell), format!("'{cell}"), "{cell:?}");
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
            assert_eq!(defuse(cell), cell);
        }
    }

    #[test]
    fn formula_after_any_separator_gets_an_apostrophe() {
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
            assert_eq!(defuse(cell), expected);
        }
    }

    #[test]
    fn defuse_json_keeps_the_value() {
        for json in [
            r#"{"a":"x;=1+1;","b":[1,	-5]}"#,
            "[1,\n-5]",
            r#"["x;y"]"#,
            "-5",
        ] {
            let defused_cell = defuse_json(json);
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(read(&defused_cell), read(json));
            assert_eq!(defuse(&defused_cell), defused_cell);
        }
        assert_eq!(defuse_json(r#"["x;y"]"#), r#"["x;y"]"#);
    }

    /// Whether the text is a plain number, decided independently of `is_number`.
    fn is_plain_number(text: &str) -> bool {
        let text = text.trim_matches(' ').replace(['.', ','], "");
        text.parse::<f64>().is_ok() && text.chars().all(|c| "+-eE0123456789".contains(c))
    }

    proptest! {
        #[test]
        fn no_part_of_a_cell_is_a_formula_and_only_apostrophes_are_added(
            cell in "[ =+@\t\r\n;＝－0-9.,eE'a-]{0,8}|.*"
        ) {
            let defused_cell = defuse(&cell);
            for (index, part) in defused_cell.split([';', '\t', '\r', '\n']).enumerate() {
                let ignored: &[char] = if index == 0 { &[' '] } else { &[' ', '"'] };
                let begins = part.trim_start_matches(ignored).starts_with(begins_formula);
                prop_assert!(!begins || is_plain_number(part), "{:?} would run", part);
            }
            prop_assert!(!defused_cell.starts_with(['\t', '\r', '\n']));
            let mut original = cell.chars().peekable();
            for c in defused_cell.chars() {
                if original.next_if_eq(&c).is_none() {
                    prop_assert_eq!(c, '\'', "only apostrophes are added");
                }
            }
            prop_assert_eq!(original.next(), None);
            prop_assert_eq!(defuse(&defused_cell), defused_cell.as_ref());
        }
    }
}
