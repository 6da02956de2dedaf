//! The progress of a run, computed from one listing of segment names.

use std::collections::BTreeMap;

use contract::wire::{Counts, ExecutionId};

use crate::{Key, Meta, Pass, SegmentName, Store, StoreError};

/// The progress of a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Items by outcome.
    pub counts: Counts,
    /// Items that FAILED in this pass.
    pub failed_in_pass: u64,
    /// When the newest segment was written, in milliseconds since 1970; `None` before the first.
    pub last_write_ms: Option<u64>,
}

impl Store {
    /// Computes the progress of a pass from one listing.
    pub async fn progress(&self, meta: &Meta, pass: &Pass) -> Result<Progress, StoreError> {
        let mut by_batch: BTreeMap<u32, Vec<SegmentName>> = BTreeMap::new();
        let mut last_write_ms = None;
        for object in self.list(Key::ResultsDir(&meta.id)).await? {
            if let Some((batch, name)) = parse_segment_path(&object.location) {
                by_batch.entry(batch).or_default().push(name);
                last_write_ms =
                    last_write_ms.max(u64::try_from(object.last_modified.timestamp_millis()).ok());
            }
        }
        let mut progress = Progress {
            counts: Counts::default(),
            failed_in_pass: 0,
            last_write_ms,
        };
        for batch in 0..meta.batches() {
            let names = by_batch.get(&batch).map_or(&[][..], Vec::as_slice);
            add_batch(&mut progress, meta, pass, batch, names);
        }
        Ok(progress)
    }

    /// Lists the names of all segments of an execution, by batch, sorted.
    pub(crate) async fn all_segment_names(
        &self,
        id: &ExecutionId,
    ) -> Result<BTreeMap<u32, Vec<SegmentName>>, StoreError> {
        let mut by_batch: BTreeMap<u32, Vec<SegmentName>> = BTreeMap::new();
        for object in self.list(Key::ResultsDir(id)).await? {
            if let Some((batch, name)) = parse_segment_path(&object.location) {
                by_batch.entry(batch).or_default().push(name);
            }
        }
        Ok(by_batch)
    }
}

/// Returns the segment with the most complete totals of a batch in a pass.
///
/// It is the segment with the fewest pending items, and among equals the one whose name sorts last.
pub(crate) fn most_complete(names: &[SegmentName], pass: u32) -> Option<&SegmentName> {
    names
        .iter()
        .filter(|name| name.pass() == pass)
        .rev()
        .min_by_key(|name| name.totals().pending)
}

fn add_batch(progress: &mut Progress, meta: &Meta, pass: &Pass, batch: u32, names: &[SegmentName]) {
    let (succeeded, not_found, failed, pending) = match most_complete(names, pass.pass) {
        Some(name) => {
            let totals = name.totals();
            progress.failed_in_pass += u64::from(totals.failed_in_pass);
            (
                totals.succeeded,
                totals.not_found,
                totals.failed,
                totals.pending,
            )
        }
        None => {
            let start = pass.counts_at_start(meta, batch);
            (
                start.succeeded,
                start.not_found,
                start.failed,
                start.selected,
            )
        }
    };
    let counts = &mut progress.counts;
    counts.succeeded += u64::from(succeeded);
    counts.not_found += u64::from(not_found);
    counts.failed += u64::from(failed);
    counts.pending += u64::from(pending);
    let known = succeeded + not_found + failed + pending;
    counts.not_tried += u64::from(meta.batch_len(batch).saturating_sub(known));
}

/// Parses the path of a segment into its batch and name; `None` if it is another object's path.
fn parse_segment_path(path: &object_store::path::Path) -> Option<(u32, SegmentName)> {
    let mut parts = path.parts().rev();
    let name = parts.next()?.as_ref().parse().ok()?;
    let batch = parts.next()?.as_ref().parse().ok()?;
    Some((batch, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SegmentTotals;

    fn name(pass: u32, seq: u32, writer: &str, pending: u32) -> SegmentName {
        SegmentName::new(
            pass,
            seq,
            writer,
            SegmentTotals {
                pending,
                ..Default::default()
            },
        )
    }

    #[test]
    fn the_name_with_the_fewest_pending_items_is_used() {
        let mut names = vec![
            name(1, 1, "a", 0),
            name(2, 2, "b", 5),
            name(2, 3, "c", 3),
            name(2, 3, "d", 3),
            name(2, 4, "a", 4),
        ];
        names.sort();
        assert_eq!(most_complete(&names, 2), Some(&name(2, 3, "d", 3)));
        assert_eq!(most_complete(&names, 3), None);
    }
}
