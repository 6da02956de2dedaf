//! Serializes a list for a server.
//!
//! A valid line is sent as its digits, and an invalid line as a placeholder that is invalid for the
//! same reason. So the server reads the same rows, and text that was typed by mistake never leaves
//! the browser or the process that read the file.

use crate::list::List;

/// A part of a list for upload: whole lines.
pub struct Part {
    /// The lines. They contain SSNs.
    pub text: String,
    /// Index of the row after the last one of this part.
    pub end_row: usize,
}

impl List {
    /// Returns one value for each row, as [`Self::write_line`] writes it.
    pub fn values(&self) -> Vec<String> {
        let value = |row| {
            let mut line = String::with_capacity(10);
            self.write_line(row, &mut line);
            line.pop();
            line
        };
        (0..self.rows.len()).map(value).collect()
    }

    /// Splits the list into parts of at most `bytes` bytes, but at least one line.
    pub fn parts(&self, bytes: usize) -> impl Iterator<Item = Part> {
        let mut row = 0;
        std::iter::from_fn(move || {
            let mut text = String::new();
            while row < self.rows.len() {
                let end = text.len();
                self.write_line(row, &mut text);
                if text.len() > bytes && end > 0 {
                    text.truncate(end);
                    break;
                }
                row += 1;
            }
            (!text.is_empty()).then_some(Part { text, end_row: row })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ssn;
    use crate::list::ParsedSsn;

    fn parse(line: &str) -> ParsedSsn {
        let digits = line.trim_end().as_bytes().try_into().unwrap();
        ParsedSsn {
            ssn: Ssn::from_digits(digits).unwrap(),
            restored: false,
        }
    }

    #[test]
    fn parts_are_whole_lines_within_the_limit() {
        let lines: Vec<_> = (0..100)
            .map(|n| format!("{:09}\n", n + 1_010_001))
            .collect();
        let list: List = lines.iter().map(|line| Ok(parse(line))).collect();
        let parts: Vec<_> = list.parts(95).collect();
        assert_eq!(parts.len(), 12);
        let end_rows: Vec<_> = parts.iter().map(|part| part.end_row).collect();
        assert_eq!((end_rows[0], end_rows[10], end_rows[11]), (9, 99, 100));
        let whole = |part: &Part| part.text.len() <= 95 && part.text.ends_with('\n');
        assert!(parts.iter().all(whole));
        let sent: String = parts.into_iter().map(|part| part.text).collect();
        assert_eq!(sent, lines.concat());
    }
}
