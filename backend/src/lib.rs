//! The API: routes, the Engine port, the Step Functions engine.

mod engine;
#[cfg(feature = "step-functions")]
pub mod step_functions;

pub use engine::{Engine, EngineError, EngineStatus, PassStart};
