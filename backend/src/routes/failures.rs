//! The route for the failures of an execution.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use contract::wire::Failures;

use crate::extract::Path;
use crate::problem::AnyProblem;
use crate::{Api, ApiError, Owner, status};

/// Time limit for scanning failures. The response is partial after that.
const SCAN_TIMEOUT: Duration = Duration::from_secs(5);

/// Counts the FAILED items by status and error, the largest group first.
///
/// While the execution runs, these are the failures so far. If the scan takes more than 5 seconds,
/// the response is partial and `complete` is false.
#[utoipa::path(get, path = "/api/executions/{id}/failures", params(("id" = String, Path)),
    responses((status = OK, body = Failures), AnyProblem))]
pub(crate) async fn failures(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<Failures>, ApiError> {
    let meta = status::load_meta(&api, &owner, &id).await?;
    let pass = status::load_pass(&api, &meta).await?;
    Ok(Json(api.store.failures(&meta, &pass, SCAN_TIMEOUT).await?))
}
