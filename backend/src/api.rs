//! The state that all handlers of the API share.

use std::sync::Arc;

use contract::limits;
use contract::wire::{DefaultSettings, Limits, RunSettings, ServerSettings, UpstreamInfo};
use store::Store;

use crate::Engine;

/// The state that all handlers share. It is cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// The store with the files of all executions.
    pub store: Store,
    /// The engine that runs executions.
    pub engine: Arc<dyn Engine>,
    /// The upstream's address, without its secrets.
    pub upstream: UpstreamInfo,
    /// The default settings of an execution.
    pub defaults: RunSettings,
    /// Highest `maxConcurrency` that a start may set.
    pub max_concurrency: u32,
}

impl Api {
    pub(crate) fn server_settings(&self, user: Option<String>) -> ServerSettings {
        ServerSettings {
            upstream: self.upstream.clone(),
            limits: Limits {
                ssn_list: limits::MAX_SSN_LIST as u32,
                list_rows: limits::MAX_LIST_ROWS as u32,
                part_bytes: limits::MAX_PART_BYTES as u32,
                max_concurrency: self.max_concurrency,
            },
            defaults: DefaultSettings {
                max_concurrency: self.defaults.max_concurrency.min(self.max_concurrency),
                requests_per_second: self.defaults.requests_per_second,
                tolerated_failure_percentage: self.defaults.tolerated_failure_percentage,
            },
            user,
        }
    }
}
