//! What the page knows of its server.

use contract::limits;
use contract::wire::{DefaultSettings, Limits, ServerSettings};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::polling::Poller;
use crate::polling::schedule::Came;
use crate::ui::boxed::given;

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

    /// What a list and a run may hold at most; tracked. This program's own limits until the server's
    /// are known.
    pub(crate) fn limits(self) -> Limits {
        self.settings
            .with(|settings| settings.as_ref().map(|settings| settings.limits))
            .unwrap_or(Limits {
                ssn_list: limits::MAX_SSN_LIST as u32,
                list_rows: limits::MAX_LIST_ROWS as u32,
                part_bytes: limits::MAX_PART_BYTES as u32,
                max_concurrency: limits::MAX_CONCURRENCY,
            })
    }

    /// What an absent setting of a run means; tracked.
    pub(crate) fn defaults(self) -> DefaultSettings {
        self.settings
            .with(|settings| settings.as_ref().map(|settings| settings.defaults))
            .unwrap_or(DefaultSettings {
                max_concurrency: limits::DEFAULT_MAX_CONCURRENCY,
                requests_per_second: None,
                tolerated_failure_percentage: 100.0,
            })
    }
}
