//! Where everything lies. No key is made anywhere else.

use contract::wire::ExecutionId;
use object_store::path::Path;

/// An object, or with a name that ends in `Dir` all objects below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// Everything of one execution.
    ExecutionDir(&'a ExecutionId),
    /// Everything of all executions.
    ExecutionsDir,
    /// The execution's settings and sums.
    Meta(&'a ExecutionId),
    /// Distinct numbers, fixed width.
    Items(&'a ExecutionId),
    /// The list's lines, fixed width.
    Rows(&'a ExecutionId),
    /// The execution is being erased: nothing may be written any more.
    Tombstone(&'a ExecutionId),
    /// What a pass asks, and with which share.
    Pass(&'a ExecutionId, u32),
    /// All passes.
    PassesDir(&'a ExecutionId),
    /// All segments.
    ResultsDir(&'a ExecutionId),
    /// The segments of one batch.
    BatchDir(&'a ExecutionId, u32),
    /// One segment; its name as [`crate::SegmentName`] writes it, with its totals.
    Segment(&'a ExecutionId, u32, &'a str),
    /// How a pass ended.
    Summary(&'a ExecutionId, u32),
    /// A pass is to stop.
    Stop(&'a ExecutionId, u32),
    /// An owner has this execution.
    History(&'a str, &'a ExecutionId),
    /// All executions of an owner.
    HistoryDir(&'a str),
    /// The execution that a caller's key has started.
    Idempotency(&'a str, &'a str),
    /// How an uploaded list is read.
    UploadOptions(&'a str, &'a ExecutionId),
    /// One part of an uploaded list, read.
    UploadPart(&'a str, &'a ExecutionId, u32),
    /// Everything of an uploaded list.
    UploadDir(&'a str, &'a ExecutionId),
    /// All uploaded lists of all owners.
    UploadsDir,
}

impl Key<'_> {
    /// The path. What callers chose (an owner, an idempotency key) is one percent-encoded segment.
    pub fn path(&self) -> Path {
        let parts: Vec<String> = match self {
            Self::ExecutionsDir => vec!["executions".into()],
            Self::ExecutionDir(id) => execution(id, []),
            Self::Meta(id) => execution(id, ["meta".into()]),
            Self::Items(id) => execution(id, ["items".into()]),
            Self::Rows(id) => execution(id, ["rows".into()]),
            Self::Tombstone(id) => execution(id, ["tombstone".into()]),
            Self::Pass(id, pass) => execution(id, ["passes".into(), format!("{pass:03}")]),
            Self::PassesDir(id) => execution(id, ["passes".into()]),
            Self::ResultsDir(id) => execution(id, ["results".into()]),
            Self::BatchDir(id, batch) => execution(id, ["results".into(), format!("{batch:06}")]),
            Self::Segment(id, batch, name) => execution(
                id,
                ["results".into(), format!("{batch:06}"), (*name).into()],
            ),
            Self::Summary(id, pass) => execution(id, ["summary".into(), format!("{pass:03}")]),
            Self::Stop(id, pass) => execution(id, ["stop".into(), format!("{pass:03}")]),
            Self::History(owner, id) => vec!["history".into(), (*owner).into(), id.to_string()],
            Self::HistoryDir(owner) => vec!["history".into(), (*owner).into()],
            Self::Idempotency(owner, key) => {
                vec!["idempotency".into(), (*owner).into(), (*key).into()]
            }
            Self::UploadOptions(owner, id) => vec![
                "lists".into(),
                (*owner).into(),
                id.to_string(),
                "options".into(),
            ],
            Self::UploadPart(owner, id, part) => vec![
                "lists".into(),
                (*owner).into(),
                id.to_string(),
                format!("{part:04}"),
            ],
            Self::UploadDir(owner, id) => vec!["lists".into(), (*owner).into(), id.to_string()],
            Self::UploadsDir => vec!["lists".into()],
        };
        Path::from_iter(parts)
    }
}

fn execution<const N: usize>(id: &ExecutionId, rest: [String; N]) -> Vec<String> {
    ["executions".to_owned(), id.to_string()]
        .into_iter()
        .chain(rest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_chose_stays_one_segment() {
        let path = Key::Idempotency("a/../b", "../../x").path();
        assert_eq!(path.parts().count(), 3);
        assert!(!path.as_ref().contains("/../"));
    }
}
