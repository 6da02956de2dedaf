//! Finds the numbers of a line that holds nothing else: a list, a label, an SQL `IN (…)`.

use std::ops::Range;

use crate::cell::{digit, is_ignored, is_invisible};
use crate::header::header_kind;
use crate::sql::{after_clause, names_ssn_column, strip_word};
use crate::value::{parse_number, separates_groups};

/// The numbers of a line.
#[derive(Default)]
pub(crate) struct LineNumbers {
    /// Where they are in the line.
    pub(crate) spans: Vec<Range<usize>>,
    /// How many pairs of brackets have several numbers in them.
    pub(crate) tuples: usize,
    /// Whether the line begins like a record of several values.
    begins_record: bool,
}

impl LineNumbers {
    /// Whether the line has records of several values, such as `VALUES (1, 2)`, and not a list.
    pub(crate) fn are_records(&self) -> bool {
        self.begins_record || self.tuples > 1
    }
}

/// What is before the first number of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    /// Nothing, a label, or the start of a list.
    List,
    /// The start of the records in an SQL statement.
    Values {
        /// Whether the statement names several columns.
        has_columns: bool,
    },
}

/// Returns the numbers of a line. There are none if the line contains anything else.
///
/// Between numbers are commas, semicolons, pipes, slashes, white space, `and` or `or`. Around each may
/// be quotes and brackets. Before the first may be a bullet, a label for SSNs, or the start of an SQL
/// list of SSNs. A number that lost zeros isn't one of several.
pub(crate) fn find_numbers(line: &str) -> LineNumbers {
    if let Some(number) = ssnvs_number(line) {
        return LineNumbers {
            spans: vec![number],
            ..LineNumbers::default()
        };
    }
    numbers(line).unwrap_or_default()
}

fn numbers(line: &str) -> Option<LineNumbers> {
    let (start, prefix) = prefix(line)?;
    let spans = number_spans(line, start)?;
    let (tuples, is_open) = count_tuples(line, &spans);
    let begins_record = match prefix {
        Prefix::List => false,
        Prefix::Values { has_columns } => has_columns || tuples > 0 || is_open,
    };
    Some(LineNumbers {
        spans,
        tuples,
        begins_record,
    })
}

/// Counts the pairs of brackets around several numbers. Also returns whether the last one is open.
fn count_tuples(line: &str, spans: &[Range<usize>]) -> (usize, bool) {
    let (mut tuples, mut in_bracket, mut is_open, mut at) = (0, 0, false, 0);
    let ends = spans.iter().map(|span| span.start).chain([line.len()]);
    for (index, end) in ends.enumerate() {
        for c in line[at..end].chars() {
            if "([{<".contains(c) {
                (in_bracket, is_open) = (0, true);
            } else if ")]}>".contains(c) {
                tuples += usize::from(is_open && in_bracket > 1);
                is_open = false;
            }
        }
        in_bracket += 1;
        at = spans.get(index).map_or(end, |span| span.end);
    }
    (tuples, is_open)
}

fn number_spans(line: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let mut at = start;
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

/// Returns what is before the first number with its length, or `None` if it may mean something else.
fn prefix(line: &str) -> Option<(usize, Prefix)> {
    let bullet = bullet_length(line);
    let rest = &line[bullet..];
    let length = rest.find(|c| digit(c).is_some())?;
    let is_bracket = |c: char| is_ignored(c) || "([{<".contains(c);
    let label = rest[..length].trim_matches(is_bracket);
    let has_bracket = rest[..length].contains('(');
    let before = |word| strip_word(label, word).filter(|_| has_bracket);
    let prefix = if label.is_empty() {
        Prefix::List
    } else if let Some(before) = before("in") {
        let before = strip_word(before, "not").unwrap_or(before);
        let name = after_clause(before, &["where", "and", "or", "on", "having", "when"]);
        (name.is_empty() || names_ssn_column(name)).then_some(Prefix::List)?
    } else if let Some(before) = before("values") {
        let has_columns = match before.strip_suffix(')') {
            None => false,
            Some(before) => {
                let columns = before.rsplit('(').next().unwrap_or_default();
                let has_several = columns.contains(',');
                (has_several || header_kind(columns).is_ssn()).then_some(has_several)?
            }
        };
        Prefix::Values { has_columns }
    } else {
        let name = label.trim_end_matches([':', '=', '-', '.']).trim_end();
        let name = after_clause(name, &["where"]);
        header_kind(name).is_ssn().then_some(Prefix::List)?
    };
    Some((bullet + length, prefix))
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

/// Returns the length of what is between two numbers, or after the last one.
///
/// Returns `None` if it may mean something, such as two commas with an empty value between them.
fn separator_length(text: &str) -> Option<usize> {
    let after = text.trim_start_matches(|c| is_ignored(c) || ")]}>".contains(c));
    let mut rest = after;
    if let Some(next) = rest.strip_prefix([',', ';', '|', '/', '&', '.']) {
        rest = next.trim_start();
    }
    for word in ["and", "or"] {
        let (start, end) = rest.split_at_checked(word.len()).unwrap_or_default();
        if start.eq_ignore_ascii_case(word) && end.starts_with(char::is_whitespace) {
            rest = end.trim_start();
        }
    }
    let is_separated =
        rest.len() < after.len() || text[..text.len() - after.len()].contains(char::is_whitespace);
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
mod tests;
