//! Reads pages of results.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contract::wire::ResultRow;
use contract::{Mask, Ssn, Warning};
use serde_json::value::RawValue;

use super::find::{MatchedRow, Segments};
use super::matching::MatchingOutcomes;
use super::{Filters, MAX_FIELDS_BYTES, Page, PageLimits, escaped_size};
use crate::{Meta, Pass, SegmentName, Store, StoreError, Summary};

/// Rows that are read in one step.
const CHUNK: u64 = 1_000;
/// Rows that are read in one step if there are filters. It is larger, since few rows may match.
const FILTERED_CHUNK: u64 = 10_000;

/// Reads an execution's results.
///
/// A pass that ends after the reader was opened still counts as running. While the run is under way,
/// each page reads the latest state of its batches.
pub struct ResultsReader {
    pub(super) store: Store,
    pub(super) meta: Meta,
    pub(super) pass: Pass,
    pub(super) summary: Option<Summary>,
    /// The names of the segments of each batch that was listed.
    pub(super) names: HashMap<u32, Arc<[SegmentName]>>,
    reveal: bool,
}

/// A page to which rows are being added.
struct PageBuilder {
    rows: Vec<ResultRow>,
    bytes: usize,
    limits: PageLimits,
}

impl PageBuilder {
    fn is_full(&self) -> bool {
        self.rows.len() >= self.limits.count || self.bytes >= self.limits.bytes
    }
}

impl ResultsReader {
    /// Opens the results of an execution; `pass` must be its current pass.
    ///
    /// With `reveal` the rows hold full numbers, otherwise masked ones.
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

    /// Reads one page: the matching rows from row `first` on, until a limit is reached.
    pub async fn page(
        &mut self,
        first: u64,
        filters: &Filters,
        limits: PageLimits,
    ) -> Result<Page, StoreError> {
        let began = Instant::now();
        if self.summary.is_none() {
            // The run is under way, so there may be new segments.
            self.names.clear();
        }
        let matching = MatchingOutcomes::new(filters);
        let mut page = PageBuilder {
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
            let (rows, lines) = futures::try_join!(
                self.store.rows(&self.meta, at, end),
                self.store.lines(&self.meta, at, end)
            )?;
            let (mut rest, mut rest_lines) = (&rows[..], &lines[..]);
            while !rest.is_empty() {
                let (count, batches) = self.next_step(rest, matching).await?;
                let segments = self.read_segments(&batches).await?;
                let found = self.find(at, &rest[..count], rest_lines, &segments, filters);
                let filled = self.fill(&mut page, found, &segments).await?;
                at += count as u64;
                (rest, rest_lines) = (&rest[count..], &rest_lines[count..]);
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

    /// Adds rows to the page. If it gets full, returns `Break` with the first row of the next page.
    ///
    /// Bodies that don't fit into the page are not read.
    async fn fill(
        &self,
        page: &mut PageBuilder,
        found: Vec<MatchedRow>,
        segments: &Segments,
    ) -> Result<ControlFlow<u64>, StoreError> {
        let mut found = found.into_iter().peekable();
        while found.peek().is_some() {
            // Groups as many rows as may fit, so that their bodies are read together.
            let mut room = page.limits.bytes.saturating_sub(page.bytes);
            let mut group: Vec<MatchedRow> = Vec::new();
            while let Some(next) = found.next_if(|next| {
                group.is_empty()
                    || next.min_size() <= room && page.rows.len() + group.len() < page.limits.count
            }) {
                room = room.saturating_sub(next.min_size());
                group.push(next);
            }
            let numbers = self.read_numbers(&group).await?;
            let bodies = self.read_bodies(&group, segments).await?;
            for (found, body) in group.into_iter().zip(bodies) {
                let row = self.complete_row(found, body, &numbers)?;
                let size = escaped_size(&row);
                if page.bytes + size > page.limits.bytes && !page.rows.is_empty() {
                    return Ok(ControlFlow::Break(row.row));
                }
                let next = row.row + 1;
                page.bytes += size;
                page.rows.push(row);
                if page.is_full() {
                    return Ok(ControlFlow::Break(next));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads the numbers of these rows, by item.
    async fn read_numbers(&self, rows: &[MatchedRow]) -> Result<HashMap<u32, Ssn>, StoreError> {
        let items = rows.iter().filter_map(|found| found.item);
        let mut items: Vec<u32> = items.map(|(index, _)| index).collect();
        items.sort_unstable();
        items.dedup();
        let numbers = self.store.items_at(&self.meta.id, &items).await?;
        Ok(items.into_iter().zip(numbers).collect())
    }

    fn complete_row(
        &self,
        found: MatchedRow,
        body: Option<Bytes>,
        numbers: &HashMap<u32, Ssn>,
    ) -> Result<ResultRow, StoreError> {
        let MatchedRow {
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
                    why: "a body is not JSON",
                })?;
            row.body = Some(match self.reveal {
                true => body.to_owned(),
                false => Mask::new(ssn).mask_json(body),
            });
        }
        Ok(row)
    }
}

impl MatchedRow {
    /// Returns the minimum size of the row, in bytes.
    fn min_size(&self) -> usize {
        MAX_FIELDS_BYTES + self.body.map_or(0, |body| body.len as usize)
    }
}

fn digits(ssn: Ssn) -> String {
    ssn.expose_digits()
        .iter()
        .map(|digit| char::from(*digit))
        .collect()
}
