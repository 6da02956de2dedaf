//! An execution's files, over `object_store`: the list, its passes, the results, the decision.
//!
//! Everything is written once and never changed. What has to be decided by one of many is written
//! by create-if-absent, so that every step can be done again by whoever finds it missing.

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
mod settle;
mod stop;
mod uploads;

pub use batch::{BatchState, ItemState};
pub use error::StoreError;
pub use id::{new_id, now_ms, random_token, rfc3339};
pub use items::batch_size_for;
pub use keys::Key;
pub use meta::Meta;
pub use objects::Store;
pub use pass::{BatchBase, Pass, RedrivePlan};
pub use progress::Progress;
pub use record::{Record, RecordHead};
pub use results::{Filters, Page, PageLimits, ResultsReader};
pub use segment::{SegmentName, SegmentTotals};
pub use settle::{EngineEnd, Summary};
pub use stop::StopCause;
pub use uploads::{Upload, UploadedList};
