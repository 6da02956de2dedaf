//! The state that every page gets.

use leptos::prelude::*;

use crate::api::Api;
use crate::download::state::Downloads;
use crate::router::Router;
use crate::server::Server;
use crate::ui::heading::Visits;
use crate::worker_client::WorkerClient;

/// The state that every page gets. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct Services {
    /// The API.
    pub(crate) api: Api,
    /// The worker.
    pub(crate) worker: WorkerClient,
    /// The server's settings.
    pub(crate) server: Server,
    /// The address bar.
    pub(crate) router: Router,
    /// The download in progress.
    pub(crate) downloads: Downloads,
    /// Whether a page was shown before.
    pub(crate) visits: Visits,
    /// A message that the next page shows, such as that a run was deleted.
    pub(crate) message: RwSignal<Option<String>>,
}
