//! What the page knows of its server.

use std::time::Duration;

use contract::limits;
use contract::wire::ServerSettings;
use gloo_timers::future::sleep;
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::one_type::spawn;

/// What the server told of itself, for every part of the page.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// Its settings, once it has answered.
    pub(crate) settings: RwSignal<Option<ServerSettings>>,
    /// Why it hasn't.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
}

impl Server {
    /// Asks until there is an answer.
    pub(crate) fn ask() -> Self {
        let server = Self {
            settings: RwSignal::new(None),
            trouble: RwSignal::new(None),
        };
        spawn(async move {
            loop {
                match api::settings().await {
                    Ok(settings) => {
                        server.trouble.set(None);
                        server.settings.set(Some(settings));
                        return;
                    }
                    Err(error) => server.trouble.set(Some(error)),
                }
                sleep(Duration::from_secs(3)).await;
            }
        });
        server
    }

    /// The server that the page belongs to.
    pub(crate) fn of_page() -> Self {
        expect_context()
    }

    /// GETs in flight at most, and the defaults: at once, a second, percent that may fail.
    pub(crate) fn run_defaults(self) -> (u32, u32, Option<f64>, f64) {
        self.settings.with(|settings| match settings {
            Some(s) => (
                s.limits.max_concurrency,
                s.defaults.max_concurrency,
                s.defaults.requests_per_second,
                s.defaults.tolerated_failure_percentage,
            ),
            None => (
                limits::MAX_CONCURRENCY,
                limits::DEFAULT_MAX_CONCURRENCY,
                None,
                100.0,
            ),
        })
    }
}
