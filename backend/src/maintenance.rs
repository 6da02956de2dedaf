//! What a server on one machine does by itself: it goes on with what was cut short, and clears away
//! what was left lying or has been kept for long enough.

use std::time::Duration;

use contract::wire::ExecutionId;
use store::{Store, now_ms};

use crate::start::ensure_started;
use crate::{ApiError, Engine};

/// A start that was not finished after so long is erased.
const UNFINISHED_MS: u64 = 60 * 60 * 1_000;
/// An uploaded list that was not used after so long is erased.
const UNUSED_LIST_MS: u64 = 24 * 60 * 60 * 1_000;

/// What a server on one machine does at its start: goes on with every run that is not over, and
/// ends erasures that were cut short. How many runs go on. What is wrong with one execution is
/// logged and keeps no other from going on.
pub async fn recover(store: &Store, engine: &dyn Engine) -> Result<usize, ApiError> {
    let mut resumed = 0;
    for id in store.all_executions().await? {
        match recover_execution(store, engine, &id).await {
            Ok(goes_on) => resumed += usize::from(goes_on),
            Err(error) => {
                tracing::error!(execution = %id, %error, "an execution could not be gone on with");
            }
        }
    }
    Ok(resumed)
}

/// Goes on with what was cut short of one execution; whether it runs.
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
                // Another has its key: it was none, and is gone now.
                Err(ApiError::UnknownExecution) => Ok(false),
                started => started.map(|_| true),
            }
        }
        _ => Ok(false),
    }
}

/// Erases starts and uploaded lists that were left lying, and, where `retain` says so, every
/// execution that was started longer ago and is over. How many executions. What is wrong with one
/// is logged and keeps no other.
pub async fn erase_expired(
    store: &Store,
    engine: &dyn Engine,
    retain: Option<Duration>,
) -> Result<usize, ApiError> {
    let mut erased = 0;
    for id in store.all_executions().await? {
        match erase_if_expired(store, engine, &id, retain).await {
            Ok(is_gone) => erased += usize::from(is_gone),
            Err(error) => {
                tracing::warn!(execution = %id, %error, "an execution could not be cleared away");
            }
        }
    }
    store.delete_old_uploads(UNUSED_LIST_MS).await?;
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
    if store.erase_unfinished(id, UNFINISHED_MS).await? {
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
