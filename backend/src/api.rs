//! The router and what its handlers share.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::{Router, middleware};
use contract::limits;
use contract::wire::{DefaultSettings, Limits, RunSettings, ServerSettings, UpstreamInfo};
use store::Store;

use crate::problem::ApiError;
use crate::{Engine, routes};

/// Bytes of a request: 250,000 lines as JSON, each with a number's dashes, quotes and a comma, and
/// room for invalid ones.
const MAX_BODY_BYTES: usize = 16 << 20;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// The executions' files.
    pub store: Store,
    /// What drives the runs.
    pub engine: Arc<dyn Engine>,
    /// The upstream, as callers may know it.
    pub upstream: UpstreamInfo,
    /// What a start that doesn't say otherwise gets.
    pub defaults: RunSettings,
    /// GETs in flight that a start may ask for.
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

/// The API's routes, all below `/api`. Whatever else is asked there is a 404 problem.
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

/// Answers hold numbers or what was learnt of them: no cache may keep them.
async fn no_store(mut response: axum::response::Response) -> axum::response::Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
