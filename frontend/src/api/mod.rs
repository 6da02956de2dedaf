//! The API as the page calls it.

mod calls;
mod error;

pub use calls::{
    ResultsQuery, Standing, create_list, execution, executions, put_part, redrive, results,
    settings, start, stop,
};
pub use error::ApiError;
