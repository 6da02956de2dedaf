//! The router, and the routes: one file per group of paths.

pub(crate) mod executions;
pub(crate) mod failures;
pub(crate) mod lists;
pub(crate) mod results;
pub(crate) mod server;

use std::sync::LazyLock;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{any, delete, get, post, put};
use axum::{Router, middleware};
use bytes::Bytes;
use utoipa::OpenApi;

use crate::{Api, ApiError};

/// Maximum size of a request body.
///
/// 250,000 lines as JSON, with hyphens, quotes and commas, are 3.5 MB. The rest is room for invalid
/// lines, which may be longer.
const MAX_BODY_BYTES: usize = 16 << 20;

/// Defines the router and the OpenAPI document from one list of routes.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        /// Builds the router of the documented routes.
        fn documented_routes() -> Router<Api> {
            Router::new()$(.route($path, $method($handler)))*
        }

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Rollcall",
                description = "Looks up a list of Social Security Numbers at an upstream, all in parallel. Errors are RFC 9457 problem documents."
            ),
            paths($($handler),*)
        )]
        struct Document;

        /// The path and method of each route.
        #[cfg(test)]
        const SERVED: &[(&str, &str)] = &[$(($path, stringify!($method))),*];
    };
}

routes! {
    post "/api/executions" => executions::start;
    get "/api/executions" => executions::list;
    get "/api/executions/{id}" => executions::get;
    delete "/api/executions/{id}" => executions::erase;
    get "/api/executions/{id}/results" => results::results;
    get "/api/executions/{id}/failures" => failures::failures;
    post "/api/executions/{id}/stop" => executions::stop;
    post "/api/executions/{id}/redrive" => executions::redrive;
    post "/api/lists" => lists::create;
    put "/api/lists/{id}/{part}" => lists::put_part;
    get "/api/settings" => server::settings;
    get "/api/health" => server::health;
}

/// Builds the router of the API.
///
/// All routes are below `/api`. Any other path there is a 404 problem.
///
/// Every cold start of the Lambda builds the router, so it must be fast.
pub fn router(api: Api) -> Router {
    let openapi = || {
        let kind = (header::CONTENT_TYPE, "application/json");
        std::future::ready(([kind], document()))
    };
    documented_routes()
        .route("/api/openapi.json", get(openapi))
        .route(
            "/api/{*rest}",
            any(|| std::future::ready(ApiError::UnknownAddress)),
        )
        .method_not_allowed_fallback(|| std::future::ready(ApiError::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::map_response(no_store))
        .with_state(api)
}

/// Forbids caching, because responses contain SSNs or data about their holders.
async fn no_store(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns the OpenAPI document, as JSON.
///
/// The first call builds it, because that takes longer than building the router.
fn document() -> Bytes {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
        serde_json::to_vec(&Document::openapi())
            .unwrap_or_default()
            .into()
    });
    DOCUMENT.clone()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_lists_exactly_the_served_routes() {
        let document: serde_json::Value = serde_json::from_slice(&document()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let documented: BTreeSet<_> = paths
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap().keys();
                methods.map(move |method| (path.as_str(), method.as_str()))
            })
            .collect();
        assert_eq!(documented, SERVED.iter().copied().collect());
    }

    #[test]
    fn descriptions_have_no_rustdoc_links() {
        let document = String::from_utf8(document().to_vec()).unwrap();
        assert!(!document.contains("[`"));
    }
}
