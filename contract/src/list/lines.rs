//! Text to lines.

use std::ops::Range;

/// Goes through a text line by line: LF, CRLF and CR end one. It borrows nothing, so that whoever
/// owns the text can keep it beside.
#[derive(Clone)]
pub(super) struct Lines {
    at: usize,
    number: u32,
}

/// A line: where it stands in the text, and its number, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) span: Range<usize>,
    pub(super) number: u32,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { at: 0, number: 0 }
    }

    /// The next line, blank or not.
    pub(super) fn next(&mut self, text: &str) -> Option<Line> {
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

    /// The next line that isn't blank: blank lines are no rows.
    pub(super) fn next_row(&mut self, text: &str) -> Option<Line> {
        loop {
            let line = self.next(text)?;
            if !is_blank(&text[line.span.clone()]) {
                return Some(line);
            }
        }
    }
}

/// Bytes in front of the next line break.
pub(super) fn line_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(bytes.len())
}

/// Bytes of the line break that stands here; 0 where none does.
pub(super) fn break_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// Whether nothing can be seen on a line. Quotes around nothing can.
pub(super) fn is_blank(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
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
    fn lf_crlf_and_cr_end_a_line_and_are_counted_once() {
        assert_eq!(
            rows("a\nb\r\nc\rd\n\re\r\n\r\nf"),
            [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (6, "e"), (8, "f")]
        );
    }

    #[test]
    fn blank_lines_are_no_rows() {
        assert_eq!(rows("\n \t\n\u{a0}\n\u{feff}\na\n\n"), [(5, "a")]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"\""), [(1, "\"\"")]);
    }
}
