//! What a list was understood as, for the one who brought it.

use contract::InvalidReason;
use contract::list::{Row, Source};

/// Lines named at once, so that a list of a million wrong lines doesn't freeze the page.
pub const SHOWN: usize = 500;
/// Characters of a wrong line that are shown.
const TYPED_CHARACTERS: usize = 40;

/// A line of the list as the preview shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line in the source, from 1.
    pub number: u64,
    /// The number, masked; or what was typed where that is none, and why.
    pub value: Result<String, (String, InvalidReason)>,
}

/// The first rows of the list.
pub fn preview(source: &Source, rows: usize) -> Vec<Line> {
    (0..source.list.rows.len().min(rows))
        .filter_map(|row| line(source, row))
        .collect()
}

/// The first rows that are no SSN.
pub fn invalid(source: &Source, rows: usize) -> Vec<Line> {
    let list = &source.list;
    let wrong = |row: &usize| matches!(list.rows[*row], Row::Invalid(_));
    (0..list.rows.len())
        .filter(wrong)
        .take(rows)
        .filter_map(|row| line(source, row))
        .collect()
}

fn line(source: &Source, row: usize) -> Option<Line> {
    let value = match *source.list.rows.get(row)? {
        Row::Item { index, .. } => {
            let ssn = source.list.items.get(index as usize)?;
            Ok(ssn.to_string().replace('*', "•"))
        }
        Row::Invalid(reason) => Err((shortened(source.typed(row)), reason)),
    };
    Some(Line {
        number: source.line(row).into(),
        value,
    })
}

fn shortened(typed: &str) -> String {
    if typed.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let mut characters = typed.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(TYPED_CHARACTERS).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// A name for the run after the file it came from; none where the name could hold a number.
pub fn label_for(file: &str) -> String {
    let digits = file.chars().filter(char::is_ascii_digit).count();
    match digits < 9 {
        true => file
            .chars()
            .take(contract::limits::MAX_LABEL_CHARS)
            .collect(),
        false => String::new(),
    }
}

/// Whether a text has more lines than are comfortable in a text field.
pub fn is_long(text: &str) -> bool {
    const LINES: usize = 2_000;
    // Lines end in LF, CRLF or CR; a few too many counted does no harm.
    text.bytes()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .nth(LINES)
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::list::{ReadOptions, read_source};

    fn source(text: &str) -> Source {
        read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
    }

    #[test]
    fn a_preview_masks_numbers_and_shows_what_was_typed_wrong() {
        let source = source("123-45-6789\n\nn/a\n");
        assert_eq!(
            preview(&source, 8),
            [
                Line {
                    number: 1,
                    value: Ok("•••-••-6789".into())
                },
                Line {
                    number: 3,
                    value: Err(("n/a".into(), InvalidReason::NoDigits))
                },
            ]
        );
        assert_eq!(preview(&source, 1).len(), 1);
    }

    #[test]
    fn an_empty_cell_is_called_so() {
        let wrong = invalid(&source("name,ssn\nAda,123-45-6789\nBob,\n"), SHOWN);
        assert_eq!(
            wrong[0].value,
            Err(("(empty)".into(), InvalidReason::Empty))
        );
    }

    #[test]
    fn wrong_lines_are_found_wherever_they_stand_and_cut_where_they_are_long() {
        let text = format!("123-45-6789\nx\n123-45-6780\n{}\n", "y".repeat(100));
        let wrong = invalid(&source(&text), SHOWN);
        assert_eq!(
            wrong.iter().map(|line| line.number).collect::<Vec<_>>(),
            [2, 4]
        );
        assert_eq!(
            wrong[1].value.clone().unwrap_err().0.chars().count(),
            TYPED_CHARACTERS + 1
        );
        assert_eq!(invalid(&source(&text), 1).len(), 1);
    }

    #[test]
    fn a_label_holds_no_number() {
        assert_eq!(label_for("staff-2026.csv"), "staff-2026.csv");
        assert_eq!(label_for("123-45-6789.txt"), "");
    }

    #[test]
    fn a_text_is_long_above_two_thousand_lines() {
        assert!(!is_long(&"1\n".repeat(2_000)));
        assert!(is_long(&"1\n".repeat(2_001)));
    }
}
