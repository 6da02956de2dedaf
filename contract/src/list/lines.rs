//! The line of each row of a list, in a form that is short enough to send.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits;

/// The line of each row, in the list's own file or text.
///
/// Lines count from 1 and never decrease. Several rows may be on one line, and a line may have no
/// row, such as a header or a blank line.
///
/// The text form has the step from each row's line to that of the next row, as in `2,1*998`: the
/// first row is on line 2, and the next 998 rows are one line further each. Rows on one line have the
/// step 0. A million rows without any pattern need about 2 MB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineNumbers {
    /// Consecutive runs with the same step are merged, so equal lines have equal runs.
    runs: Vec<Run>,
}

/// Rows that have the same step from the row before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    step: u32,
    /// Index of the row after the last one.
    end_row: usize,
    last_line: u32,
}

/// The text isn't the lines of a list. The message repeats nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid value: expected the step from each row's line to the next, such as 2,1*998, for at most 1,000,000 rows"
)]
pub struct LineNumbersError;

impl LineNumbers {
    /// Returns the lines of a list whose row _n_ is on line _n_ + 1.
    pub fn sequential(rows: usize) -> Self {
        let mut lines = Self::default();
        // It adds nothing if there are no rows. A list has fewer rows than `u32::MAX`.
        let _ = lines.append(1, rows);
        lines
    }

    /// Returns the lines, or `None` if row _n_ is on line _n_ + 1, which is assumed of absent lines.
    pub fn unless_sequential(&self) -> Option<Self> {
        (*self != Self::sequential(self.len())).then(|| self.clone())
    }

    /// Adds a row. A line before that of the last row counts as the same line.
    pub fn push(&mut self, line: u32) {
        // The usual case: the next line, as before.
        if let Some(run) = self.runs.last_mut()
            && run.last_line.checked_add(run.step) == Some(line)
        {
            (run.end_row, run.last_line) = (run.end_row + 1, line);
            return;
        }
        let last = self.runs.last().map_or(0, |run| run.last_line);
        let step = match last {
            0 => line.max(1),
            last => line.saturating_sub(last),
        };
        // One row more can't pass the last line, which is a `u32`.
        let _ = self.append(step, 1);
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.end_row)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the line of a row, from 1, or `None` if the row doesn't exist.
    pub fn get(&self, row: usize) -> Option<u32> {
        let run = self.runs.partition_point(|run| run.end_row <= row);
        let run = self.runs.get(run)?;
        // The product is a difference of two lines of this run, so it fits.
        Some(run.last_line - run.step * (run.end_row - 1 - row) as u32)
    }

    /// Returns the lines of all rows.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let mut line = 0;
        let mut row = 0;
        self.runs.iter().flat_map(move |run| {
            let (from, rows) = (line, run.end_row - row);
            (line, row) = (run.last_line, run.end_row);
            (1..=rows).map(move |count| from + run.step * count as u32)
        })
    }

    /// Adds `count` rows. Returns `None` if there are none, or if a line would be 0 or too large.
    fn append(&mut self, step: u32, count: usize) -> Option<()> {
        let (rows, last) = self
            .runs
            .last()
            .map_or((0, 0), |r| (r.end_row, r.last_line));
        let distance = u32::try_from(count).ok()?.checked_mul(step)?;
        let last_line = last.checked_add(distance).filter(|line| *line > 0)?;
        let end_row = rows.checked_add(count).filter(|_| count > 0)?;
        match self.runs.last_mut() {
            Some(run) if run.step == step => (run.end_row, run.last_line) = (end_row, last_line),
            _ => self.runs.push(Run {
                step,
                end_row,
                last_line,
            }),
        }
        Some(())
    }
}

impl FromIterator<u32> for LineNumbers {
    fn from_iter<I: IntoIterator<Item = u32>>(lines: I) -> Self {
        let mut all = Self::default();
        lines.into_iter().for_each(|line| all.push(line));
        all
    }
}

