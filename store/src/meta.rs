//! An execution's settings and counts.

use std::ops::Range;

use contract::list::{LineNumbers, List};
use contract::wire::{ExecutionId, RunSettings};
use serde::{Deserialize, Serialize};

use crate::rows::rows_match_items;
use crate::{Key, Store, StoreError, StoredLines, batch_size_for, now_ms};

/// An execution's settings and counts, written when it starts.
///
/// A resumed run replaces the settings and the lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// The id of the execution.
    pub id: ExecutionId,
    /// The id of the user who started it.
    pub owner: String,
    /// The label that the caller gave it.
    pub label: Option<String>,
    /// The `Idempotency-Key` that it was started with.
    pub idempotency_key: Option<String>,
    /// The upload that its list came from.
    pub list_id: Option<ExecutionId>,
    /// When it started, in milliseconds since 1970.
    pub started_at_ms: u64,
    /// Number of rows of the list.
    pub rows: u64,
    /// Number of items: distinct valid numbers.
    pub items: u64,
    /// Number of rows that repeat the number of an earlier row.
    pub duplicates: u64,
    /// Number of rows that are not a valid SSN.
    pub invalid: u64,
    /// Whether every row _n_ is item _n_, so that no `rows` file is needed.
    #[serde(rename = "plainRows")]
    pub rows_match_items: bool,
    /// Where the line of each row is.
    #[serde(default)]
    pub lines: StoredLines,
    /// Number of items per batch.
    pub batch_size: u32,
    /// The caller's settings.
    pub settings: RunSettings,
}

impl Meta {
    /// Creates the metadata of an execution that is about to start, with a new id.
    pub fn new(
        owner: &str,
        label: Option<String>,
        idempotency_key: Option<String>,
        list_id: Option<ExecutionId>,
        list: &List,
        settings: RunSettings,
    ) -> Self {
        Self {
            id: crate::new_id(),
            owner: owner.to_owned(),
            label,
            idempotency_key,
            list_id,
            started_at_ms: now_ms(),
            rows: list.rows.len() as u64,
            items: list.items.len() as u64,
            duplicates: list.duplicates() as u64,
            invalid: list.invalid as u64,
            rows_match_items: rows_match_items(list),
            lines: StoredLines::new(&list.lines),
            batch_size: batch_size_for(list.items.len() as u64),
            settings,
        }
    }

    /// Returns the number of batches.
    pub fn batches(&self) -> u32 {
        self.items.div_ceil(self.batch_size.into()) as u32
    }

    /// Returns the indexes of a batch's items; empty if there is no such batch.
    pub fn batch_range(&self, batch: u32) -> Range<u32> {
        let size = u64::from(self.batch_size);
        let at = |batch: u64| (batch * size).min(self.items) as u32;
        at(batch.into())..at(u64::from(batch) + 1)
    }

    /// Returns the number of items in a batch.
    pub fn batch_len(&self, batch: u32) -> u32 {
        self.batch_range(batch).len() as u32
    }

    /// Whether more items failed than the run tolerates.
    pub fn exceeds_tolerance(&self, failed: u64) -> bool {
        failed as f64 * 100.0 > self.settings.tolerated_failure_percentage * self.items as f64
    }

    /// Returns the batch that contains an item.
    pub fn batch_of(&self, item: u32) -> u32 {
        item / self.batch_size
    }
}

impl Store {
    /// Writes a new execution's list, and `meta` last: without `meta` the execution does not exist.
    pub async fn write_list(&self, meta: &Meta, list: &List) -> Result<(), StoreError> {
        self.put_items(&meta.id, &list.items).await?;
        self.put_rows(&meta.id, list).await?;
        self.put_lines(meta, &list.lines).await?;
        self.write_meta(meta).await
    }

    /// Replaces the lines of an execution's rows. No other process may be using the execution.
    pub async fn replace_lines(
        &self,
        meta: &mut Meta,
        lines: &LineNumbers,
    ) -> Result<(), StoreError> {
        meta.lines = StoredLines::new(lines);
        self.put_lines(meta, lines).await?;
        self.write_meta(meta).await
    }

    /// Replaces an execution's `meta`. No other process may be using the execution.
    pub async fn write_meta(&self, meta: &Meta) -> Result<(), StoreError> {
        self.put_json(Key::Meta(&meta.id), meta).await
    }

    /// Whether an execution was started with an equal list: all rows and items are the same.
    ///
    /// The lines of the rows may differ, as after a blank line was added to a file.
    pub async fn is_same_list(&self, meta: &Meta, list: &List) -> Result<bool, StoreError> {
        if meta.rows != list.rows.len() as u64 || meta.items != list.items.len() as u64 {
            return Ok(false);
        }
        Ok(self.items(&meta.id, 0, meta.items).await? == list.items
            && self.rows(meta, 0, meta.rows).await? == list.rows)
    }

    /// Reads an execution's settings and counts; `None` if it is unknown or was erased.
    pub async fn meta(&self, id: &ExecutionId) -> Result<Option<Meta>, StoreError> {
        self.get_json(Key::Meta(id)).await
    }
}
