//! The types of the API: requests, responses and problem documents.

mod execution;
mod failures;
mod list;
mod outcome;
mod problem;
mod redrive;
mod results;
mod server;

pub use execution::{
    Counts, Execution, ExecutionId, ExecutionIdError, ExecutionStatus, ExecutionsPage, RunSettings,
    StartRequest,
};
pub use failures::{FailureGroup, Failures};
pub use list::{CreateListRequest, ListCreated, PartReceived};
pub use outcome::{ErrorKind, Outcome, RowError};
pub use problem::Problem;
pub use redrive::RedriveRequest;
pub use results::{ResultRow, ResultsPage};
pub use server::{DefaultSettings, Health, Limits, ServerSettings, UpstreamInfo};
