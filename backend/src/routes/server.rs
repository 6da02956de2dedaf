//! Routes for the server's settings and health.

use axum::Json;
use axum::extract::State;
use contract::wire::{Health, ServerSettings};

use crate::problem::AnyProblem;
use crate::{Api, Owner};

/// Returns the upstream, the limits, the defaults and the signed-in user.
#[utoipa::path(get, path = "/api/settings", responses((status = OK, body = ServerSettings), AnyProblem))]
pub(crate) async fn settings(State(api): State<Api>, owner: Owner) -> Json<ServerSettings> {
    Json(api.server_settings(owner.name))
}

/// Returns `ok`. It needs no token.
#[utoipa::path(get, path = "/api/health", responses((status = OK, body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
