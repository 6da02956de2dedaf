//! The keys of all objects. No other file builds a key.

use contract::wire::ExecutionId;
use object_store::path::Path;

/// The key of an object, or, if its name ends in `Dir`, the prefix of all objects below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// All objects of one execution.
    ExecutionDir(&'a ExecutionId),
    /// All objects of all executions.
    ExecutionsDir,
    /// An execution's settings and counts.
    Meta(&'a ExecutionId),
    /// The distinct valid numbers, in lines of fixed width.
    Items(&'a ExecutionId),
    /// The list's rows, in lines of fixed width.
    Rows(&'a ExecutionId),
    /// The line of each row, in lines of fixed width.
    Lines(&'a ExecutionId),
    /// Marks an execution as being erased: nothing of it may be written any more.
    Tombstone(&'a ExecutionId),
    /// A pass: which items it fetches, and each lane's share of the limits.
    Pass(&'a ExecutionId, u32),
    /// All passes of an execution.
    PassesDir(&'a ExecutionId),
    /// All segments of an execution.
    ResultsDir(&'a ExecutionId),
    /// All segments of one batch.
    BatchDir(&'a ExecutionId, u32),
    /// One segment. Its name is a [`crate::SegmentName`], which holds the batch's totals.
    Segment(&'a ExecutionId, u32, &'a str),
    /// The summary of a pass: how it ended.
    Summary(&'a ExecutionId, u32),
    /// The mark that stops a pass.
    Stop(&'a ExecutionId, u32),
    /// One execution in an owner's history.
    History(&'a str, &'a ExecutionId),
    /// All executions in an owner's history.
    HistoryDir(&'a str),
    /// The execution that an owner started with an idempotency key.
    Idempotency(&'a str, &'a str),
    /// The options with which the parts of an upload are parsed.
    UploadOptions(&'a str, &'a ExecutionId),
    /// One part of an upload, parsed.
    UploadPart(&'a str, &'a ExecutionId, u32),
    /// All objects of one upload.
    UploadDir(&'a str, &'a ExecutionId),
    /// All uploads of all owners.
    UploadsDir,
}

impl Key<'_> {
    /// Returns the path of the object.
    ///
    /// Callers choose the owner and the idempotency key. Each is percent-encoded, so that it stays one
    /// path segment.
    pub fn path(&self) -> Path {
        let parts: Vec<String> = match self {
            Self::ExecutionsDir => vec!["executions".into()],
            Self::ExecutionDir(id) => execution(id, []),
            Self::Meta(id) => execution(id, ["meta".into()]),
            Self::Items(id) => execution(id, ["items".into()]),
            Self::Rows(id) => execution(id, ["rows".into()]),
            Self::Lines(id) => execution(id, ["lines".into()]),
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
    fn a_value_from_a_caller_stays_one_path_segment() {
        let path = Key::Idempotency("a/../b", "../../x").path();
        assert_eq!(path.parts().count(), 3);
        assert!(!path.as_ref().contains("/../"));
    }
}
