//! The API as a Lambda behind an HTTP API of API Gateway.

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

/// The API's router, which knows whose a request is by the authorizer's claims; without a sign-in it
/// is nobody's, who gets a 401.
pub fn app(api: Api) -> Router {
    // The gateway decodes an address before it hands it over, so `..` may lead out of `/api`.
    router(api)
        .fallback(|| std::future::ready(ApiError::UnknownAddress))
        .layer(middleware::from_fn(owner::insert_owner))
        .layer(middleware::from_fn(log::log_request))
}

/// Serves requests until the Lambda is ended.
pub async fn run(app: Router) -> Result<(), lambda_http::Error> {
    let service = Adapter::from(app).map_request(encode_query);
    lambda_http::lambda_runtime::run(service).await
}

/// API Gateway hands the query on as it was sent, and what no address may hold would end the
/// request in a panic where it is read.
fn encode_query(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = request.raw_query_string.take().map(query::percent_encode);
    }
    event
}
