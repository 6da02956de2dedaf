//! Loads the status of an execution, from the store and seldom from the engine.

use contract::wire::{Counts, Execution, ExecutionId, ExecutionStatus};
use store::{EngineEnd, Meta, Pass, StopCause, Summary, now_ms, rfc3339};

use crate::start::{ensure_running, ensure_started};
use crate::{Api, ApiError, EngineStatus, Owner};

/// Time without a new result after which the engine is asked for the status of a running pass.
const STALE_AFTER_MS: u64 = 30_000;
/// How long fetchers may still write results after a stop.
///
/// They look for the stop mark every 3 s, give requests in flight 2 s, and then flush.
const STOP_TIMEOUT_MS: u64 = 10_000;

/// Loads the settings and totals of an execution, if it belongs to the owner.
pub(crate) async fn load_meta(api: &Api, owner: &Owner, id: &str) -> Result<Meta, ApiError> {
    let id: ExecutionId = id.parse().map_err(|_| ApiError::UnknownExecution)?;
    let meta = api
        .store
        .meta(&id)
        .await?
        .filter(|meta| meta.owner == owner.id);
    let meta = meta.ok_or(ApiError::UnknownExecution)?;
    if api.store.is_erased(&id).await? {
        Err(ApiError::UnknownExecution)
    } else {
        Ok(meta)
    }
}

/// Loads the current or last pass of an execution. An interrupted start is finished first.
pub(crate) async fn load_pass(api: &Api, meta: &Meta) -> Result<Pass, ApiError> {
    match api.store.current_pass(&meta.id).await? {
        Some(pass) => Ok(pass),
        None => ensure_started(&api.store, api.engine.as_ref(), meta).await,
    }
}

/// Loads an execution with its status and counts.
pub(crate) async fn load_execution(api: &Api, meta: &Meta) -> Result<Execution, ApiError> {
    let pass = load_pass(api, meta).await?;
    if let Some(summary) = api.store.summary(&meta.id, pass.pass).await? {
        return Ok(to_ended_execution(meta, &pass, summary));
    }
    let progress = api.store.progress(meta, &pass).await?;
    let last_change_ms = progress.last_write_ms.unwrap_or(0).max(pass.started_at_ms);
    let is_stale = now_ms().saturating_sub(last_change_ms) > STALE_AFTER_MS;
    let stop_cause = api.store.stop_cause(&meta.id, pass.pass).await?;
    if (progress.counts.pending == 0 || is_stale || stop_cause.is_some())
        && let Some(summary) =
            check_engine(api, meta, &pass, &progress.counts, stop_cause, is_stale).await?
    {
        return Ok(to_ended_execution(meta, &pass, summary));
    }
    Ok(to_execution(
        meta,
        &pass,
        ExecutionStatus::Running,
        None,
        progress.counts,
        None,
    ))
}

/// Asks the engine for the status of a pass. Returns the summary if the pass has ended.
///
/// It writes the summary of a pass that has ended. A stale pass that the engine doesn't know is
/// started again.
async fn check_engine(
    api: &Api,
    meta: &Meta,
    pass: &Pass,
    counts: &Counts,
    stop_cause: Option<StopCause>,
    is_stale: bool,
) -> Result<Option<Summary>, ApiError> {
    match api.engine.status(&meta.id, pass.pass).await {
        Ok(EngineStatus::Running) => Ok(None),
        Ok(EngineStatus::Ended { status, reason }) => {
            if counts.pending > 0 && !fetchers_have_stopped(api, meta, pass, stop_cause).await? {
                return Ok(None);
            }
            let end = EngineEnd { status, reason };
            Ok(Some(api.store.finish_pass(meta, pass, Some(end)).await?))
        }
        Ok(EngineStatus::Unknown) if is_stale => {
            if let Err(error) = ensure_running(&api.store, api.engine.as_ref(), meta, pass).await {
                tracing::warn!(execution = %meta.id, %error, "could not resume an execution");
            }
            Ok(None)
        }
        Ok(EngineStatus::Unknown) => Ok(None),
        // The progress in the store is useful without the engine's status.
        Err(error) => {
            tracing::warn!(execution = %meta.id, %error, "could not get the status of an execution from the engine");
            Ok(None)
        }
    }
}

/// Whether all fetchers of a pass have stopped, after the engine has ended it.
///
/// Without a stop mark, it writes one and returns false. Fetchers have [`STOP_TIMEOUT_MS`] to stop.
async fn fetchers_have_stopped(
    api: &Api,
    meta: &Meta,
    pass: &Pass,
    stop_cause: Option<StopCause>,
) -> Result<bool, ApiError> {
    if stop_cause.is_none() {
        let cause = StopCause::Engine;
        api.store.mark_stop(&meta.id, pass.pass, cause).await?;
        return Ok(false);
    }
    let age = api.store.stop_age_ms(&meta.id, pass.pass).await?;
    Ok(age.is_none_or(|age| age >= STOP_TIMEOUT_MS))
}

fn to_ended_execution(meta: &Meta, pass: &Pass, summary: Summary) -> Execution {
    to_execution(
        meta,
        pass,
        summary.status,
        summary.reason,
        summary.counts,
        Some(summary.stopped_at_ms),
    )
}

fn to_execution(
    meta: &Meta,
    pass: &Pass,
    status: ExecutionStatus,
    reason: Option<String>,
    counts: Counts,
    stopped_at_ms: Option<u64>,
) -> Execution {
    Execution {
        id: meta.id.clone(),
        label: meta.label.clone(),
        status,
        reason,
        rows: meta.rows,
        items: meta.items,
        duplicates: meta.duplicates,
        invalid: meta.invalid,
        counts,
        started_at: rfc3339(meta.started_at_ms),
        stopped_at: stopped_at_ms.map(rfc3339),
        pass: pass.pass,
        settings: meta.settings.clone(),
    }
}
