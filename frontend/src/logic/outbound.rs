//! What of a list is sent: its numbers and, for a line that is none, a stand-in of the same kind.
//! So the server finds the same rows, and nothing that was typed by mistake leaves the browser.

use contract::InvalidReason;
use contract::list::{List, Row};

/// The values of the list, row for row.
pub fn values(list: &List) -> impl Iterator<Item = String> {
    list.rows.iter().map(|row| value(list, *row))
}

/// The list as parts of whole lines, each of at most this many bytes.
pub fn parts(list: &List, bytes: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for row in &list.rows {
        let mut line = value(list, *row);
        if line.is_empty() {
            // In a text a blank line is no row; quotes around nothing are an empty value.
            line.push_str("\"\"");
        }
        line.push('\n');
        if part.len() + line.len() > bytes && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        part.push_str(&line);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn value(list: &List, row: Row) -> String {
    match row {
        Row::Invalid(reason) => stand_in(reason).to_owned(),
        Row::Item { index, restored } => {
            let Some(ssn) = list.items.get(index as usize) else {
                return String::new();
            };
            let digits = ssn.expose_digits();
            // A number whose zero was lost goes out without it, so that the server warns of it too.
            let digits = if restored { &digits[1..] } else { &digits[..] };
            digits.iter().map(|digit| char::from(*digit)).collect()
        }
    }
}

/// A value that is INVALID for this reason, and nobody's number.
fn stand_in(reason: InvalidReason) -> &'static str {
    match reason {
        InvalidReason::Empty => "",
        InvalidReason::LeadingZerosLost => "0000000",
        InvalidReason::TooFewDigits => "0",
        InvalidReason::TooManyDigits => "0000000000",
        InvalidReason::NoDigits => "x",
        InvalidReason::Separators => "000-000-000",
        InvalidReason::OtherCharacters => "0x",
        InvalidReason::Decimal => "0.0",
        InvalidReason::ScientificNotation => "0E0",
        InvalidReason::Encoding => "\u{fffd}",
        InvalidReason::AreaNeverIssued => "000000000",
        InvalidReason::LooksLikeItin => "900700000",
        InvalidReason::GroupNeverIssued => "001000001",
        InvalidReason::SerialNeverIssued => "001010000",
        InvalidReason::Advertised => "078051120",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::list::{ReadOptions, Validation, read_lines, read_source, read_value};

    const STRICT: ReadOptions = ReadOptions {
        validation: Validation::Issued,
        restore_leading_zeros: false,
    };

    #[test]
    fn every_stand_in_is_invalid_for_its_reason() {
        for reason in InvalidReason::ALL {
            assert_eq!(read_value(stand_in(reason), &STRICT), Err(reason));
        }
    }

    #[test]
    fn the_server_finds_the_same_rows_and_nothing_that_was_typed_by_mistake() {
        let typed =
            "123-45-6789\nJane Doe\n12345678\n123 45 6789\n\"\"\n987-65\n001-02-0304\n1234567\n";
        for restore_leading_zeros in [false, true] {
            let options = ReadOptions {
                restore_leading_zeros,
                ..Default::default()
            };
            let list = read_source(typed.as_bytes(), &options, None).unwrap().list;
            let sent: Vec<_> = values(&list).collect();
            assert!(!sent.iter().any(|value| value.contains("Jane")));
            let read: List = sent
                .iter()
                .map(|value| read_value(value, &options))
                .collect();
            assert_eq!(read, list);
            let text = parts(&list, 4_000_000).concat();
            let read: List = read_lines(text.as_bytes(), &options).collect();
            assert_eq!(read, list);
        }
    }

    #[test]
    fn parts_are_whole_lines_below_the_limit() {
        let typed: String = (0..100)
            .map(|n| format!("{:09}\n", n + 1_010_001))
            .collect();
        let list = read_source(typed.as_bytes(), &ReadOptions::default(), None)
            .unwrap()
            .list;
        let parts = parts(&list, 95);
        assert_eq!(parts.len(), 12);
        assert!(
            parts
                .iter()
                .all(|part| part.len() <= 95 && part.ends_with('\n'))
        );
        assert_eq!(parts.concat(), typed);
    }
}
