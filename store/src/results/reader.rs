//! Reading a page.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contract::wire::ResultRow;
use contract::{Mask, Ssn, Warning};
use serde_json::value::RawValue;

use super::find::{Found, Segments};
use super::wanted::Wanted;
use super::{FIELDS, Filters, Page, PageLimits, weight};
use crate::{Meta, Pass, SegmentName, Store, StoreError, Summary};

/// Rows looked at in one go.
const CHUNK: u64 = 1_000;
/// The same with filters, which may pass few.
const FILTERED_CHUNK: u64 = 10_000;

/// Reads an execution's results. What it knows of a pass is of the moment it was opened, except
/// that a run under way is read as it stands when a page first needs a batch.
pub struct ResultsReader {
    pub(super) store: Store,
    pub(super) meta: Meta,
    pub(super) pass: Pass,
    pub(super) summary: Option<Summary>,
    /// The segments of the batches seen, by batch.
    pub(super) names: HashMap<u32, Arc<[SegmentName]>>,
    reveal: bool,
}

/// A page that is being filled.
struct Filling {
    rows: Vec<ResultRow>,
    bytes: usize,
    limits: PageLimits,
}

impl Filling {
    fn is_full(&self) -> bool {
        self.rows.len() >= self.limits.count || self.bytes >= self.limits.bytes
    }
}

impl ResultsReader {
    /// Opens the results of an execution whose current pass this is. `reveal` shows full numbers.
    pub async fn open(
        store: Store,
        meta: Meta,
        pass: Pass,
        reveal: bool,
    ) -> Result<Self, StoreError> {
        let summary = store.summary(&meta.id, pass.pass).await?;
        Ok(Self {
            store,
            meta,
            pass,
            summary,
            names: HashMap::new(),
            reveal,
        })
    }

    /// The rows from `first` on that pass the filters.
    pub async fn page(
        &mut self,
        first: u64,
        filters: &Filters,
        limits: PageLimits,
    ) -> Result<Page, StoreError> {
        let began = Instant::now();
        if self.summary.is_none() {
            self.names.clear();
        }
        let wanted = Wanted::of(filters);
        let mut page = Filling {
            rows: Vec::new(),
            bytes: 0,
            limits,
        };
        let mut at = first;
        while at < self.meta.rows {
            let chunk = match *filters == Filters::default() {
                true => ((limits.count - page.rows.len()) as u64).clamp(1, CHUNK),
                false => FILTERED_CHUNK,
            };
            let end = (at + chunk).min(self.meta.rows);
            let rows = self.store.rows(&self.meta, at, end).await?;
            let mut rest = &rows[..];
            while !rest.is_empty() {
                let (count, batches) = self.piece(rest, wanted).await?;
                let segments = self.segments(&batches).await?;
                let found = self.find(at, &rest[..count], &segments, filters);
                let filled = self.fill(&mut page, found, &segments).await?;
                at += count as u64;
                rest = &rest[count..];
                let next = match filled {
                    ControlFlow::Break(next) => next,
                    ControlFlow::Continue(()) if began.elapsed() >= limits.time => at,
                    ControlFlow::Continue(()) => continue,
                };
                return Ok(Page {
                    rows: page.rows,
                    next: (next < self.meta.rows).then_some(next),
                });
            }
        }
        Ok(Page {
            rows: page.rows,
            next: None,
        })
    }

    /// Adds what was found, as far as there is room: else breaks with the row at which the next
    /// page begins. Bodies that don't fit are not read.
    async fn fill(
        &self,
        page: &mut Filling,
        found: Vec<Found>,
        segments: &Segments,
    ) -> Result<ControlFlow<u64>, StoreError> {
        let mut found = found.into_iter().peekable();
        while found.peek().is_some() {
            let mut room = page.limits.bytes.saturating_sub(page.bytes);
            let mut group: Vec<Found> = Vec::new();
            while let Some(next) = found.next_if(|next| {
                group.is_empty()
                    || next.least() <= room && page.rows.len() + group.len() < page.limits.count
            }) {
                room = room.saturating_sub(next.least());
                group.push(next);
            }
            let numbers = self.numbers(&group).await?;
            let bodies = self.bodies(&group, segments).await?;
            for (found, body) in group.into_iter().zip(bodies) {
                let row = self.complete(found, body, &numbers)?;
                let weight = weight(&row);
                if page.bytes + weight > page.limits.bytes && !page.rows.is_empty() {
                    return Ok(ControlFlow::Break(row.row));
                }
                let next = row.row + 1;
                page.bytes += weight;
                page.rows.push(row);
                if page.is_full() {
                    return Ok(ControlFlow::Break(next));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The numbers of these rows' items.
    async fn numbers(&self, rows: &[Found]) -> Result<HashMap<u32, Ssn>, StoreError> {
        let items = rows.iter().filter_map(|found| found.item);
        let mut items: Vec<u32> = items.map(|(index, _)| index).collect();
        items.sort_unstable();
        items.dedup();
        let numbers = self.store.items_at(&self.meta.id, &items).await?;
        Ok(items.into_iter().zip(numbers).collect())
    }

    fn complete(
        &self,
        found: Found,
        body: Option<Bytes>,
        numbers: &HashMap<u32, Ssn>,
    ) -> Result<ResultRow, StoreError> {
        let Found {
            result: mut row,
            item,
            ..
        } = found;
        let Some((index, restored)) = item else {
            return Ok(row);
        };
        let ssn = numbers[&index];
        row.ssn = Some(if self.reveal {
            digits(ssn)
        } else {
            ssn.to_string()
        });
        row.warning = ssn.warning().or(restored.then_some(Warning::ZerosRestored));
        if let Some(body) = body {
            let body: &RawValue =
                serde_json::from_slice(&body).map_err(|_| StoreError::Damaged {
                    key: crate::Key::BatchDir(&self.meta.id, self.meta.batch_of(index))
                        .path()
                        .to_string(),
                    why: "a body is no JSON",
                })?;
            row.body = Some(match self.reveal {
                true => body.to_owned(),
                false => Mask::new(ssn).mask_json(body),
            });
        }
        Ok(row)
    }
}

impl Found {
    /// Bytes that the row takes at least.
    fn least(&self) -> usize {
        FIELDS + self.body.map_or(0, |body| body.len as usize)
    }
}

fn digits(ssn: Ssn) -> String {
    ssn.expose_digits()
        .iter()
        .map(|digit| char::from(*digit))
        .collect()
}
