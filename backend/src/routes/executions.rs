//! Routes of executions: start, list, get, stop, redrive and erase.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::limits;
use contract::wire::{
    Execution, ExecutionId, ExecutionsPage, Outcome, RedriveRequest, StartRequest,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{RedrivePlan, StopCause, StoreError};

use crate::cursor::{self, HistoryCursor};
use crate::extract::{Parameters, Path};
use crate::json::Body;
use crate::lanes::assign_lanes;
use crate::problem::AnyProblem;
use crate::start::ensure_running;
use crate::{Api, ApiError, Owner, start, status};

/// Number of executions on one page of the history.
const HISTORY_PAGE: usize = 50;
/// Number of executions that are loaded at the same time for a page.
const LIST_CONCURRENCY: usize = 8;

/// Starts an execution.
///
/// A request with the same `Idempotency-Key` and body returns the same execution.
#[utoipa::path(post, path = "/api/executions", request_body = StartRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 characters of A–Z a–z 0–9 . _ -")),
    responses((status = ACCEPTED, body = Execution, headers(("Location" = String))), AnyProblem))]
pub(crate) async fn start(
    State(api): State<Api>,
    owner: Owner,
    headers: HeaderMap,
    Body(request): Body<StartRequest>,
) -> Result<Response, ApiError> {
    let key = idempotency_key(&headers)?;
    let meta = start::start(&api, &owner, key, request).await?;
    let execution = status::load_execution(&api, &meta).await?;
    let location = [(header::LOCATION, format!("/api/executions/{}", meta.id))];
    Ok((StatusCode::ACCEPTED, location, Json(execution)).into_response())
}

/// Lists the caller's executions, newest first.
#[utoipa::path(get, path = "/api/executions", params(("cursor" = Option<String>, Query, description = "The `next` of an earlier page")),
    responses((status = OK, body = ExecutionsPage), AnyProblem))]
pub(crate) async fn list(
    State(api): State<Api>,
    owner: Owner,
    RawQuery(query): RawQuery,
) -> Result<Json<ExecutionsPage>, ApiError> {
    let parameters = Parameters::parse(query.as_deref(), &["cursor"])?;
    let after = parameters
        .get("cursor")
        .map(cursor::decode::<HistoryCursor>)
        .transpose()?
        .map(|cursor| cursor.after);
    let mut ids = api
        .store
        .history(&owner.id, after.as_ref(), HISTORY_PAGE + 1)
        .await?;
    let has_more = ids.len() > HISTORY_PAGE;
    ids.truncate(HISTORY_PAGE);
    let next = ids.last().filter(|_| has_more).map(|last| {
        cursor::encode(&HistoryCursor {
            after: last.clone(),
        })
    });
    let executions = stream::iter(ids)
        .map(|id| {
            let (api, owner) = (&api, &owner);
            async move {
                let load = async {
                    let meta = status::load_meta(api, owner, id.as_str()).await?;
                    status::load_execution(api, &meta).await
                };
                match load.await {
                    Ok(execution) => Ok(Some(execution)),
                    // It was erased after the listing, or its start was interrupted.
                    Err(
                        ApiError::UnknownExecution | ApiError::Store(StoreError::Missing { .. }),
                    ) => Ok(None),
                    // A damaged execution must not hide the others.
                    Err(error @ ApiError::Store(StoreError::Damaged { .. })) => {
                        tracing::error!(execution = %id, %error, "the history omits a damaged execution");
                        Ok(None)
                    }
                    Err(error) => Err(error),
                }
            }
        })
        .buffered(LIST_CONCURRENCY)
        .try_filter_map(|execution| std::future::ready(Ok(execution)))
        .try_collect()
        .await?;
    Ok(Json(ExecutionsPage { executions, next }))
}

/// Returns an execution.
///
/// The response is 304 if `If-None-Match` holds the current `ETag`.
#[utoipa::path(get, path = "/api/executions/{id}", params(("id" = String, Path)),
    responses((status = OK, body = Execution, headers(("ETag" = String))), (status = NOT_MODIFIED), AnyProblem))]
pub(crate) async fn get(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let meta = status::load_meta(&api, &owner, &id).await?;
    let execution = status::load_execution(&api, &meta).await?;
    let tag = etag(&execution);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| *known == tag)
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(execution)).into_response())
}

/// Stops an execution and keeps its results.
///
/// It stays RUNNING until all requests in flight have ended.
#[utoipa::path(post, path = "/api/executions/{id}/stop", params(("id" = String, Path)),
    responses((status = ACCEPTED, body = Execution), AnyProblem))]
