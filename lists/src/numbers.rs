//! Finds the numbers of a line that holds nothing else: a list, a label, an SQL `IN (…)`.

use std::ops::Range;

use crate::cell::{digit, is_ignored, is_invisible};
use crate::header::{HeaderKind, header_kind};
use crate::value::{parse_number, separates_groups};

/// Returns where the numbers of a line are. There are none if the line contains anything else.
///
/// Between numbers are commas, semicolons, pipes, slashes, white space, `and` or `or`. Around each may
/// be quotes and brackets. Before the first may be a bullet, a label for SSNs, or the start of an SQL
/// list. A number that lost zeros isn't one of several.
pub(crate) fn find_numbers(line: &str) -> Vec<Range<usize>> {
    match ssnvs_number(line) {
        Some(number) => vec![number],
        None => numbers(line).unwrap_or_default(),
    }
}

fn numbers(line: &str) -> Option<Vec<Range<usize>>> {
    let mut at = prefix_length(line)?;
    let mut found = Vec::new();
    loop {
        at = skip(line, at, |c| is_ignored(c) || "([{<".contains(c));
        let end = at + number_length(&line[at..])?;
        if !parse_number(&line[at..end]).is_ok_and(|number| !number.restored) {
            return None;
        }
        found.push(at..end);
        at = end + separator_length(&line[end..])?;
        if at == line.len() {
            return Some(found);
        }
    }
}

fn skip(line: &str, at: usize, is_skipped: impl Fn(char) -> bool) -> usize {
    line.len() - line[at..].trim_start_matches(is_skipped).len()
}

/// Returns the length of what is before the first number, or `None` if it may mean something.
fn prefix_length(line: &str) -> Option<usize> {
    let bullet = bullet_length(line);
    let rest = &line[bullet..];
    let length = rest.find(|c| digit(c).is_some())?;
    let is_bracket = |c: char| is_ignored(c) || "([{<".contains(c);
    let label = rest[..length].trim_matches(is_bracket);
    let is_sql = |word: &str| {
        let start = label.len().checked_sub(word.len());
        let end = start.and_then(|start| Some((label.get(..start)?, label.get(start..)?)));
        end.is_some_and(|(before, end)| {
            end.eq_ignore_ascii_case(word) && !before.ends_with(char::is_alphanumeric)
        })
    };
    let is_label = || {
        let name = label.trim_end_matches([':', '=', '-', '.']).trim_end();
        header_kind(name) == HeaderKind::Ssn || header_kind(name) == HeaderKind::MaybeSsn
    };
    let has_bracket = rest[..length].contains('(');
    let is_prefix = label.is_empty() || (has_bracket && (is_sql("in") || is_sql("values")));
    (is_prefix || is_label()).then_some(bullet + length)
}

