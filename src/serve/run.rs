//! Starts the server, prints its address, serves, and shuts down.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use backend::Api;
use contract::limits;
use contract::list::Validation;
use contract::wire::UpstreamInfo;
use store::Store;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Origins, ServeArgs};
use crate::data::DataFolder;
use crate::serve::banner::Banner;
use crate::serve::{Access, address, browser, router};
use crate::upstream::{self, DemoSettings};
use crate::{Embedded, descriptors};

/// The number of connections that can wait to be accepted. Ten thousand may arrive at once.
const BACKLOG: u32 = 16_384;

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn run(
    args: ServeArgs,
    origins: &Origins,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let max_in_flight = descriptors::raise_limit();
    if max_in_flight < limits::MAX_CONCURRENCY {
        eprintln!(
            "rollcall: {}",
            descriptors::shortage(limits::MAX_CONCURRENCY, max_in_flight)
        );
    }
    let invalid =
        |flag, error: &dyn std::error::Error| origins.invalid(flag, format!("invalid: {error}"));
    let path = args.data.map_or_else(DataFolder::default_path, Ok);
    let folder = path.and_then(|path| DataFolder::open(&path));
    let folder = folder.map_err(|error| invalid("data", &error))?;
    let store = folder.store()?;
    let (url, is_demo) = match args.upstream.url() {
        Some(url) => (url.to_owned(), false),
        None => (start_demo().await?, true),
    };
    let fetcher = args.upstream.fetcher(store.clone(), &url, origins)?;
    let (host, path) = fetcher.upstream();
    let engine = Embedded::new(
        store.clone(),
        fetcher,
        Some(folder.objects()),
        max_in_flight,
    );
    let listener = listen(args.listen).map_err(|error| invalid("listen", &error))?;
    let listening = listener.local_addr()?;
    let upstream = UpstreamInfo {
        host,
        path,
        demo: is_demo,
    };
    let runs = args.run.settings(Validation::default(), false);
    let banner = Banner {
        upstream: &upstream,
        data: folder.path().to_owned(),
        retain: args.retain,
        runs: &runs,
        listening,
    };
    let banner = banner.to_string();

    let api = Api {
        store: store.clone(),
        engine: Arc::new(engine.clone()),
        upstream,
        defaults: runs,
        max_concurrency: max_in_flight.min(limits::MAX_CONCURRENCY),
    };
    let token = folder.token()?;
    let access = Access::new(token.clone(), listening.port(), args.allow_host);
    let router = router(api, access.clone());
    backend::recover(&store, &engine).await?;
    let retain = args
        .retain
        .map(|days| Duration::from_secs(u64::from(days) * 86_400));
    tokio::spawn(erase_expired_regularly(store, engine.clone(), retain));
    eprintln!("{banner}");
    println!("{}", address(listening, &token));
    if args.open {
        browser::open(address(listening, &access.one_time_token()));
    }
    let shutdown = async move {
        shutdown_signal().await;
        // Connections stay open until all results are written.
        engine.shut_down().await;
    };
    tokio::select! {
        served = std::future::IntoFuture::into_future(axum::serve(listener, router)) => served?,
        () = shutdown => {}
    }
    Ok(())
}

/// Erases unfinished starts, unused uploads and runs older than `retain`, now and every hour.
async fn erase_expired_regularly(store: Store, engine: Embedded, retain: Option<Duration>) {
    let mut hours = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hours.tick().await;
        if let Err(error) = backend::erase_expired(&store, &engine, retain).await {
            tracing::warn!(%error, "old runs could not be erased; retrying in an hour");
        }
    }
}

async fn start_demo() -> io::Result<String> {
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let url = format!("http://{}/ssn/", listener.local_addr()?);
    tokio::spawn(async move {
        if let Err(error) =
            upstream::serve(listener, DemoSettings::default(), std::future::pending()).await
        {
            tracing::error!(%error, "the demo upstream ended");
        }
    });
    Ok(url)
}

/// Listens with a backlog for many simultaneous connections.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    let cannot_listen = |error: io::Error| {
        io::Error::new(
            error.kind(),
            format!(
                "can't listen on {address}: {error}. Name another address; port 0 takes a free one"
            ),
        )
    };
    socket.bind(address).map_err(cannot_listen)?;
    socket.listen(BACKLOG).map_err(cannot_listen)
}

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn shutdown_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
