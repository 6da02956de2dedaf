//! Looks the upstream's name up once for many connections: a thousand that open at once would
//! otherwise make a thousand look-ups, each on a thread of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an address is taken as known. The system's resolver tells no time to live.
const KNOWN_FOR: Duration = Duration::from_secs(30);

/// The system's resolver behind a short memory. Whoever asks while a look-up runs waits for it.
#[derive(Clone, Default)]
pub(crate) struct Resolver {
    known: Arc<Mutex<HashMap<String, (Instant, Vec<SocketAddr>)>>>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let known = Arc::clone(&self.known);
        Box::pin(async move {
            let mut known = known.lock().await;
            if let Some((at, addresses)) = known.get(name.as_str())
                && at.elapsed() < KNOWN_FOR
            {
                return Ok(Box::new(addresses.clone().into_iter()) as Addrs);
            }
            let addresses: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            known.insert(
                name.as_str().to_owned(),
                (Instant::now(), addresses.clone()),
            );
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
