//! What can go wrong between us and the store.

/// The store did not do what it was asked. None of these holds a number: keys are made of ids.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not reachable, full, or not allowed. Trying again may help.
    #[error("the store could not {action} {key}: {source}")]
    Unavailable {
        /// What was being done, such as `read`.
        action: &'static str,
        /// The object it was done to.
        key: String,
        /// What the store said.
        source: object_store::Error,
    },
    /// An object that must be there is not: the execution is unknown, or was erased.
    #[error("{key} is not in the store: the execution is unknown or was erased")]
    Missing {
        /// The object.
        key: String,
    },
    /// An object is not what was written: it was changed from outside.
    #[error(
        "{key} is damaged ({why}): it was not written by this program, or was changed since; erase the execution"
    )]
    Damaged {
        /// The object.
        key: String,
        /// What is wrong with it. Never holds its content.
        why: &'static str,
    },
}
