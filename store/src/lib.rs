//! The stored files of executions, over `object_store`: lists, passes, results and summaries.
//!
//! Almost all files are written once and never changed. If several processes may make the same
//! decision, the process that creates the object first decides (create-if-absent). So any process can
//! repeat a step whose result is missing.

mod batch;
mod erase;
mod error;
mod failures;
mod history;
#[cfg(feature = "s3")]
pub mod https;
mod id;
mod index;
mod items;
mod keys;
mod lines;
mod meta;
mod objects;
mod pass;
mod progress;
mod record;
mod results;
mod rows;
#[cfg(feature = "s3")]
mod s3;
mod segment;
mod stop;
mod summary;
mod uploads;

pub use batch::{BatchState, ItemState};
pub use error::StoreError;
pub use id::{new_id, now_ms, random_token, rfc3339};
pub use items::batch_size_for;
pub use keys::Key;
pub use lines::StoredLines;
pub use meta::Meta;
pub use objects::Store;
pub use pass::{BatchCounts, Pass, RedrivePlan};
pub use progress::Progress;
pub use record::{Record, RecordHead};
pub use results::{Filters, Page, PageLimits, ResultsReader};
pub use segment::{SegmentName, SegmentTotals};
pub use stop::StopCause;
pub use summary::{EngineEnd, Summary};
pub use uploads::{Upload, UploadedList};