/// Returns the length of a bullet with the white space after it, such as `- `, `1. ` or `(2) `.
fn bullet_length(line: &str) -> usize {
    let start = skip(line, 0, is_ignored);
    let bullet = line[start..]
        .split(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let number = bullet.strip_prefix('(').unwrap_or(bullet);
    let is_number = number.strip_suffix(['.', ')']).is_some_and(|number| {
        (1..7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
    });
    let is_sign = matches!(
        bullet,
        "-" | "*"
            | "+"
            | ">"
            | "\u{2022}"
            | "\u{b7}"
            | "\u{2013}"
            | "\u{2014}"
            | "\u{25cf}"
            | "\u{25aa}"
    );
    match is_number || is_sign {
        true => start + bullet.len(),
        false => 0,
    }
}

/// Returns the length of the number at the start of a text: nine digits or 3-2-4.
fn number_length(text: &str) -> Option<usize> {
    let (mut digits, mut separators) = (0, 0);
    for (at, c) in text.char_indices() {
        if digit(c).is_some() {
            digits += 1;
        } else if separates_groups(c) && matches!((digits, separators), (3, 0) | (5, 1)) {
            separators += 1;
        } else if !is_invisible(c) {
            let is_whole = digits == 9 && separators != 1;
            let is_over = !c.is_alphanumeric() && c != '-';
            return (is_whole && is_over).then_some(at);
        }
        if digits > 9 {
            return None;
        }
    }
    (digits == 9 && separators != 1).then_some(text.len())
}

/// Returns the length of what is between two numbers, or behind the last one.
///
/// Returns `None` if it may mean something, such as two commas with an empty value between them.
fn separator_length(text: &str) -> Option<usize> {
    let behind = text.trim_start_matches(|c| is_ignored(c) || ")]}>".contains(c));
    let mut rest = behind;
    if let Some(next) = rest.strip_prefix([',', ';', '|', '/', '&', '.']) {
        rest = next.trim_start();
    }
    for word in ["and", "or"] {
        let (start, end) = rest.split_at_checked(word.len()).unwrap_or_default();
        if start.eq_ignore_ascii_case(word) && end.starts_with(char::is_whitespace) {
            rest = end.trim_start();
        }
    }
    let is_separated = rest.len() < behind.len()
        || text[..text.len() - behind.len()].contains(char::is_whitespace);
    (rest.is_empty() || is_separated).then_some(text.len() - rest.len())
}

/// Returns the number of a record of the SSA's verification service, which begins with it.
///
/// The service's *Submission File Format* has the SSN in positions 1–9, the entry code `TPV` in 10–12
/// and the processing code `214` in 13–15.
/// Source: SSA, *Social Security Number Verification Service Handbook*.
fn ssnvs_number(line: &str) -> Option<Range<usize>> {
    let (number, rest) = line.split_at_checked(9)?;
    let is_record = rest.starts_with("TPV214") && number.bytes().all(|b| b.is_ascii_digit());
    is_record.then_some(0..9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<String> {
        let spans = find_numbers(line).into_iter();
        spans
            .map(|span| line[span].chars().filter(|c| !"-. ".contains(*c)).collect())
            .collect()
    }

    #[test]
    fn one_number_may_have_a_bullet_or_a_label() {
        for line in [
            "SSN: 123-45-6789",
            "SSN 123456789",
            "SSN#123-45-6789",
            "ssn = '123-45-6789',",
            "Social Security Number - 123-45-6789",
            "Employee SSN: 123 45 6789.",
            "1. 123-45-6789",
            "(12) 123456789",
            "3) SSN: 123-45-6789",
            "- 123-45-6789",
            "\u{2022}\t123-45-6789;",
            "(123-45-6789)",
            "('123-45-6789'),",
            "[123.45.6789]",
            "<123456789>",
            "123456789TPV214DOE          ANN",
        ] {
            assert_eq!(found(line), ["123456789"], "{line}");
        }
    }

    #[test]
    fn several_numbers_may_be_on_one_line() {
        for line in [
            "123-45-6789, 987-65-4321",
            "123456789 987654321",
            "123 45 6789 987 65 4321",
            "123-45-6789;987-65-4321;",
            "123-45-6789\t987654321",
            "123-45-6789 / 987-65-4321",
            "123-45-6789 and 987-65-4321",
            "SSNs: 123-45-6789, and 987-65-4321.",
            "['123-45-6789', '987-65-4321']",
            "ssn IN ('123-45-6789','987-65-4321');",
            "INSERT INTO t (ssn) VALUES ('123-45-6789'), ('987-65-4321');",
        ] {
            assert_eq!(found(line), ["123456789", "987654321"], "{line}");
        }
    }

    #[test]
    fn a_line_with_anything_else_has_no_numbers() {
        for line in [
            "",
            "Ann",
            "EIN: 123456789",
            "Account 123456789",
            "no SSN: 123-45-6789",
            "Ann, 123-45-6789",
            "1, 123-45-6789",
            "1 123456789",
            "1.123456789",
            "123-45-6789, Ann",
            "123-45-6789,,987-65-4321",
            "123-45-6789, 12345678",
            "123-45-6789 987",
            "123-45-6789-987-65-4321",
            "1234567890",
            "123-45-67890",
            "12-345-6789",
            "123456789x",
            "123456789E5",
            "12345 6789",
            "12345678",
            "$123456789",
            "+1 123456789",
            "123456789TPV",
            "12345678\u{e9}TPV214",
        ] {
            assert_eq!(found(line), [""; 0], "{line}");
        }
    }
}
