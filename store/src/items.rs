//! The `items` file: the distinct valid numbers, each as nine digits and a newline. The lines have a
//! fixed width, so a batch can be read as a range of bytes.

use contract::Ssn;
use contract::wire::ExecutionId;

use crate::{Key, Meta, Store, StoreError};

/// Bytes of an item: nine digits and a newline.
const WIDTH: u64 = 10;
/// What is wrong if a line can't be decoded.
const DAMAGED: &str = "a line is not nine digits";

/// Returns the number of items per batch, that is, per invocation of the fetcher.
///
/// Up to 10,000 items make at most 40 batches of at most 250 items, since an inline Map runs 40
/// iterations at a time (AWS Step Functions, "Map state processing modes"). More items make at most
/// 1,000 batches of at least 250.
pub fn batch_size_for(items: u64) -> u32 {
    let size = if items <= 10_000 {
        items.div_ceil(40).clamp(1, 250)
    } else {
        items.div_ceil(1_000).max(250)
    };
    size as u32
}

impl Store {
    pub(crate) async fn put_items(
        &self,
        id: &ExecutionId,
        items: &[Ssn],
    ) -> Result<(), StoreError> {
        let mut body = Vec::with_capacity(items.len() * WIDTH as usize);
        for ssn in items {
            body.extend_from_slice(&ssn.expose_digits());
            body.push(b'\n');
        }
        self.put(Key::Items(id), body).await
    }

    /// Reads the numbers of one batch.
    pub async fn batch_items(&self, meta: &Meta, batch: u32) -> Result<Vec<Ssn>, StoreError> {
        let range = meta.batch_range(batch);
        self.items(&meta.id, range.start.into(), range.end.into())
            .await
    }

    /// Reads the numbers of these items, whose indexes must be sorted.
    ///
    /// Items that are close together are read as one range of bytes.
    pub(crate) async fn items_at(
        &self,
        id: &ExecutionId,
        items: &[u32],
    ) -> Result<Vec<Ssn>, StoreError> {
        let (Some(&first), Some(&last)) = (items.first(), items.last()) else {
            return Ok(Vec::new());
        };
        if ((last - first) as usize) < 4 * items.len() + 4_096 {
            let all = self.items(id, first.into(), u64::from(last) + 1).await?;
            return Ok(items
                .iter()
                .map(|item| all[(item - first) as usize])
                .collect());
        }
        let key = Key::Items(id);
        let ranges: Vec<_> = items
            .iter()
            .map(|item| u64::from(*item) * WIDTH..(u64::from(*item) + 1) * WIDTH)
            .collect();
        let lines = self.get_ranges(key, &ranges).await?;
        let numbers: Option<Vec<Ssn>> = lines.iter().map(|line| decode(line)).collect();
        numbers
            .filter(|numbers| numbers.len() == items.len())
            .ok_or_else(|| StoreError::Damaged {
                key: key.path().to_string(),
                why: DAMAGED,
            })
    }

    /// Reads the numbers from index `first` up to, but not including, `end`.
    pub(crate) async fn items(
        &self,
        id: &ExecutionId,
        first: u64,
        end: u64,
    ) -> Result<Vec<Ssn>, StoreError> {
        self.records(Key::Items(id), WIDTH, first..end, DAMAGED, decode)
            .await
    }
}

fn decode(line: &[u8]) -> Option<Ssn> {
    Ssn::from_digits(line.strip_suffix(b"\n")?.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_sizes_fit_the_limits_of_step_functions() {
        for (items, size, batches) in [
            (1, 1, 1),
            (40, 1, 40),
            (41, 2, 21),
            (10_000, 250, 40),
            (10_001, 250, 41),
            (20_000, 250, 80),
            (250_000, 250, 1_000),
            (1_000_000, 1_000, 1_000),
        ] {
            assert_eq!(batch_size_for(items), size, "{items}");
            assert_eq!(items.div_ceil(size.into()), batches, "{items}");
        }
    }
}
