//! Splits a text into lines.

use std::ops::Range;

use memchr::memchr2;

use crate::cell::{is_blank, is_ignored};

/// A cursor over the lines of a text, which end with LF, CRLF or CR.
///
/// It doesn't borrow the text, so one struct can own both.
#[derive(Clone)]
pub(crate) struct Lines {
    at: usize,
    number: u32,
}

/// A line: its bytes in the text, and its number, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) span: Range<usize>,
    pub(crate) number: u32,
}

/// Where reading starts: a position in the text, and the number of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) at: usize,
    pub(crate) line: u32,
}

impl Default for Start {
    fn default() -> Self {
        Self { at: 0, line: 1 }
    }
}

impl Lines {
    pub(crate) fn new(start: Start) -> Self {
        Self {
            at: start.at,
            number: start.line - 1,
        }
    }

    /// Returns the next line, blank or not.
    pub(crate) fn next(&mut self, text: &str) -> Option<Line> {
        let start = self.at;
        let rest = text.as_bytes().get(start..).filter(|r| !r.is_empty())?;
        let length = line_length(rest);
        self.at = start + length + break_length(&rest[length..]);
        self.number = self.number.saturating_add(1);
        Some(Line {
            span: start..start + length,
            number: self.number,
        })
    }

    /// Returns the next line that isn't blank. Blank lines aren't rows.
    pub(crate) fn next_row(&mut self, text: &str) -> Option<Line> {
        loop {
            let line = self.next(text)?;
            if !is_blank(&text[line.span.clone()]) {
                return Some(line);
            }
        }
    }
}

/// Returns where the rows of a text start, and the delimiter that its first line names.
///
/// A first line such as `sep=;` tells Excel the delimiter. It is no row.
pub(crate) fn skip_separator_line(text: &str) -> (Start, Option<u8>) {
    let mut lines = Lines::new(Start::default());
    let first = lines.next_row(text);
    let delimiter = first.and_then(|line| named_delimiter(&text[line.span]));
    let start = Start {
        at: lines.at,
        line: lines.number + 1,
    };
    match delimiter {
        Some(_) => (start, delimiter),
        None => (Start::default(), None),
    }
}

fn named_delimiter(line: &str) -> Option<u8> {
    let line = line.trim_start_matches(is_ignored);
    let name = line.get(..4)?;
    // A spreadsheet may have put quotes around it, or made the line as wide as the table.
    let value = line[4..].trim_end_matches(['"', ' ']);
    let first = *value.as_bytes().first()?;
    let is_delimiter = matches!(first, b',' | b';' | b'\t' | b'|');
    (name.eq_ignore_ascii_case("sep=") && is_delimiter && value.bytes().all(|b| b == first))
        .then_some(first)
}

/// Number of bytes before the next line break.
pub(crate) fn line_length(bytes: &[u8]) -> usize {
    memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len())
}

/// Length of the line break at the start of `bytes`, or 0.
pub(crate) fn break_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, &str)> {
        let mut lines = Lines::new(Start::default());
        std::iter::from_fn(|| lines.next_row(text))
            .map(|line| (line.number, &text[line.span]))
            .collect()
    }

    #[test]
    fn lf_crlf_and_cr_each_end_one_line() {
        assert_eq!(
            rows("a\nb\r\nc\rd\n\re\r\n\r\nf"),
            [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (6, "e"), (8, "f")]
        );
    }

    #[test]
    fn a_first_line_that_names_the_delimiter_is_skipped() {
        for (text, delimiter, line) in [
            ("sep=;\nx", Some(b';'), 2),
            ("\u{feff}\r\nSEP=,\r\nx", Some(b','), 3),
            ("\"sep=|\"\nx", Some(b'|'), 2),
            ("sep=\t\nx", Some(b'\t'), 2),
            ("sep=,,,\nx", Some(b','), 2),
            ("sep=x\nx", None, 1),
            ("sep=\nx", None, 1),
            ("x\nsep=;", None, 1),
            ("", None, 1),
        ] {
            let (start, found) = skip_separator_line(text);
            assert_eq!((found, start.line), (delimiter, line), "{text:?}");
            let next = Lines::new(start).next_row(text).map(|line| line.number);
            assert!(next.is_none_or(|number| number >= line), "{text:?}");
        }
    }

    #[test]
    fn blank_lines_are_not_rows() {
        assert_eq!(rows("\n \t\n\u{a0}\n\u{feff}\na\n\n"), [(5, "a")]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"\""), [(1, "\"\"")]);
    }
}
