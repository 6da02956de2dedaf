//! A run of one batch, through the fetcher's public interface.

use std::sync::Arc;
use std::time::Duration;

use contract::wire::{Outcome, ResultRow};
use fetcher::{BatchResponse, Fetcher, LaneOptions, Limiter, Signal, UpstreamSettings};
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use store::{Filters, Meta, PageLimits, Pass, ResultsReader, Store};
use tokio::sync::watch;

use crate::server::Server;
use crate::tls::certificate;

/// A list with a single batch, its store and its fetcher.
pub struct Run {
    pub fetcher: Fetcher,
    pub meta: Meta,
    pub pass: Pass,
    pub store: Store,
}

impl Run {
    /// Stores a list of `count` numbers in one batch. Nothing is fetched yet.
    pub async fn new(settings: UpstreamSettings, count: u32) -> Self {
        Self::in_store(Store::in_memory(), settings, count).await
    }

    /// Does the same as [`Run::new`] in the given store.
    pub async fn in_store(store: Store, settings: UpstreamSettings, count: u32) -> Self {
        let fetcher = Fetcher::new(store.clone(), settings).unwrap();
        let (meta, pass) = store_list(&store, count).await;
        Self {
            fetcher,
            meta,
            pass,
            store,
        }
    }

    /// Stores another list, for the same fetcher.
    pub async fn new_list(&mut self, count: u32) {
        (self.meta, self.pass) = store_list(&self.store, count).await;
    }

    /// Fetches the batch, all items at the same time.
    pub async fn batch(&self) -> BatchResponse {
        self.batch_with(options()).await
    }

    pub async fn batch_with(&self, options: LaneOptions) -> BatchResponse {
        let response = self
            .fetcher
            .fetch_batch(&self.meta, &self.pass, 0, options)
            .await;
        let response = response.unwrap();
        self.assert_no_number_stored().await;
        response
    }

    /// Fetches the batch and returns its rows.
    pub async fn rows_of_batch(&self) -> Vec<ResultRow> {
        let response = self.batch().await;
        assert_eq!(response.pending, 0);
        self.rows().await
    }

    /// Returns all rows in order.
    pub async fn rows(&self) -> Vec<ResultRow> {
        let (store, meta, pass) = (self.store.clone(), self.meta.clone(), self.pass.clone());
        let mut reader = ResultsReader::open(store, meta, pass, false).await.unwrap();
        let (mut rows, mut next) = (Vec::new(), Some(0));
        while let Some(first) = next {
            let page = reader
                .page(first, &Filters::default(), PageLimits::with_count(1_000))
                .await
                .unwrap();
            rows.extend(page.rows);
            next = page.next;
        }
        assert_eq!(rows.len() as u64, self.meta.rows);
        rows
    }

    /// Checks that no object but `items` holds a number.
    async fn assert_no_number_stored(&self) {
        let objects = self.store.objects();
        let mut listing = objects.list(None);
        while let Some(object) = listing.try_next().await.unwrap() {
            let path = object.location.to_string();
            if path.ends_with("/items") {
                continue;
            }
            let body = objects.get(&object.location).await.unwrap();
            let body = body.bytes().await.unwrap();
            let text = format!("{path} {}", String::from_utf8_lossy(&body));
            for index in 0..self.meta.items.min(100) as u32 {
                assert!(!text.contains(&number(index)), "{path} holds a number");
            }
        }
    }
}

async fn store_list(store: &Store, count: u32) -> (Meta, Pass) {
    let list = (0..count)
        .map(|index| lists::read_value(&number(index), &Default::default()))
        .collect();
    let mut meta = Meta::new("ann", None, None, None, &list, Default::default());
    meta.batch_size = count;
    store.write_list(&meta, &list).await.unwrap();
    let pass = Pass::first();
    assert!(store.create_pass(&meta.id, &pass).await.unwrap());
    (meta, pass)
}

/// Returns the number with this index.
pub fn number(index: u32) -> String {
    format!("{}", 123_450_001 + index)
}

/// Returns the row's body as JSON text.
pub fn body(row: &ResultRow) -> Option<&str> {
    row.body.as_ref().map(|body| body.get())
}

/// Counts the rows with this outcome.
pub fn count(rows: &[ResultRow], outcome: Outcome) -> usize {
    rows.iter().filter(|row| row.outcome == outcome).count()
}

/// Returns options without a limit that a test could reach.
pub fn options() -> LaneOptions {
    LaneOptions {
        limiter: Arc::new(Limiter::new(10_000, None)),
        signal: watch::channel(Signal::Run).1,
        start_deadline: None,
        on_dispatched: Box::new(|| ()),
    }
}

/// A timeout that no test reaches.
pub const NEVER: Duration = Duration::from_secs(60 * 60);

/// Returns settings for this server: its certificate is trusted, backoffs are short, and timeouts long.
pub fn settings(server: &Server) -> UpstreamSettings {
    settings_of(server.url())
}

/// Returns the same settings for a server at this address.
pub fn settings_of(url: String) -> UpstreamSettings {
    UpstreamSettings {
        backoff: Duration::from_millis(2),
        backoff_cap: Duration::from_millis(5),
        connect_timeout: NEVER,
        attempt_timeout: NEVER,
        trusted_certificates: Some(certificate()),
        ..UpstreamSettings::new(url)
    }
}
