//! The API: its routes over the store and an engine, and the engine on AWS Step Functions.
//!
//! Who asks is for the host to say: it puts an [`Owner`] into each request's extensions, from a
//! token on one machine and from the authorizer's claims in the cloud.

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

pub use api::{Api, router};
pub use engine::{Engine, EngineError, EngineStatus, PassStart};
pub use extract::Owner;
pub use maintenance::{erase_expired, recover};
pub use problem::{ApiError, problem_response};
