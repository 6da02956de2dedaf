//! What the page knows of its server.

use contract::limits;
use contract::wire::ServerSettings;
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::logic::poll::Came;
use crate::one_type::given;
use crate::poller::Poller;

/// What the server told of itself, for every part of the page.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// Its settings, once it has answered.
    pub(crate) settings: RwSignal<Option<ServerSettings>>,
    /// Why it hasn't.
    pub(crate) trouble: RwSignal<Option<ApiError>>,
}

impl Server {
    /// Asks until there is an answer, and again when the page is come back to.
    pub(crate) fn ask() -> Self {
        let server = Self {
            settings: RwSignal::new(None),
            trouble: RwSignal::new(None),
        };
        Poller::start(move |signal| async move {
            match api::settings(signal.as_ref()).await {
                Ok(settings) => {
                    server.trouble.set(None);
                    if server
                        .settings
                        .with_untracked(|s| s.as_ref() != Some(&settings))
                    {
                        server.settings.set(Some(settings));
                    }
                    Came::End
                }
                Err(error) => {
                    server.trouble.set(Some(error));
                    Came::Failed
                }
            }
        });
        server
    }

    /// The server that the page belongs to.
    pub(crate) fn of_page() -> Self {
        given()
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
