//! The API as the page calls it.

mod calls;
mod error;

pub use calls::{
    Polled, ResultsQuery, create_list, execution, executions, put_part, redrive, results, settings,
    start, stop,
};
pub use error::ApiError;
