//! Maintenance by a server on one machine: resumes interrupted executions and erases expired files.

use std::time::Duration;

use contract::wire::ExecutionId;
use store::{Store, now_ms};

use crate::start::ensure_started;
use crate::{ApiError, Engine};

/// Age at which an unfinished start is erased.
const UNFINISHED_START_AGE_MS: u64 = 60 * 60 * 1_000;
/// Age at which an unused uploaded list is erased.
const UNUSED_UPLOAD_AGE_MS: u64 = 24 * 60 * 60 * 1_000;

/// Resumes all executions that haven't ended, and returns how many.
///
/// A server on one machine calls it at startup. It also finishes interrupted erasures. An error of
/// one execution is logged, and the others are resumed all the same.
pub async fn recover(store: &Store, engine: &dyn Engine) -> Result<usize, ApiError> {
    let mut resumed = 0;
    for id in store.all_executions().await? {
        match recover_execution(store, engine, &id).await {
            Ok(is_running) => resumed += usize::from(is_running),
            Err(error) => {
                tracing::error!(execution = %id, %error, "could not resume an execution");
            }
        }
    }
    Ok(resumed)
}

/// Resumes one execution or finishes its erasure. Returns whether the execution is running.
async fn recover_execution(
    store: &Store,
    engine: &dyn Engine,
    id: &ExecutionId,
) -> Result<bool, ApiError> {
    if store.is_erased(id).await? {
        store.sweep(id).await?;
        return Ok(false);
    }
    match store.meta(id).await? {
        Some(meta) if !has_ended(store, id).await? => {
            match ensure_started(store, engine, &meta).await {
                // Another execution has its idempotency key, so this one was erased.
                Err(ApiError::UnknownExecution) => Ok(false),
                started => started.map(|_| true),
            }
        }
        _ => Ok(false),
    }
}

/// Erases unfinished starts, unused uploads and old executions. Returns the number of executions.
///
/// An unfinished start expires after an hour, and an unused upload after a day. With `retain`, an
/// execution that has ended expires this long after its start. An error of one execution is logged,
/// and the others are erased all the same.
pub async fn erase_expired(
    store: &Store,
    engine: &dyn Engine,
    retain: Option<Duration>,
) -> Result<usize, ApiError> {
    let mut erased = 0;
    for id in store.all_executions().await? {
        match erase_if_expired(store, engine, &id, retain).await {
            Ok(is_erased) => erased += usize::from(is_erased),
            Err(error) => {
                tracing::warn!(execution = %id, %error, "could not erase an expired execution");
            }
        }
    }
    store.delete_old_uploads(UNUSED_UPLOAD_AGE_MS).await?;
    Ok(erased)
}

async fn erase_if_expired(
    store: &Store,
    engine: &dyn Engine,
    id: &ExecutionId,
    retain: Option<Duration>,
) -> Result<bool, ApiError> {
    if store.is_erased(id).await? {
        return Ok(false);
    }
    if store.erase_unfinished(id, UNFINISHED_START_AGE_MS).await? {
        return Ok(true);
    }
    let (Some(retain), Some(meta)) = (retain, store.meta(id).await?) else {
        return Ok(false);
    };
    let age_ms = now_ms().saturating_sub(meta.started_at_ms);
    if u128::from(age_ms) < retain.as_millis() || !has_ended(store, id).await? {
        return Ok(false);
    }
    store.begin_erasure(&meta).await?;
    engine.sweep(id).await?;
    store.erase(id).await?;
    Ok(true)
}

async fn has_ended(store: &Store, id: &ExecutionId) -> Result<bool, ApiError> {
    match store.current_pass(id).await? {
        Some(pass) => Ok(store.summary(id, pass.pass).await?.is_some()),
        None => Ok(false),
    }
}
