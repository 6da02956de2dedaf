//! The `rows` file: for each row of the list, its item or the reason why it is INVALID.
//!
//! All lines of the file have the same width. The text of an INVALID line is not stored.

use std::fmt::Write;

use contract::InvalidReason;
use contract::list::{List, Row};
use contract::wire::ExecutionId;

use crate::{Key, Meta, Store, StoreError};

/// Bytes of a row: its kind, eight digits, and a newline.
///
/// The kind is `=` for an item, `0` for an item with restored leading zeros, or `!` for an INVALID
/// line. The digits are the item's index or the code of the reason.
const WIDTH: u64 = 10;

impl Store {
    /// Writes the `rows` file, unless every row _n_ is item _n_.
    pub(crate) async fn put_rows(&self, id: &ExecutionId, list: &List) -> Result<(), StoreError> {
        if rows_match_items(list) {
            return Ok(());
        }
        let mut body = String::with_capacity(list.rows.len() * WIDTH as usize);
        for row in &list.rows {
            let (kind, value) = match *row {
                Row::Item {
                    index,
                    restored: false,
                } => ('=', index),
                Row::Item {
                    index,
                    restored: true,
                } => ('0', index),
                Row::Invalid(reason) => ('!', reason_code(reason)),
            };
            // Writing to a `String` can't fail.
            let _ = writeln!(body, "{kind}{value:08}");
        }
        self.put(Key::Rows(id), body).await
    }

    /// Reads the rows from `first` up to, but not including, `end`.
    pub(crate) async fn rows(
        &self,
        meta: &Meta,
        first: u64,
        end: u64,
    ) -> Result<Vec<Row>, StoreError> {
        if meta.rows_match_items {
            return Ok((first..end)
                .map(|row| Row::Item {
                    index: row as u32,
                    restored: false,
                })
                .collect());
        }
        let key = Key::Rows(&meta.id);
        let decode = |line: &[u8]| decode(line, meta.items);
        self.records(key, WIDTH, first..end, "a line is not a row", decode)
            .await
    }
}

/// Whether every row _n_ is item _n_.
pub(crate) fn rows_match_items(list: &List) -> bool {
    list.rows.len() == list.items.len()
        && list.rows.iter().all(|row| {
            matches!(
                row,
                Row::Item {
                    restored: false,
                    ..
                }
            )
        })
}

fn reason_code(reason: InvalidReason) -> u32 {
    InvalidReason::ALL
        .iter()
        .position(|other| *other == reason)
        .expect("ALL holds every reason") as u32
}

fn decode(line: &[u8], items: u64) -> Option<Row> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let value: u32 = line.get(1..)?.parse().ok()?;
    let item = |restored| {
        (u64::from(value) < items).then_some(Row::Item {
            index: value,
            restored,
        })
    };
    match line.as_bytes()[0] {
        b'=' => item(false),
        b'0' => item(true),
        b'!' => InvalidReason::ALL
            .get(value as usize)
            .copied()
            .map(Row::Invalid),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_round_trips() {
        for reason in InvalidReason::ALL {
            let line = format!("!{:08}\n", reason_code(reason));
            assert_eq!(decode(line.as_bytes(), 0), Some(Row::Invalid(reason)));
        }
    }

    #[test]
    fn a_row_without_an_existing_item_is_rejected() {
        assert_eq!(
            decode(b"=00000001\n", 2),
            Some(Row::Item {
                index: 1,
                restored: false
            })
        );
        assert_eq!(decode(b"=00000002\n", 2), None);
        assert_eq!(decode(b"?00000000\n", 2), None);
    }
}
