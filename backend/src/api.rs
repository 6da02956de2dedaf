//! The router, and the state that its handlers share.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::{Router, middleware};
use contract::limits;
use contract::wire::{DefaultSettings, Limits, RunSettings, ServerSettings, UpstreamInfo};
use store::Store;

use crate::problem::ApiError;
use crate::{Engine, routes};

/// Maximum size of a request body.
///
/// 250,000 lines as JSON, with hyphens, quotes and commas, are 3.5 MB. The rest is room for invalid
/// lines, which may be longer.
const MAX_BODY_BYTES: usize = 16 << 20;

/// The state that all handlers share. It is cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// The store with the files of all executions.
    pub store: Store,
    /// The engine that runs executions.
    pub engine: Arc<dyn Engine>,
    /// The upstream's address, without its secrets.
    pub upstream: UpstreamInfo,
    /// The default settings of an execution.
    pub defaults: RunSettings,
    /// Highest `maxConcurrency` that a start may set.
    pub max_concurrency: u32,
}

impl Api {
    pub(crate) fn server_settings(&self, user: Option<String>) -> ServerSettings {
        ServerSettings {
            upstream: self.upstream.clone(),
            limits: Limits {
                ssn_list: limits::MAX_SSN_LIST as u32,
                list_rows: limits::MAX_LIST_ROWS as u32,
                part_bytes: limits::MAX_PART_BYTES as u32,
                max_concurrency: self.max_concurrency,
            },
            defaults: DefaultSettings {
                max_concurrency: self.defaults.max_concurrency.min(self.max_concurrency),
                requests_per_second: self.defaults.requests_per_second,
                tolerated_failure_percentage: self.defaults.tolerated_failure_percentage,
            },
            user,
        }
    }
}

/// Builds the router of the API.
///
/// All routes are below `/api`. Any other path there is a 404 problem.
pub fn router(api: Api) -> Router {
    let openapi = || {
        let kind = (header::CONTENT_TYPE, "application/json");
        std::future::ready(([kind], routes::document()))
    };
    routes::router()
        .route("/api/openapi.json", axum::routing::get(openapi))
        .route(
            "/api/{*rest}",
            axum::routing::any(|| std::future::ready(ApiError::UnknownAddress)),
        )
        .method_not_allowed_fallback(|| std::future::ready(ApiError::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::map_response(no_store))
        .with_state(api)
}

/// Forbids caching, because responses contain SSNs or data about their holders.
async fn no_store(mut response: axum::response::Response) -> axum::response::Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
