//! The API: routes, the Engine port, the Step Functions engine.

mod engine;

pub use engine::{Engine, EngineError, EngineStatus, PassStart};
