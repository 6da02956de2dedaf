//! Results, row by row, in list order.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use contract::list::Row;
use contract::wire::{Outcome, ResultRow, RowError};
use contract::{Mask, Ssn, Warning, limits};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{BatchState, Meta, Pass, Store, StoreError, Summary};

type Body = Option<Box<RawValue>>;

/// Merged batches kept for the next page: neighbouring pages share a batch.
const KEPT_BATCHES: usize = 4;
/// Rows looked at in one go.
const CHUNK: u64 = 1_000;

/// Which rows are wanted; all of what is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// This outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// This status of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// This error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RowError>,
}

impl Filters {
    fn takes(&self, row: &ResultRow) -> bool {
        self.outcome.is_none_or(|wanted| row.outcome == wanted)
            && self
                .status_code
                .is_none_or(|wanted| row.status_code == Some(wanted))
            && self.error.is_none_or(|wanted| row.error == Some(wanted))
    }
}

/// Where a page ends.
#[derive(Clone, Copy, Debug)]
pub struct PageLimits {
    /// Rows.
    pub count: usize,
    /// Bytes, as they stand in a Lambda's answer. A page has one row at least.
    pub bytes: usize,
    /// Time spent looking.
    pub time: Duration,
}

impl PageLimits {
    /// `count` rows, 3 MiB (a Lambda answers 6 MB at most), 5 seconds.
    pub fn of(count: u32) -> Self {
        Self {
            count: count.min(limits::MAX_RESULTS_COUNT) as usize,
            bytes: 3 << 20,
            time: Duration::from_secs(5),
        }
    }
}

/// Bytes that a row takes at most where its JSON is a string inside JSON again, as in a Lambda's
/// answer: there every quote and backslash takes two.
fn weight(row: &ResultRow) -> usize {
    const FIELDS: usize = 320;
    let body = row.body.as_ref().map_or("", |body| body.get());
    let escaped = body.bytes().filter(|byte| matches!(byte, b'"' | b'\\'));
    FIELDS + body.len() + escaped.count()
}

/// Rows, and where to go on.
pub struct Page {
    /// In list order.
    pub rows: Vec<ResultRow>,
    /// The row at which the next page begins; `None` at the end of the list.
    pub next: Option<u64>,
}

