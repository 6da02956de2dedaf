//! Indexes of segments: the records without their bodies, and where in the segment the bodies are.
//!
//! With an index, a page of results reads only the bodies of its own rows. So the cost of a page
//! depends neither on its position in the list nor on the bodies of other rows.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use contract::wire::{ErrorKind, ExecutionId, Outcome};
use object_store::path::Path;
use serde_json::value::RawValue;

use crate::{Key, Record, SegmentName, Store, StoreError};

/// Bytes of indexes kept in memory: enough for half a million items (28 bytes each) in few segments.
const CACHE_BYTES: usize = 16 << 20;
/// Approximate memory of a cached index without its entries and the two copies of its path, in bytes.
///
/// It covers the index's slots in the map and in the queue, which both reserve more slots than they
/// use, and the allocator's overhead.
const OVERHEAD: usize = 256;
/// Maximum size of a segment that is returned together with its index, in bytes.
const SMALL_SEGMENT: usize = 1 << 20;

/// A record without its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) item: u32,
    pub(crate) duration_ms: u32,
    pub(crate) attempts: u32,
    /// Offset of the body in the segment, in bytes.
    pub(crate) at: u32,
    /// Length of the body in bytes; 0 if there is none.
    pub(crate) len: u32,
    pub(crate) status_code: Option<u16>,
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<ErrorKind>,
}

/// The records of a segment that hold a result, sorted by item.
///
/// Records of the same item are in the order in which they were written.
#[derive(Debug)]
pub(crate) struct Index(Box<[Entry]>);

impl Index {
    /// Indexes a segment; `None` if a line is not a record.
    fn parse(segment: &[u8]) -> Option<Self> {
        let begin = segment.as_ptr() as usize;
        let mut entries = Vec::new();
        let records = serde_json::Deserializer::from_slice(segment);
        for record in records.into_iter::<Record<Option<&RawValue>>>() {
            let record = record.ok()?;
            // An item that waits for another attempt has no result yet.
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

    /// Returns the entries of one item.
    pub(crate) fn entries(&self, item: u32) -> &[Entry] {
        let first = self.0.partition_point(|entry| entry.item < item);
        let count = self.0[first..].partition_point(|entry| entry.item == item);
        &self.0[first..first + count]
    }

    /// Returns how many bytes the index takes in the cache if its path is `path`.
    fn size(&self, path: &Path) -> usize {
        size_of_val(&*self.0) + 2 * path.as_ref().len() + OVERHEAD
    }
}

/// A cache of the indexes read last. It never has to be updated, since a segment never changes.
#[derive(Debug, Default)]
pub(crate) struct IndexCache(Mutex<CachedIndexes>);

#[derive(Debug, Default)]
struct CachedIndexes {
    by_path: HashMap<Path, Arc<Index>>,
    /// The paths in the order in which they were added, the oldest first.
    order: VecDeque<Path>,
    size: usize,
}

impl IndexCache {
    fn get(&self, path: &Path) -> Option<Arc<Index>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.by_path.get(path).cloned()
    }

    fn insert(&self, path: Path, index: &Arc<Index>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = &mut *cached;
        if cached.by_path.contains_key(&path) {
            return;
        }
        cached.size += index.size(&path);
        cached.order.push_back(path.clone());
        cached.by_path.insert(path, Arc::clone(index));
        while cached.size > CACHE_BYTES
            && let Some(oldest) = cached.order.pop_front()
        {
            let evicted = cached.by_path.remove(&oldest);
            cached.size -= evicted.map_or(0, |index| index.size(&oldest));
        }
    }
}

impl Store {
    /// Returns a segment's index.
    ///
    /// If the segment had to be read for that and is small, returns the segment too.
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
        let (segment, _permit) = self.get_with_permit(key).await?;
        let index = Index::parse(&segment).ok_or_else(|| StoreError::Damaged {
            key: path.to_string(),
            why: "a line is not a record",
        })?;
        let index = Arc::new(index);
        self.indexes.insert(path, &index);
        Ok((
            index,
            Some(segment).filter(|segment| segment.len() <= SMALL_SEGMENT),
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
    fn an_index_locates_every_body() {
        let segment = [
            line(7, Outcome::Failed, Some("\"seven\"")),
            line(2, Outcome::Pending, None),
            line(9, Outcome::Succeeded, Some("{\"a\": [1, 2]}")),
            line(3, Outcome::NotFound, None),
            line(7, Outcome::Succeeded, Some("7")),
        ]
        .concat();
        let index = Index::parse(&segment).unwrap();
        let bodies = |item| -> Vec<&str> {
            let entries = index.entries(item).iter();
            let range = |entry: &Entry| entry.at as usize..(entry.at + entry.len) as usize;
            entries
                .map(|entry| std::str::from_utf8(&segment[range(entry)]).unwrap())
                .collect()
        };
        assert_eq!(bodies(7), ["\"seven\"", "7"]);
        assert_eq!(bodies(9), ["{\"a\": [1, 2]}"]);
        assert_eq!(bodies(3), [""]);
        assert!(bodies(2).is_empty() && bodies(8).is_empty());
        assert!(Index::parse(b"{\"item\": 1}\n").is_none());
    }

    #[test]
    fn the_oldest_indexes_are_evicted_first() {
        let entry = Index::parse(&line(1, Outcome::Succeeded, None)).unwrap().0[0];
        let count = (CACHE_BYTES / 3 - 2 * OVERHEAD) / size_of::<Entry>();
        let large = || Arc::new(Index(vec![entry; count].into()));
        let indexes = IndexCache::default();
        let paths: Vec<Path> = (0..5).map(|n| Path::from(n.to_string())).collect();
        for path in &paths {
            indexes.insert(path.clone(), &large());
            indexes.insert(path.clone(), &large());
        }
        let kept: Vec<bool> = paths
            .iter()
            .map(|path| indexes.get(path).is_some())
            .collect();
        assert_eq!(kept, [false, false, true, true, true]);
    }

    #[test]
    fn many_empty_indexes_do_not_outgrow_the_cache() {
        let indexes = IndexCache::default();
        let path = |n: usize| Path::from(format!("executions/a/batches/{n:032}"));
        let least = 2 * path(0).as_ref().len() + OVERHEAD;
        let last = CACHE_BYTES / least;
        for n in 0..=last {
            indexes.insert(path(n), &Arc::new(Index([].into())));
        }
        assert!(indexes.get(&path(0)).is_none());
        assert!(indexes.get(&path(1)).is_some() && indexes.get(&path(last)).is_some());
    }
}
