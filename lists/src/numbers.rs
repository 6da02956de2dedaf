//! Finds the numbers of a line that holds nothing else: a list, a label, an SQL `IN (…)`.

use std::ops::Range;

use crate::cell::{digit, is_ignored, is_invisible};
use crate::header::{HeaderKind, header_kind};
use crate::label::names_only_ssns;
use crate::sql::{ListColumn, after_clause, last_name, list_column, strip_word, value_columns};
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
    /// Whether a label or a part of a statement is before the numbers.
    pub(crate) has_label: bool,
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
    /// Nothing, or a bullet.
    Nothing,
    /// A label for SSNs, or the start of a list of them.
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
    if spans.len() > 1 && !are_rows(line, &spans) {
        return None;
    }
    if spans.len() == 1 && prefix == Prefix::List && is_example(&line[..spans[0].start]) {
        return None;
    }
    let (tuples, is_open) = count_tuples(line, &spans);
    let begins_record = match prefix {
        Prefix::Nothing | Prefix::List => false,
        Prefix::Values { has_columns } => has_columns || tuples > 0 || is_open,
    };
    Some(LineNumbers {
        spans,
        tuples,
        begins_record,
        has_label: prefix != Prefix::Nothing,
    })
}

/// Whether the numbers may be on one line.
///
/// Some programs end lines with other characters than LF and CR. Between those, there may be only one
/// number: several would be the columns of a table.
fn are_rows(line: &str, spans: &[Range<usize>]) -> bool {
    let ends_line = |c: char| matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let mut between = spans.windows(2).map(|pair| pair[0].end..pair[1].start);
    !line.contains(ends_line) || between.all(|between| line[between].contains(ends_line))
}

/// Whether a number after this label is an example of the form: `SSN (999-99-9999)`.
fn is_example(label: &str) -> bool {
    let name = label.trim_end_matches(|c| is_ignored(c) || c == '(');
    label[name.len()..].contains('(')
        && name.ends_with(char::is_alphanumeric)
        && list_column(name, true) == ListColumn::NoList
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
    let length = label_length(rest)?;
    let is_bracket = |c: char| is_ignored(c) || "([{<".contains(c);
    let label = rest[..length].trim_matches(is_bracket);
    let has_bracket = rest[..length].contains('(');
    let column = match has_bracket {
        true => list_column(label, true),
        false => ListColumn::NoList,
    };
    let is_of_ssns = match column {
        ListColumn::Ssns | ListColumn::Unnamed => true,
        ListColumn::Others => false,
        ListColumn::NoList => label.is_empty() || is_label(label),
    };
    let values = strip_word(label, "values").filter(|_| has_bracket);
    let prefix = match values {
        Some(before) => Prefix::Values {
            has_columns: value_columns(before).is_some_and(|columns| columns.contains(',')),
        },
        None if label.is_empty() => Prefix::Nothing,
        None => Prefix::List,
    };
    is_of_ssns.then_some((bullet + length, prefix))
}

/// Whether a text before a number is a label for SSNs: `SSN:`, `user.ssn =`, `WHERE id = … AND ssn =`.
fn is_label(label: &str) -> bool {
    let name = label.trim_end_matches([':', '=', '-', '.']).trim_end();
    let clause = after_clause(name, &["where", "set"]);
    let name = match clause.len() < name.len() {
        true => after_clause(clause, &["and", "or"]),
        false => name,
    };
    // The last part of an address: `https://records.example.gov/ssn/`.
    let name = match name.contains("://") {
        true => name
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default(),
        false => name,
    };
    // `S.S.N.` isn't a path.
    header_kind(name) == HeaderKind::Ssn || names_only_ssns(last_name(name))
}

/// Returns the length of what is before the first number, which may have an ordinal: `SSN 1: `.
fn label_length(text: &str) -> Option<usize> {
    let is_digit = |c: char| digit(c).is_some();
    let first = text.find(is_digit)?;
    let rest = text[first..].trim_start_matches(is_digit);
    let is_ordinal = first > 0 && (1..4).contains(&(text.len() - first - rest.len()));
    let behind = rest.trim_start_matches([')', ' ']);
    match is_ordinal && behind.starts_with([':', '=']) {
        true => Some(text.len() - behind.len() + behind.find(is_digit)?),
        false => Some(first),
    }
}

/// Returns the length of the bullets with the white space after them, such as `- `, `> > ` or `(2) `.
fn bullet_length(line: &str) -> usize {
    let mut at = skip(line, 0, is_ignored);
    while let Some(length) = sign_length(&line[at..]) {
        at = skip(line, at + length, is_ignored);
    }
    let rest = &line[at..];
    let bullet = rest.split(char::is_whitespace).next().unwrap_or_default();
    let number = bullet.strip_prefix('(').unwrap_or(bullet);
    let is_number = number.strip_suffix(['.', ')']).is_some_and(|number| {
        (1..7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
    });
    match is_number {
        true => at + bullet.len(),
        false => at,
    }
}

/// Returns the length of the bullet at the start of a text, if it is a sign.
fn sign_length(text: &str) -> Option<usize> {
    const BULLETS: [char; 8] = [
        '\u{2022}', '\u{b7}', '\u{25cf}', '\u{25aa}', '\u{25e6}', '\u{25cb}', '\u{2610}',
        '\u{2192}',
    ];
    if text.starts_with(BULLETS) {
        return text.chars().next().map(char::len_utf8);
    }
    if ["[ ]", "[x]", "[X]"]
        .iter()
        .any(|checkbox| text.starts_with(checkbox))
    {
        return Some(3);
    }
    // These mean something else without white space behind them.
    let word = text.split(char::is_whitespace).next()?;
    let is_quote = !word.is_empty() && word.bytes().all(|b| b == b'>');
    (is_quote || matches!(word, "-" | "*" | "+" | "\u{2013}" | "\u{2014}")).then_some(word.len())
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
        if start.eq_ignore_ascii_case(word)
            && (end.is_empty() || end.starts_with(char::is_whitespace))
        {
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
