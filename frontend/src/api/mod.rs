//! The API as the page calls it.

mod calls;
mod error;

pub use calls::{
    ResultsQuery, erase, execution, executions, failures, redrive, results, settings, stop,
};
pub use error::ApiError;
