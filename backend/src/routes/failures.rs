//! What FAILED, in groups that a redrive takes.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use contract::wire::Failures;

use crate::extract::Path;
use crate::problem::AnyProblem;
use crate::{Api, ApiError, Owner, status};

/// So long it is looked for failures; what was found by then is told.
const TIME: Duration = Duration::from_secs(5);

/// How many items FAILED with which status and error, the most first; while the run goes on, as it
/// stands. Looking ends after 5 seconds, then `complete` is false.
#[utoipa::path(get, path = "/api/executions/{id}/failures", params(("id" = String, Path)),
    responses((status = OK, body = Failures), AnyProblem))]
pub(crate) async fn failures(
    State(api): State<Api>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<Failures>, ApiError> {
    let meta = status::load_meta(&api, &owner, &id).await?;
    let pass = status::load_pass(&api, &meta).await?;
    Ok(Json(api.store.failures(&meta, &pass, TIME).await?))
}
