//! An execution as the API tells it: the store knows, the engine is asked seldom.

use contract::wire::{Counts, Execution, ExecutionId, ExecutionStatus};
use store::{EngineEnd, Meta, Pass, StopCause, Summary, now_ms, rfc3339};

use crate::start::{ensure_running, ensure_started};
use crate::{Api, ApiError, EngineStatus, Owner};

/// A run without news for so long is looked after.
const STALE_AFTER_MS: u64 = 30_000;
/// A stopped run's fetchers look for the mark every 3 s, give what is in flight 2 s and flush: so
/// long the engine's end is not yet theirs.
const STOP_TIMEOUT_MS: u64 = 10_000;

/// The execution's settings and sums, if it is the owner's.
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

/// The pass that runs or ran last; a start that was cut short is finished.
pub(crate) async fn load_pass(api: &Api, meta: &Meta) -> Result<Pass, ApiError> {
    match api.store.current_pass(&meta.id).await? {
        Some(pass) => Ok(pass),
        None => ensure_started(&api.store, api.engine.as_ref(), meta).await,
    }
}

/// Where the execution stands.
pub(crate) async fn load_execution(api: &Api, meta: &Meta) -> Result<Execution, ApiError> {
    let pass = load_pass(api, meta).await?;
    if let Some(summary) = api.store.summary(&meta.id, pass.pass).await? {
        return Ok(describe_ended(meta, &pass, summary));
    }
    let progress = api.store.progress(meta, &pass).await?;
    let news_ms = progress.last_write_ms.unwrap_or(0).max(pass.started_at_ms);
    let is_stale = now_ms().saturating_sub(news_ms) > STALE_AFTER_MS;
    let mark = api.store.stop_cause(&meta.id, pass.pass).await?;
    if (progress.counts.pending == 0 || is_stale || mark.is_some())
        && let Some(summary) =
            check_engine(api, meta, &pass, &progress.counts, mark, is_stale).await?
    {
        return Ok(describe_ended(meta, &pass, summary));
    }
    Ok(describe(
        meta,
        &pass,
        ExecutionStatus::Running,
        None,
        progress.counts,
        None,
    ))
}

/// Asks the engine: a run that it has ended is settled, one that it doesn't know is started again.
async fn check_engine(
    api: &Api,
    meta: &Meta,
    pass: &Pass,
    counts: &Counts,
    mark: Option<StopCause>,
    is_stale: bool,
) -> Result<Option<Summary>, ApiError> {
    match api.engine.status(&meta.id, pass.pass).await {
        Ok(EngineStatus::Running) => Ok(None),
        Ok(EngineStatus::Ended { status, reason }) => {
            if counts.pending > 0 && !lanes_have_stopped(api, meta, pass, mark).await? {
                return Ok(None);
            }
            let end = EngineEnd { status, reason };
            Ok(Some(api.store.finish_pass(meta, pass, Some(end)).await?))
        }
        Ok(EngineStatus::Unknown) if is_stale => {
            if let Err(error) = ensure_running(&api.store, api.engine.as_ref(), meta, pass).await {
                tracing::warn!(execution = %meta.id, %error, "a run could not be gone on with");
            }
            Ok(None)
        }
        Ok(EngineStatus::Unknown) => Ok(None),
        // What the store knows is worth telling without the engine.
        Err(error) => {
            tracing::warn!(execution = %meta.id, %error, "the engine could not be asked for a run's status");
            Ok(None)
        }
    }
}

/// Whether the fetchers of a pass that the engine has ended have had their time to stop. Where
/// nobody told them to, they are told now.
async fn lanes_have_stopped(
    api: &Api,
    meta: &Meta,
    pass: &Pass,
    mark: Option<StopCause>,
) -> Result<bool, ApiError> {
    if mark.is_none() {
        let cause = StopCause::Engine;
        api.store.mark_stop(&meta.id, pass.pass, cause).await?;
        return Ok(false);
    }
    let age = api.store.stop_age_ms(&meta.id, pass.pass).await?;
    Ok(age.is_none_or(|age| age >= STOP_TIMEOUT_MS))
}

fn describe_ended(meta: &Meta, pass: &Pass, summary: Summary) -> Execution {
    describe(
        meta,
        pass,
        summary.status,
        summary.reason,
        summary.counts,
        Some(summary.stopped_at_ms),
    )
}

fn describe(
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
