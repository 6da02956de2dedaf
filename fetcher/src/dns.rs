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

/// The system's resolver behind a short memory. Whoever asks while a look-up runs waits for it, and
/// shares its answer, be it an error.
#[derive(Clone, Default)]
pub(crate) struct Resolver {
    known: Arc<Mutex<HashMap<String, Found>>>,
}

struct Found {
    at: Instant,
    addresses: Result<Vec<SocketAddr>, NotFound>,
}

/// The name has no address, or nobody could be asked.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name could not be resolved")]
struct NotFound;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let known = Arc::clone(&self.known);
        let asked = Instant::now();
        Box::pin(async move {
            let mut known = known.lock().await;
            if let Some(found) = known.get(name.as_str()) {
                match &found.addresses {
                    Ok(addresses) if found.at.elapsed() < KNOWN_FOR => {
                        return Ok(Box::new(addresses.clone().into_iter()) as Addrs);
                    }
                    Err(error) if found.at >= asked => return Err((*error).into()),
                    _ => {}
                }
            }
            let looked_up = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses = looked_up
                .map(|addresses| addresses.collect::<Vec<_>>())
                .map_err(|_| NotFound);
            let found = Found {
                at: Instant::now(),
                addresses: addresses.clone(),
            };
            known.insert(name.as_str().to_owned(), found);
            Ok(Box::new(addresses?.into_iter()) as Addrs)
        })
    }
}