pub(crate) async fn stop(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Execution>), ApiError> {
    let meta = status::load_meta(&api, &owner, &id).await?;
    let pass = status::load_pass(&api, &meta).await?;
    if api.store.summary(&meta.id, pass.pass).await?.is_none() {
        api.store
            .mark_stop(&meta.id, pass.pass, StopCause::User)
            .await?;
        api.engine.stop(&meta.id, pass.pass).await?;
    }
    Ok((
        StatusCode::ACCEPTED,
        Json(status::load_execution(&api, &meta).await?),
    ))
}

/// Fetches FAILED and NOT_TRIED items again: those that match the request, or all of them.
#[utoipa::path(post, path = "/api/executions/{id}/redrive", params(("id" = String, Path)), request_body = RedriveRequest,
    responses((status = ACCEPTED, body = Execution), AnyProblem))]
pub(crate) async fn redrive(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<RedriveRequest>,
) -> Result<(StatusCode, Json<Execution>), ApiError> {
    if request
        .outcome
        .is_some_and(|outcome| !matches!(outcome, Outcome::Failed | Outcome::NotTried))
    {
        return Err(ApiError::Invalid(
            "outcome is invalid: it must be FAILED or NOT_TRIED".into(),
        ));
    }
    if request.status_codes.as_ref().is_some_and(Vec::is_empty)
        || request.selects_definitive_responses()
    {
        return Err(ApiError::Invalid(
            "statusCodes is invalid: it must have at least one value, and 2xx, 404 and 410 only together with errors".into(),
        ));
    }
    if request.errors.as_ref().is_some_and(Vec::is_empty) {
        return Err(ApiError::Invalid(
            "errors is empty: send at least one value, or omit it".into(),
        ));
    }
    let meta = status::load_meta(&api, &owner, &id).await?;
    let current = status::load_pass(&api, &meta).await?;
    let mut pass = match api.store.plan_redrive(&meta, &current, request).await? {
        RedrivePlan::StillRunning => return Err(ApiError::StillRunning),
        RedrivePlan::NothingToDo => return Err(ApiError::NothingToDo),
        RedrivePlan::Ready(pass) => pass,
    };
    assign_lanes(&meta, &mut pass, api.engine.fetcher_concurrency());
    if !api.store.create_pass(&meta.id, &pass).await? {
        return Err(ApiError::StillRunning);
    }
    ensure_running(&api.store, api.engine.as_ref(), &meta, &pass).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(status::load_execution(&api, &meta).await?),
    ))
}

/// Erases an execution, its list and its results.
///
/// A running execution is stopped first.
#[utoipa::path(delete, path = "/api/executions/{id}", params(("id" = String, Path)),
    responses((status = NO_CONTENT), AnyProblem))]
pub(crate) async fn erase(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let id: ExecutionId = id.parse().map_err(|_| ApiError::UnknownExecution)?;
    match api.store.erasure_owner(&id).await? {
        // An earlier erasure was interrupted: finish it.
        Some(erasing) if erasing == owner.id => {}
        Some(_) => return Err(ApiError::UnknownExecution),
        None => {
            let meta = status::load_meta(&api, &owner, id.as_str()).await?;
            if let Some(pass) = api.store.current_pass(&id).await?
                && api.store.summary(&id, pass.pass).await?.is_none()
            {
                let cause = StopCause::User;
                api.store.mark_stop(&id, pass.pass, cause).await?;
                api.engine.stop(&id, pass.pass).await?;
            }
            api.store.begin_erasure(&meta).await?;
        }
    }
    // The sweep comes first: it erases the rest even if this process is killed now.
    api.engine.sweep(&id).await?;
    api.store.erase(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let is_valid = |key: &&str| {
        (1..=limits::MAX_IDEMPOTENCY_KEY_CHARS).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    key.to_str().ok().filter(is_valid).map(|key| Some(key.to_owned())).ok_or_else(|| {
        ApiError::Invalid("Idempotency-Key is invalid: it must have 1 to 128 letters, digits and . _ -, such as a UUID".into())
    })
}

/// Returns a hash of the execution as an entity tag.
fn etag(execution: &Execution) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(execution)
        .unwrap_or_default()
        .hash(&mut hasher);
    HeaderValue::from_str(&format!("\"{:016x}\"", hasher.finish()))
        .expect("hexadecimal digits in quotes are a header value")
}
