//! An execution's settings and sums, written once at its start.

use std::ops::Range;

use contract::list::List;
use contract::wire::{ExecutionId, RunSettings};
use serde::{Deserialize, Serialize};

use crate::rows::is_plain;
use crate::{Key, Store, StoreError, batch_size_for, now_ms};

/// An execution's settings and sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// Its id.
    pub id: ExecutionId,
    /// Whose it is.
    pub owner: String,
    /// The caller's name for it.
    pub label: Option<String>,
    /// The caller's `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The uploaded list it was made of.
    pub list_id: Option<ExecutionId>,
    /// Milliseconds since 1970.
    pub started_at_ms: u64,
    /// Lines of the list.
    pub rows: u64,
    /// Distinct valid numbers.
    pub items: u64,
    /// Rows whose number stands in an earlier row too.
    pub duplicates: u64,
    /// Rows that are no SSN.
    pub invalid: u64,
    /// Whether every row is the item of its own index, so that there is no `rows` file.
    pub plain_rows: bool,
    /// Items in a batch.
    pub batch_size: u32,
    /// How the run is made.
    pub settings: RunSettings,
}

impl Meta {
    /// Of a list that is about to be written, under a new id.
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
            plain_rows: is_plain(list),
            batch_size: batch_size_for(list.items.len() as u64),
            settings,
        }
    }

    /// How many batches there are.
    pub fn batches(&self) -> u32 {
        self.items.div_ceil(self.batch_size.into()) as u32
    }

    /// The items of a batch, by index; empty where there is no such batch.
    pub fn batch_range(&self, batch: u32) -> Range<u32> {
        let size = u64::from(self.batch_size);
        let at = |batch: u64| (batch * size).min(self.items) as u32;
        at(batch.into())..at(u64::from(batch) + 1)
    }

    /// How many items a batch has.
    pub fn batch_len(&self, batch: u32) -> u32 {
        self.batch_range(batch).len() as u32
    }

    /// Whether more items failed than the run tolerates.
    pub fn exceeds_tolerance(&self, failed: u64) -> bool {
        failed as f64 * 100.0 > self.settings.tolerated_failure_percentage * self.items as f64
    }

    /// The batch that holds this item.
    pub fn batch_of(&self, item: u32) -> u32 {
        item / self.batch_size
    }
}

impl Store {
    /// Writes a new execution's list, `meta` last: an execution without it is none.
    pub async fn write_list(&self, meta: &Meta, list: &List) -> Result<(), StoreError> {
        self.put_items(&meta.id, &list.items).await?;
        self.put_rows(&meta.id, list).await?;
        self.put_json(Key::Meta(&meta.id), meta).await
    }

    /// Whether a stored list is this one, row for row.
    pub async fn is_same_list(&self, meta: &Meta, list: &List) -> Result<bool, StoreError> {
        if meta.rows != list.rows.len() as u64 || meta.items != list.items.len() as u64 {
            return Ok(false);
        }
        Ok(self.items(&meta.id, 0, meta.items).await? == list.items
            && self.rows(meta, 0, meta.rows).await? == list.rows)
    }

    /// The execution's settings and sums; `None` where it is unknown or being erased.
    pub async fn meta(&self, id: &ExecutionId) -> Result<Option<Meta>, StoreError> {
        self.get_json(Key::Meta(id)).await
    }
}
