//! The API as a Lambda function behind an HTTP API of API Gateway.

mod environment;
mod log;
mod owner;
mod query;
#[cfg(test)]
mod tests;

use axum::{Router, middleware};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt;
use lambda_http::{Adapter, LambdaEvent};

use crate::{Api, ApiError, router};

pub use environment::{EnvironmentError, api_from_env};

/// Builds the API's router, which takes the [`Owner`](crate::Owner) from the authorizer's claims.
///
/// A request without claims is a 401.
pub fn app(api: Api) -> Router {
    router(api)
        // The gateway decodes paths before it forwards them. One with `..` may be outside `/api`.
        .fallback(|| std::future::ready(ApiError::UnknownAddress))
        .layer(middleware::from_fn(owner::insert_owner))
        .layer(middleware::from_fn(log::log_request))
}

/// Serves requests until the Lambda instance ends.
pub async fn run(app: Router) -> Result<(), lambda_http::Error> {
    let service = Adapter::from(app).map_request(encode_query);
    lambda_http::lambda_runtime::run(service).await
}

/// Percent-encodes invalid characters in the query.
///
/// API Gateway forwards the query as it was sent, and `lambda_http` panics on characters that a URI
/// can't contain.
fn encode_query(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = request.raw_query_string.take().map(query::percent_encode);
    }
    event
}
