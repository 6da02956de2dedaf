//! Starts executions.
//!
//! A start has several steps, and each step is idempotent. If the process dies between two steps, a
//! repeated POST, a poll of the execution or the server's next startup performs the missing ones.

mod request;

use contract::list::List;
use contract::wire::{RunSettings, StartRequest};
use store::{Meta, Pass, Store};

use crate::lanes::assign_lanes;
use crate::{Api, ApiError, Engine, Owner, PassStart};

use request::{load_upload, read_values, resolve_settings, validate_label};

/// Starts an execution, or returns the one that was started with the same idempotency key.
pub(crate) async fn start(
    api: &Api,
    owner: &Owner,
    key: Option<String>,
    request: StartRequest,
) -> Result<Meta, ApiError> {
    let mut settings = resolve_settings(api, &request)?;
    let label = validate_label(&request)?;
    if let (Some(key), Some(list_id)) = (&key, &request.list_id)
        && let Some(earlier) = find_by_key(api, owner, key).await?
    {
        // The uploaded list is erased after its use, so only its id can be compared.
        let same = earlier.list_id.as_ref() == Some(list_id)
            && earlier.label == label
            && same_ignoring_read_options(&earlier.settings, &settings);
        if !same {
            return Err(ApiError::KeyReused);
        }
        let meta = finish_start(api, earlier).await?;
        api.store.delete_upload(&owner.id, list_id).await?;
        return Ok(meta);
    }
    let list = match (&request.ssn_list, &request.list_id) {
        (Some(values), None) => read_values(values, request.lines, &settings)?,
        (None, Some(id)) => load_upload(api, owner, id, &mut settings).await?,
        _ => {
            return Err(ApiError::Invalid(
                "send either ssnList, an array of strings, or listId".into(),
            ));
        }
    };
    if list.rows.is_empty() {
        return Err(ApiError::Invalid(
            "the list is empty: send at least one line".into(),
        ));
    }
    if let Some(key) = &key
        && let Some(earlier) = find_by_key(api, owner, key).await?
    {
        return reuse_earlier(api, earlier, &list, &settings, &label).await;
    }
    let meta = Meta::new(
        &owner.id,
        label.clone(),
        key.clone(),
        request.list_id.clone(),
        &list,
        settings.clone(),
    );
    api.store.write_list(&meta, &list).await?;
    if let Some(key) = &key
        && let Some(earlier) = claim_key(api, owner, key, &meta).await?
    {
        api.store.erase_entirely(&meta).await?;
        return reuse_earlier(api, earlier, &list, &settings, &label).await;
    }
    let meta = finish_start(api, meta).await?;
    if let Some(id) = &request.list_id {
        api.store.delete_upload(&owner.id, id).await?;
    }
    Ok(meta)
}

/// Finishes the start of the execution that has the key, if the request is the same.
async fn reuse_earlier(
    api: &Api,
    earlier: Meta,
    list: &List,
    settings: &RunSettings,
    label: &Option<String>,
) -> Result<Meta, ApiError> {
    let same = earlier.settings == *settings
        && earlier.label == *label
        && api.store.is_same_list(&earlier, list).await?
        && api.store.has_lines(&earlier, &list.lines).await?;
    if same {
        finish_start(api, earlier).await
    } else {
        Err(ApiError::KeyReused)
    }
}

/// Claims the key for this execution. If the key has an earlier execution, returns that one.
async fn claim_key(
    api: &Api,
    owner: &Owner,
    key: &str,
    meta: &Meta,
) -> Result<Option<Meta>, ApiError> {
    let winner = api
        .store
        .claim_idempotency_key(&owner.id, key, &meta.id)
        .await?;
    if winner == meta.id {
        return Ok(None);
    }
    if let Some(earlier) = find_by_key(api, owner, key).await? {
        return Ok(Some(earlier));
    }
    // The execution that has the key was erased, so the key may be reused.
    api.store
        .release_idempotency_key(&owner.id, key, &winner)
        .await?;
    let winner = api
        .store
        .claim_idempotency_key(&owner.id, key, &meta.id)
        .await?;
    match winner == meta.id {
        true => Ok(None),
        false => api
            .store
            .meta(&winner)
            .await?
            .map(Some)
            .ok_or(ApiError::UnknownExecution),
    }
}

/// Returns the execution that has the key, unless it was erased.
async fn find_by_key(api: &Api, owner: &Owner, key: &str) -> Result<Option<Meta>, ApiError> {
    match api.store.execution_of_key(&owner.id, key).await? {
        Some(id) if api.store.is_erased(&id).await? => Ok(None),
        Some(id) => Ok(api.store.meta(&id).await?),
        None => Ok(None),
    }
}

/// Whether two settings are the same except for the read options.
///
/// A start with an uploaded list gets these options from the upload.
fn same_ignoring_read_options(a: &RunSettings, b: &RunSettings) -> bool {
    let b = RunSettings {
        validation: a.validation,
        restore_leading_zeros: a.restore_leading_zeros,
        ..b.clone()
    };
    *a == b
}

/// Performs the missing steps of a start, and returns its `meta`.
async fn finish_start(api: &Api, meta: Meta) -> Result<Meta, ApiError> {
    ensure_started(&api.store, api.engine.as_ref(), &meta).await?;
    Ok(meta)
}

/// Performs the missing steps of a start or redrive, and returns the current pass.
pub(crate) async fn ensure_started(
    store: &Store,
    engine: &dyn Engine,
    meta: &Meta,
) -> Result<Pass, ApiError> {
    let pass = match store.current_pass(&meta.id).await? {
        Some(pass) => pass,
        None => create_first_pass(store, engine, meta).await?,
    };
    ensure_running(store, engine, meta, &pass).await?;
    Ok(pass)
}

/// Writes the first pass of an execution.
///
/// If a start is interrupted before it claims its idempotency key, a repeated POST may start another
/// execution with the key. The client knows only that one, so this one is erased.
///
/// # Errors
///
/// Returns [`ApiError::UnknownExecution`] if the execution is or was erased.
async fn create_first_pass(
    store: &Store,
    engine: &dyn Engine,
    meta: &Meta,
) -> Result<Pass, ApiError> {
    if store.is_erased(&meta.id).await? || store.meta(&meta.id).await?.is_none() {
        return Err(ApiError::UnknownExecution);
    }
    if let Some(key) = &meta.idempotency_key
        && store
            .claim_idempotency_key(&meta.owner, key, &meta.id)
            .await?
            != meta.id
    {
        store.erase_entirely(meta).await?;
        return Err(ApiError::UnknownExecution);
    }
    // The history is written before the pass, so that it has every execution with a pass.
    store.add_to_history(&meta.owner, &meta.id).await?;
    let mut first = Pass::first();
    assign_lanes(meta, &mut first, engine.fetcher_concurrency());
    if store.create_pass(&meta.id, &first).await? {
        return Ok(first);
    }
    // Another process created it.
    let pass = store.current_pass(&meta.id).await?;
    pass.ok_or(ApiError::UnknownExecution)
}

/// Starts a pass in the engine, or writes its summary if it has nothing to fetch.
pub(crate) async fn ensure_running(
    store: &Store,
    engine: &dyn Engine,
    meta: &Meta,
    pass: &Pass,
) -> Result<(), ApiError> {
    if store.summary(&meta.id, pass.pass).await?.is_some() {
        return Ok(());
    }
    if pass.batches(meta).is_empty() {
        store.finish_pass(meta, pass, None).await?;
        return Ok(());
    }
    Ok(engine.start(PassStart::new(meta, pass)).await?)
}
