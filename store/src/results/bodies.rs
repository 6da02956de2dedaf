//! Reads only the bodies of a page's rows, not those of the other rows in the same segments.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use super::ResultsReader;
use super::find::{BodyLocation, MatchedRow, Segments};
use crate::{Key, StoreError};

/// How many segments are read at the same time.
const PARALLEL_READS: usize = 16;
/// Unneeded bytes that may be read to save further requests for the same segment.
const MAX_UNNEEDED: u64 = 64 << 10;

/// Ranges of bytes in one segment, each with the index of the row whose body it holds.
type Ranges = Vec<(usize, Range<u64>)>;

impl ResultsReader {
    /// Reads the bodies of these rows, and returns them in the same order.
    pub(super) async fn read_bodies(
        &self,
        rows: &[MatchedRow],
        segments: &Segments,
    ) -> Result<Vec<Option<Bytes>>, StoreError> {
        let mut bodies = vec![None; rows.len()];
        let mut to_read: HashMap<(u32, usize), Ranges> = HashMap::new();
        for (row, found) in rows.iter().enumerate() {
            let Some(BodyLocation {
                batch,
                segment,
                at,
                len,
            }) = found.body
            else {
                continue;
            };
            let range = u64::from(at)..u64::from(at) + u64::from(len);
            match &segments[&batch][segment].bytes {
                Some(bytes) => {
                    bodies[row] = Some(bytes.slice(range.start as usize..range.end as usize));
                }
                None => to_read
                    .entry((batch, segment))
                    .or_default()
                    .push((row, range)),
            }
        }
        let mut reads = stream::iter(to_read)
            .map(|((batch, segment), ranges)| async move {
                let name = segments[&batch][segment].name.as_str();
                let key = Key::Segment(&self.meta.id, batch, name);
                self.read(key, ranges).await
            })
            .buffer_unordered(PARALLEL_READS);
        while let Some(read) = reads.try_next().await? {
            for (row, body) in read {
                bodies[row] = Some(body);
            }
        }
        drop(reads);
        Ok(bodies)
    }

    /// Reads ranges of one segment. Reads them as one range if they cover most of it.
    async fn read(&self, key: Key<'_>, ranges: Ranges) -> Result<Vec<(usize, Bytes)>, StoreError> {
        let (rows, ranges): (Vec<usize>, Vec<Range<u64>>) = ranges.into_iter().unzip();
        let begin = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let end = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let needed: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        let bodies = if end - begin <= 2 * needed + MAX_UNNEEDED {
            let whole = self.store.get_range(key, begin..end).await?;
            let whole = whole.ok_or_else(|| StoreError::Missing {
                key: key.path().to_string(),
            })?;
            let slice = |range: &Range<u64>| {
                let (start, end) = (range.start - begin, range.end - begin);
                (end <= whole.len() as u64).then(|| whole.slice(start as usize..end as usize))
            };
            ranges.iter().map(slice).collect::<Option<Vec<_>>>()
        } else {
            Some(self.store.get_ranges(key, &ranges).await?)
        };
        let bodies = bodies.ok_or_else(|| StoreError::Damaged {
            key: key.path().to_string(),
            why: "it is too short",
        })?;
        Ok(rows.into_iter().zip(bodies).collect())
    }
}
