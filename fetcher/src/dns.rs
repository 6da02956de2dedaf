//! Resolves the upstream's name once for many connections. A thousand connections that open at the
//! same time would otherwise make a thousand look-ups, each on a thread of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long addresses are cached. The system's resolver returns no time to live.
const CACHED_FOR: Duration = Duration::from_secs(30);

/// The system's resolver with a short cache.
///
/// A call during a look-up of the same name waits for that look-up and returns its result or error.
#[derive(Clone, Default)]
pub(crate) struct Resolver {
    cache: Arc<Mutex<HashMap<String, Lookup>>>,
}

struct Lookup {
    ended: Instant,
    addresses: Result<Vec<SocketAddr>, NotFound>,
}

/// The name has no address, or no name server could be reached.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name could not be resolved")]
struct NotFound;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let cache = Arc::clone(&self.cache);
        let called = Instant::now();
        Box::pin(async move {
            let mut cache = cache.lock().await;
            if let Some(last) = cache.get(name.as_str()) {
                match &last.addresses {
                    Ok(addresses) if last.ended.elapsed() < CACHED_FOR => {
                        return Ok(Box::new(addresses.clone().into_iter()) as Addrs);
                    }
                    Err(error) if last.ended >= called => return Err((*error).into()),
                    _ => {}
                }
            }
            let looked_up = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses = looked_up
                .map(|addresses| addresses.collect::<Vec<_>>())
                .map_err(|_| NotFound);
            let lookup = Lookup {
                ended: Instant::now(),
                addresses: addresses.clone(),
            };
            cache.insert(name.as_str().to_owned(), lookup);
            Ok(Box::new(addresses?.into_iter()) as Addrs)
        })
    }
}
