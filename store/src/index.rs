//! What a segment's records say, and where in it their bodies lie: so a page of results reads the
//! bodies of its own rows and no others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use contract::wire::{ErrorKind, ExecutionId, Outcome};
use object_store::path::Path;
use serde_json::value::RawValue;

use crate::{Key, Record, SegmentName, Store, StoreError};

/// Bytes of indexes kept: enough for half a million items, at 28 bytes each, in few segments.
const KEPT: usize = 16 << 20;
/// About what keeping an index takes beside its entries and its path, twice: its place in the map and
/// in the order, which have room to grow, and what the allocator adds.
const BOOKKEEPING: usize = 256;
/// A segment so small is handed on when its index was read from it.
const SMALL: usize = 1 << 20;

/// A record without its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) item: u32,
    pub(crate) duration_ms: u32,
    pub(crate) attempts: u32,
    /// Where in the segment its body begins.
    pub(crate) at: u32,
    /// How many bytes the body has; 0 where there is none.
    pub(crate) len: u32,
    pub(crate) status_code: Option<u16>,
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<ErrorKind>,
}

/// A segment's answers and failures, by item. Where it holds several of an item, they are in the
/// order in which they were learnt.
#[derive(Debug)]
pub(crate) struct Index(Box<[Entry]>);

impl Index {
    /// `None` where a line is no record.
    fn of(segment: &[u8]) -> Option<Self> {
        let begin = segment.as_ptr() as usize;
        let mut entries = Vec::new();
        let records = serde_json::Deserializer::from_slice(segment);
        for record in records.into_iter::<Record<Option<&RawValue>>>() {
            let record = record.ok()?;
            // What was put off has no news for a reader.
            if record.outcome == Outcome::Pending {
                continue;
            }
            let body = record.body.map_or("", RawValue::get);
            entries.push(Entry {
                item: record.item,
                duration_ms: record.duration_ms,
                attempts: record.attempts,
                at: match record.body {
                    Some(_) => u32::try_from(body.as_ptr() as usize - begin).ok()?,
                    None => 0,
                },
                len: u32::try_from(body.len()).ok()?,
                status_code: record.status_code,
                outcome: record.outcome,
                error: record.error,
            });
        }
        entries.sort_by_key(|entry| entry.item);
        Some(Self(entries.into()))
    }

    /// What is said of an item.
    pub(crate) fn of_item(&self, item: u32) -> &[Entry] {
        let first = self.0.partition_point(|entry| entry.item < item);
        let of_it = self.0[first..].partition_point(|entry| entry.item == item);
        &self.0[first..first + of_it]
    }

    /// Bytes that it takes to keep it under this path.
    fn size(&self, path: &Path) -> usize {
        size_of_val(&*self.0) + 2 * path.as_ref().len() + BOOKKEEPING
    }
}

/// Indexes read last. A segment never changes, so neither does its index.
#[derive(Debug, Default)]
pub(crate) struct Indexes(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_path: HashMap<Path, Arc<Index>>,
    /// The oldest first.
    order: VecDeque<Path>,
    size: usize,
}

impl Indexes {
    fn get(&self, path: &Path) -> Option<Arc<Index>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.by_path.get(path).cloned()
    }

    fn keep(&self, path: Path, index: &Arc<Index>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        if kept.by_path.contains_key(&path) {
            return;
        }
        kept.size += index.size(&path);
        kept.order.push_back(path.clone());
        kept.by_path.insert(path, Arc::clone(index));
        while kept.size > KEPT
            && let Some(oldest) = kept.order.pop_front()
        {
            let gone = kept.by_path.remove(&oldest);
            kept.size -= gone.map_or(0, |index| index.size(&oldest));
        }
    }
}

impl Store {
    /// A segment's index, and its bytes where they had to be read for it and are few.
    pub(crate) async fn index(
        &self,
        id: &ExecutionId,
        batch: u32,
        name: &SegmentName,
    ) -> Result<(Arc<Index>, Option<Bytes>), StoreError> {
        let key = Key::Segment(id, batch, name.as_str());
        let path = key.path();
        if let Some(index) = self.indexes.get(&path) {
            return Ok((index, None));
        }
        let (segment, _room) = self.get_in_turn(key).await?;
        let index = Index::of(&segment).ok_or_else(|| StoreError::Damaged {
            key: path.to_string(),
            why: "a line is no record",
        })?;
        let index = Arc::new(index);
        self.indexes.keep(path, &index);
        Ok((
            index,
            Some(segment).filter(|segment| segment.len() <= SMALL),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(item: u32, outcome: Outcome, body: Option<&str>) -> Vec<u8> {
        let record = Record {
            item,
            outcome,
            status_code: Some(200),
            error: None,
            duration_ms: 3,
            attempts: 1,
            not_before_ms: None,
            body: body.map(|body| RawValue::from_string(body.to_owned()).unwrap()),
        };
        let mut line = Vec::new();
        record.write_line(&mut line);
        line
    }

    #[test]
    fn every_body_is_found_where_the_index_says() {
        let segment = [
            line(7, Outcome::Failed, Some("\"seven\"")),
            line(2, Outcome::Pending, None),
            line(9, Outcome::Succeeded, Some("{\"a\": [1, 2]}")),
            line(3, Outcome::NotFound, None),
            line(7, Outcome::Succeeded, Some("7")),
        ]
        .concat();
        let index = Index::of(&segment).unwrap();
        let bodies = |item| -> Vec<&str> {
            let of_item = index.of_item(item).iter();
            let range = |entry: &Entry| entry.at as usize..(entry.at + entry.len) as usize;
            of_item
                .map(|entry| std::str::from_utf8(&segment[range(entry)]).unwrap())
                .collect()
        };
        assert_eq!(bodies(7), ["\"seven\"", "7"]);
        assert_eq!(bodies(9), ["{\"a\": [1, 2]}"]);
        assert_eq!(bodies(3), [""]);
        assert!(bodies(2).is_empty() && bodies(8).is_empty());
        assert!(Index::of(b"{\"item\": 1}\n").is_none());
    }

    #[test]
    fn the_oldest_indexes_go_when_there_are_too_many() {
        let entry = Index::of(&line(1, Outcome::Succeeded, None)).unwrap().0[0];
        let count = (KEPT / 3 - 2 * BOOKKEEPING) / size_of::<Entry>();
        let large = || Arc::new(Index(vec![entry; count].into()));
        let indexes = Indexes::default();
        let paths: Vec<Path> = (0..5).map(|n| Path::from(n.to_string())).collect();
        for path in &paths {
            indexes.keep(path.clone(), &large());
            indexes.keep(path.clone(), &large());
        }
        let kept: Vec<bool> = paths
            .iter()
            .map(|path| indexes.get(path).is_some())
            .collect();
        assert_eq!(kept, [false, false, true, true, true]);
    }

    #[test]
    fn indexes_of_next_to_nothing_are_not_kept_without_end() {
        let indexes = Indexes::default();
        let path = |n: usize| Path::from(format!("executions/a/batches/{n:032}"));
        let least = 2 * path(0).as_ref().len() + BOOKKEEPING;
        let last = KEPT / least;
        for n in 0..=last {
            indexes.keep(path(n), &Arc::new(Index([].into())));
        }
        assert!(indexes.get(&path(0)).is_none());
        assert!(indexes.get(&path(1)).is_some() && indexes.get(&path(last)).is_some());
    }
}
