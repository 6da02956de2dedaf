//! The server's settings.

use client::ClientError;
use contract::limits;
use contract::wire::{DefaultSettings, Limits, ServerSettings};
use leptos::prelude::*;

use crate::api::Api;
use crate::polling::Poller;
use crate::polling::schedule::PollResult;

/// The server's settings, as far as they are known.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// The settings, once the server has responded.
    pub(crate) settings: RwSignal<Option<ServerSettings>>,
    /// Why it hasn't.
    pub(crate) error: RwSignal<Option<ClientError>>,
}

impl Server {
    /// Requests the settings until the server responds, and again when people return to the tab.
    pub(crate) fn start(api: Api) -> Self {
        let server = Self {
            settings: RwSignal::new(None),
            error: RwSignal::new(None),
        };
        Poller::start(move |signal| async move {
            match api.client(signal.as_ref()).settings().await {
                Ok(settings) => {
                    server.error.set(None);
                    if server
                        .settings
                        .with_untracked(|s| s.as_ref() != Some(&settings))
                    {
                        server.settings.set(Some(settings));
                    }
                    PollResult::Done
                }
                Err(error) => {
                    server.error.set(Some(error));
                    PollResult::Failed
                }
            }
        });
        server
    }

    /// The limits of a list and a run; tracked. Until the server's are known, those of this build.
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

    /// The defaults of a run's settings; tracked. Until the server's are known, those of this build.
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
