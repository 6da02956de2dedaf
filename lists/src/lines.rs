//! Splits a text into lines.

use std::ops::Range;

use crate::cell::is_blank;

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

impl Lines {
    pub(crate) fn new() -> Self {
        Self { at: 0, number: 0 }
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

/// Number of bytes before the next line break.
pub(crate) fn line_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(bytes.len())
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
        let mut lines = Lines::new();
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
    fn blank_lines_are_not_rows() {
        assert_eq!(rows("\n \t\n\u{a0}\n\u{feff}\na\n\n"), [(5, "a")]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"\""), [(1, "\"\"")]);
    }
}
