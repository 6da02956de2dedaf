//! The wire types: what a request, an answer and a problem hold.

mod defuse;
mod execution;
mod failures;
mod joined;
mod list;
mod outcome;
mod problem;
mod redrive;
mod results;
mod server;

pub use defuse::defused;
pub use execution::{
    Counts, Execution, ExecutionId, ExecutionIdError, ExecutionStatus, ExecutionsPage, RunSettings,
    StartRequest,
};
pub use failures::{FailureGroup, Failures};
pub use joined::Joined;
pub use list::{CreateListRequest, ListCreated, PartReceived};
pub use outcome::{ErrorKind, Outcome, RowError};
pub use problem::Problem;
pub use redrive::RedriveRequest;
pub use results::{CSV_HEADER, ResultRow, ResultsPage};
pub use server::{DefaultSettings, Health, Limits, ServerSettings, UpstreamInfo};
