//! The line of each row of an execution's list.
//!
//! Most lists need a few characters for it, which are kept in `meta`. Other lists have a `lines` file
//! with lines of fixed width, so that a page of results reads only the range of its rows.

use std::fmt::Write;

use contract::list::LineNumbers;
use contract::wire::ExecutionId;
use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Store, StoreError};

/// Maximum length of line numbers in `meta`, which is read for every request.
const MAX_META_CHARS: usize = 1_000;
/// Bytes of a row in the `lines` file: the ten digits of its line, and a newline.
const WIDTH: u64 = 11;
/// What is wrong if a line number can't be decoded, or is missing.
const DAMAGED: &str = "a row has no line";

/// Where the lines of an execution's rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StoredLines {
    /// Row _n_ is on line _n_ + 1.
    #[default]
    Sequential,
    /// In `meta`.
    InMeta(LineNumbers),
    /// In the `lines` file.
    InFile,
}

impl StoredLines {
    pub(crate) fn new(lines: &LineNumbers) -> Self {
        match lines.unless_sequential() {
            None => Self::Sequential,
            Some(lines) if lines.to_string().len() <= MAX_META_CHARS => Self::InMeta(lines),
            Some(_) => Self::InFile,
        }
    }
}

impl Store {
    /// Writes the `lines` file, if `meta` says that there is one.
    pub(crate) async fn put_lines(
        &self,
        meta: &Meta,
        lines: &LineNumbers,
    ) -> Result<(), StoreError> {
        if meta.lines != StoredLines::InFile {
            return Ok(());
        }
        let mut body = String::with_capacity(lines.len() * WIDTH as usize);
        for line in lines.iter() {
            // Writing to a `String` can't fail.
            let _ = writeln!(body, "{line:010}");
        }
        self.put(Key::Lines(&meta.id), body).await
    }

    /// Reads the lines of the rows from `first` up to, but not including, `end`.
    pub(crate) async fn lines(
        &self,
        meta: &Meta,
        first: u64,
        end: u64,
    ) -> Result<Vec<u64>, StoreError> {
        match &meta.lines {
            StoredLines::Sequential => Ok((first + 1..=end).collect()),
            StoredLines::InMeta(lines) => {
                let line = |row| lines.get(usize::try_from(row).ok()?).map(u64::from);
                let lines: Option<Vec<u64>> = (first..end).map(line).collect();
                lines.ok_or_else(|| StoreError::Damaged {
                    key: Key::Meta(&meta.id).path().to_string(),
                    why: DAMAGED,
                })
            }
            StoredLines::InFile => self.read_lines(&meta.id, first, end).await,
        }
    }

    async fn read_lines(
        &self,
        id: &ExecutionId,
        first: u64,
        end: u64,
    ) -> Result<Vec<u64>, StoreError> {
        self.records(Key::Lines(id), WIDTH, first..end, DAMAGED, decode)
            .await
    }

    /// Whether the rows of an execution are on these lines.
    pub async fn has_lines(&self, meta: &Meta, lines: &LineNumbers) -> Result<bool, StoreError> {
        if meta.rows != lines.len() as u64 || meta.lines != StoredLines::new(lines) {
            return Ok(false);
        }
        match meta.lines {
            StoredLines::Sequential | StoredLines::InMeta(_) => Ok(true),
            StoredLines::InFile => {
                let stored = self.read_lines(&meta.id, 0, meta.rows).await?;
                Ok(stored.into_iter().eq(lines.iter().map(u64::from)))
            }
        }
    }
}

fn decode(line: &[u8]) -> Option<u64> {
    std::str::from_utf8(line.strip_suffix(b"\n")?)
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::InvalidReason;
    use contract::list::List;
    use contract::wire::RunSettings;

    #[tokio::test]
    async fn any_lines_are_read_as_they_were_written() {
        let irregular: LineNumbers = (1..2_000_u32).map(|row| row * 3 + row * row % 7).collect();
        for lines in [
            LineNumbers::sequential(100),
            (2..=101).collect(),
            [3, 3, 3, 7].into_iter().collect(),
            irregular,
        ] {
            let values = std::iter::repeat_n(Err(InvalidReason::NoDigits), lines.len());
            let mut list: List = values.collect();
            list.lines = lines.clone();
            let store = Store::in_memory();
            let meta = Meta::new("local", None, None, None, &list, RunSettings::default());
            store.write_list(&meta, &list).await.unwrap();
            let read = store.lines(&meta, 1, meta.rows).await.unwrap();
            assert!(read.into_iter().eq(lines.iter().skip(1).map(u64::from)));
            assert!(store.has_lines(&meta, &lines).await.unwrap());
            let shorter: LineNumbers = lines.iter().take(lines.len() - 1).collect();
            // Only the line of the last row is another one.
            let mut changed = shorter.clone();
            changed.push(lines.get(lines.len() - 1).unwrap() + 1);
            for other in [shorter, changed] {
                assert!(!store.has_lines(&meta, &other).await.unwrap());
            }
        }
    }
}
