//! The name of a segment. Names sort in the order of writing. Each also holds the batch's totals as
//! its writer knew them, so that the progress can be computed from a listing of names.

use std::fmt;
use std::str::FromStr;

/// The counts of a batch, including this segment, as the segment's writer knew them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentTotals {
    /// Items whose response was 2xx.
    pub succeeded: u32,
    /// Items whose response was 404 or 410.
    pub not_found: u32,
    /// Items that FAILED in this pass, or that FAILED earlier and that this pass does not select.
    pub failed: u32,
    /// Items that this pass still has to fetch.
    pub pending: u32,
    /// Items that FAILED in this pass: a part of `failed`.
    pub failed_in_pass: u32,
}

/// The name of a segment. Names sort in the order in which the segments were written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentName {
    /// The name in the store, `{pass:03}-{seq:04}-{writer}.{totals}`.
    text: String,
}

impl SegmentName {
    /// Creates the name of a segment that `writer` writes in `pass` with sequence number `seq`.
    pub fn new(pass: u32, seq: u32, writer: &str, totals: SegmentTotals) -> Self {
        let SegmentTotals {
            succeeded,
            not_found,
            failed,
            pending,
            failed_in_pass,
        } = totals;
        Self {
            text: format!(
                "{pass:03}-{seq:04}-{writer}.{succeeded}-{not_found}-{failed}-{pending}-{failed_in_pass}"
            ),
        }
    }

    /// Returns the name as it is in the store.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the pass in which the segment was written.
    pub fn pass(&self) -> u32 {
        self.parts().0
    }

    /// Returns its sequence number within the batch.
    pub fn seq(&self) -> u32 {
        self.parts().1
    }

    /// Returns the token of the fetcher that wrote it.
    pub fn writer(&self) -> &str {
        self.parts().2
    }

    /// Returns the batch's counts as the writer knew them.
    pub fn totals(&self) -> SegmentTotals {
        self.parts().3
    }

    fn parts(&self) -> (u32, u32, &str, SegmentTotals) {
        parse(&self.text).expect("the name was checked when it was created")
    }
}

impl FromStr for SegmentName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text)
            .map(|_| Self {
                text: text.to_owned(),
            })
            .ok_or(())
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse(text: &str) -> Option<(u32, u32, &str, SegmentTotals)> {
    let (head, totals) = text.split_once('.')?;
    let mut head = head.splitn(3, '-');
    let (pass, seq, writer) = (
        head.next()?.parse().ok()?,
        head.next()?.parse().ok()?,
        head.next()?,
    );
    let mut totals = totals.split('-').map(|number| number.parse().ok());
    let mut next = || totals.next().flatten();
    let totals = SegmentTotals {
        succeeded: next()?,
        not_found: next()?,
        failed: next()?,
        pending: next()?,
        failed_in_pass: next()?,
    };
    Some((pass, seq, writer, totals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_round_trips_and_sorts_by_pass_then_number() {
        let totals = SegmentTotals {
            succeeded: 200,
            not_found: 10,
            failed: 7,
            pending: 33,
            failed_in_pass: 5,
        };
        let name = SegmentName::new(2, 13, "k3jd81", totals);
        assert_eq!(name.as_str(), "002-0013-k3jd81.200-10-7-33-5");
        let back: SegmentName = name.as_str().parse().unwrap();
        assert_eq!(
            (back.pass(), back.seq(), back.writer(), back.totals()),
            (2, 13, "k3jd81", totals)
        );
        assert!(
            SegmentName::new(1, 9, "zzzzzz", totals) < SegmentName::new(1, 10, "000000", totals)
        );
        assert!(
            SegmentName::new(1, 9999, "zzzzzz", totals) < SegmentName::new(2, 1, "000000", totals)
        );
        for bad in [
            "",
            "x",
            "001-0001-abc",
            "001-0001-abc.1-2-3",
            "001-x-abc.1-2-3-4-5",
            "#1",
        ] {
            assert!(bad.parse::<SegmentName>().is_err(), "{bad}");
        }
    }
}
