//! The HTTP API: its routes, the [`Engine`] trait, and the engine on AWS Step Functions.
//!
//! The host authenticates requests and inserts an [`Owner`] into the extensions of each: on one
//! machine from a token, in the cloud from the claims of API Gateway's authorizer.

mod accept;
mod api;
mod cursor;
mod engine;
mod extract;
mod json;
#[cfg(feature = "lambda")]
pub mod lambda;
mod lanes;
mod maintenance;
mod problem;
mod routes;
mod start;
mod status;
#[cfg(feature = "step-functions")]
pub mod step_functions;

pub use api::Api;
pub use engine::{Engine, EngineError, EngineStatus, PassStart};
pub use extract::Owner;
pub use maintenance::{erase_expired, recover};
pub use problem::ApiError;
pub use routes::router;
