//! Quotes around the fields of a table: those of RFC 4180, and those of other programs.

use std::borrow::Cow;
use std::ops::Range;

use crate::lines::line_length;

/// Splits a line whose fields may be quoted as RFC 4180 doesn't describe.
///
/// A field may be in single quotes, as in SQL. White space may be around the quotes, and a backslash or
/// a second quote before a quote that is part of the value. Returns `None` if a quote isn't closed.
pub(crate) fn split_other_quotes(line: &str, delimiter: u8) -> Option<Vec<Range<usize>>> {
    let delimiter = char::from(delimiter);
    let is_space = |c: char| c.is_whitespace() && c != delimiter;
    let mut fields = Vec::new();
    let mut start = 0;
    loop {
        let rest = &line[start..];
        let value = rest.trim_start_matches(is_space);
        let mut end = start + rest.find(delimiter).unwrap_or(rest.len());
        if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            let value_start = line.len() - value.len();
            let closed = value_start + quoted_length(value, quote)?;
            let behind = &line[closed..];
            end = line.len() - behind.trim_start_matches(is_space).len();
        }
        fields.push(start..end);
        match line[end..].strip_prefix(delimiter) {
            Some(_) => start = end + delimiter.len_utf8(),
            // Something is between the closing quote and the delimiter.
            None if end < line.len() => return None,
            None => return Some(fields),
        }
    }
}

/// Returns the length of the quoted value at the start of a text, with both quotes.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        let is_doubled = c == quote && characters.peek().is_some_and(|(_, next)| *next == quote);
        if c == '\\' || is_doubled {
            characters.next();
        } else if c == quote {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// Whether a field has no line break, or is quoted correctly.
pub(crate) fn is_well_formed(field: &str) -> bool {
    line_length(field.as_bytes()) == field.len() || quoted(field).is_some()
}

/// Returns the text between a field's quotes, with quotes inside it still doubled.
fn quoted(field: &str) -> Option<&str> {
    let inner = field.strip_prefix('"')?.strip_suffix('"')?;
    let is_closed = inner.split("\"\"").all(|part| !part.contains('"'));
    is_closed.then_some(inner)
}

/// Returns the value of a field: without its quotes, and with doubled quotes made single.
pub(crate) fn unquoted(field: &str) -> Cow<'_, str> {
    match quoted(field.trim()) {
        Some(inner) if inner.contains('"') => Cow::Owned(inner.replace("\"\"", "\"")),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(field),
    }
}
