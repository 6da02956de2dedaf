//! Errors of the store.

/// A store operation failed. No error holds a number, since keys are made of ids.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The object store is unreachable, full, or denies access. A retry may succeed.
    #[error("the store could not {action} {key}: {source}")]
    Unavailable {
        /// The operation, such as `read`.
        action: &'static str,
        /// The key of the object.
        key: String,
        /// The object store's error.
        source: object_store::Error,
    },
    /// A required object does not exist: the execution is unknown or was erased.
    #[error("{key} is not in the store: the execution is unknown or was erased")]
    Missing {
        /// The key of the object.
        key: String,
    },
    /// An object has invalid content: another program wrote or changed it.
    #[error("{key} is damaged ({why}): another program wrote or changed it; erase the execution")]
    Damaged {
        /// The key of the object.
        key: String,
        /// What is wrong with it, without its content.
        why: &'static str,
    },
}