/// Reads an execution's results. What it knows of a pass is of the moment it was opened, except
/// that a run under way is read as it stands when a batch is first needed.
pub struct ResultsReader {
    store: Store,
    meta: Meta,
    pass: Pass,
    summary: Option<Summary>,
    reveal: bool,
    kept: HashMap<u32, BatchState<Body>>,
    order: VecDeque<u32>,
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
            reveal,
            kept: HashMap::new(),
            order: VecDeque::new(),
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
        let (mut rows, mut bytes, mut at) = (Vec::new(), 0, first);
        while at < self.meta.rows {
            let wanted = if *filters == Filters::default() {
                (limits.count - rows.len()) as u64
            } else {
                CHUNK
            };
            let end = (at + wanted.clamp(1, CHUNK)).min(self.meta.rows);
            let chunk = self.store.rows(&self.meta, at, end).await?;
            let numbers = self.numbers(&chunk).await?;
            for row in chunk {
                let result = self.result(at, row, &numbers).await?;
                at += 1;
                if filters.takes(&result) {
                    let weight = weight(&result);
                    if bytes + weight > limits.bytes && !rows.is_empty() {
                        return Ok(Page {
                            rows,
                            next: Some(at - 1),
                        });
                    }
                    bytes += weight;
                    rows.push(result);
                }
                if rows.len() >= limits.count
                    || bytes >= limits.bytes
                    || began.elapsed() >= limits.time
                {
                    return Ok(Page {
                        rows,
                        next: (at < self.meta.rows).then_some(at),
                    });
                }
            }
        }
        Ok(Page { rows, next: None })
    }

    /// The numbers of the items that these rows name.
    async fn numbers(&self, rows: &[Row]) -> Result<Numbers, StoreError> {
        let items = || {
            rows.iter().filter_map(|row| {
                if let Row::Item { index, .. } = row {
                    Some(*index)
                } else {
                    None
                }
            })
        };
        let (Some(first), Some(last)) = (items().min(), items().max()) else {
            return Ok(Numbers::default());
        };
        // Rows name items in the order of their first row, so that they lie close together unless
        // an earlier one is repeated: then those are read by batch.
        let span = u64::from(last - first) + 1;
        if span <= 4 * CHUNK {
            let numbers = self
                .store
                .items(&self.meta.id, first.into(), u64::from(last) + 1)
                .await?;
            return Ok(Numbers {
                by_item: (first..).zip(numbers).collect(),
            });
        }
        let mut batches: Vec<u32> = items().map(|item| self.meta.batch_of(item)).collect();
        batches.sort_unstable();
        batches.dedup();
        let mut by_item = HashMap::new();
        for batch in batches {
            let numbers = self.store.batch_items(&self.meta, batch).await?;
            by_item.extend((self.meta.batch_range(batch).start..).zip(numbers));
        }
        Ok(Numbers { by_item })
    }

    async fn result(
        &mut self,
        row_number: u64,
        row: Row,
        numbers: &Numbers,
    ) -> Result<ResultRow, StoreError> {
        let (index, restored) = match row {
            Row::Item { index, restored } => (index, restored),
            Row::Invalid(reason) => return Ok(invalid(row_number, RowError::Invalid(reason))),
        };
        let ssn = numbers.by_item.get(&index).copied();
        let (reveal, over) = (self.reveal, self.summary.is_some());
        let filter = self.pass.filter.clone();
        let item = self.batch(self.meta.batch_of(index)).await?.item(index);
        let outcome = item.map_or(Outcome::NotTried, |item| item.outcome(&filter, over));
        // What an earlier pass learnt of an item that is being asked again is no longer news.
        let record = item
            .and_then(|item| item.record())
            .filter(|_| outcome != Outcome::Pending);
        Ok(ResultRow {
            row: row_number,
            ssn: ssn.map(|ssn| if reveal { digits(ssn) } else { ssn.to_string() }),
            outcome,
            status_code: record.and_then(|record| record.status_code),
            body: record
                .and_then(|record| record.body.as_deref())
                .map(|body| match ssn {
                    Some(ssn) if !reveal => Mask::of(ssn).json(body),
                    _ => body.to_owned(),
                }),
            error: record.and_then(|record| record.error).map(RowError::Fetch),
            warning: ssn
                .and_then(|ssn| ssn.warning())
                .or(restored.then_some(Warning::ZerosRestored)),
            duration_ms: record.map(|record| record.duration_ms),
            attempts: record.map_or(0, |record| record.attempts),
        })
    }

    async fn batch(&mut self, batch: u32) -> Result<&BatchState<Body>, StoreError> {
        if !self.kept.contains_key(&batch) {
            let state = match &self.summary {
                Some(summary) => {
                    let names = summary.segment_names(batch);
                    self.store
                        .batch_of_segments(&self.meta, &self.pass, batch, &names)
                        .await?
                }
                None => self.store.batch(&self.meta, &self.pass, batch).await?,
            };
            if self.order.len() == KEPT_BATCHES {
                self.order
                    .pop_front()
                    .and_then(|oldest| self.kept.remove(&oldest));
            }
            self.order.push_back(batch);
            self.kept.insert(batch, state);
        }
        Ok(&self.kept[&batch])
    }
}

#[derive(Default)]
struct Numbers {
    by_item: HashMap<u32, Ssn>,
}

fn digits(ssn: Ssn) -> String {
    ssn.expose_digits()
        .iter()
        .map(|digit| char::from(*digit))
        .collect()
}

fn invalid(row: u64, error: RowError) -> ResultRow {
    ResultRow {
        row,
        ssn: None,
        outcome: Outcome::Invalid,
        status_code: None,
        body: None,
        error: Some(error),
        warning: None,
        duration_ms: None,
        attempts: 0,
    }
}