impl fmt::Display for LineNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = 0;
        for run in &self.runs {
            let separator = if row == 0 { "" } else { "," };
            match run.end_row - row {
                1 => write!(f, "{separator}{}", run.step)?,
                count => write!(f, "{separator}{}*{count}", run.step)?,
            }
            row = run.end_row;
        }
        Ok(())
    }
}

impl FromStr for LineNumbers {
    type Err = LineNumbersError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = Self::default();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let (step, count) = part.split_once('*').unwrap_or((part, "1"));
            let (Some(step), Some(count)) = (number(step), number(count)) else {
                return Err(LineNumbersError);
            };
            lines
                .append(step, count as usize)
                .filter(|()| lines.len() <= limits::MAX_LIST_ROWS)
                .ok_or(LineNumbersError)?;
        }
        Ok(lines)
    }
}

/// Parses digits, without a sign.
fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

impl TryFrom<String> for LineNumbers {
    type Error = LineNumbersError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LineNumbers> for String {
    fn from(lines: LineNumbers) -> Self {
        lines.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_has_the_steps_between_lines() {
        for (lines, text) in [
            (&[][..], ""),
            (&[1, 2, 3], "1*3"),
            (&[2, 3, 4], "2,1*2"),
            (&[2, 4, 6], "2*3"),
            (&[3, 3, 3, 4, 9], "3,0*2,1,5"),
        ] {
            let numbers: LineNumbers = lines.iter().copied().collect();
            assert_eq!(numbers.to_string(), text);
            assert_eq!(text.parse(), Ok(numbers));
        }
        assert_eq!(LineNumbers::sequential(3), "1*3".parse().unwrap());
        assert!(LineNumbers::sequential(0).is_empty());
    }

    #[test]
    fn text_that_is_no_steps_is_rejected() {
        for text in [
            "0",
            "0*3,1",
            "1*0",
            ",",
            "1,",
            "1,,1",
            "-1",
            "+1",
            "1*",
            "*2",
            "1*2*3",
            "1 ",
            "x",
            "1.5",
            "4294967296",
            "4294967295,1",
            "1*1000001",
            "1*500000,2*500001",
            "1*18446744073709551617",
            "65536*65536",
        ] {
            assert_eq!(text.parse::<LineNumbers>(), Err(LineNumbersError), "{text}");
        }
        assert!("4294967295,0*999999".parse::<LineNumbers>().is_ok());
        assert!("1*0500,01".parse::<LineNumbers>().is_ok());
    }

    #[test]
    fn a_line_before_the_last_one_counts_as_the_same() {
        let lines: LineNumbers = [0, 5, 4, 6].into_iter().collect();
        assert_eq!(lines.iter().collect::<Vec<_>>(), [1, 5, 5, 6]);
    }

    proptest! {
        #[test]
        fn lines_round_trip(steps in prop::collection::vec((0_u32..4, 1_usize..4), 0..20)) {
            let mut line = 1;
            let mut lines = Vec::new();
            for (step, count) in steps {
                for _ in 0..count {
                    line += step;
                    lines.push(line);
                }
            }
            let numbers: LineNumbers = lines.iter().copied().collect();
            prop_assert_eq!(numbers.len(), lines.len());
            prop_assert_eq!(numbers.iter().collect::<Vec<_>>(), lines.clone());
            let got: Vec<_> = (0..=lines.len()).map_while(|row| numbers.get(row)).collect();
            prop_assert_eq!(got, lines);
            prop_assert_eq!(numbers.to_string().parse(), Ok(numbers));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[0-9,*]{0,24}") {
            if let Ok(lines) = text.parse::<LineNumbers>() {
                let all: Vec<_> = lines.iter().take(9).collect();
                prop_assert!(all.is_sorted() && all.iter().all(|line| *line > 0));
            }
        }
    }
}
