//! The server's life: open, print the address, serve, end cleanly.

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
use crate::serve::start_told::StartTold;
use crate::serve::{Access, address, browser, router};
use crate::upstream::{self, DemoSettings};
use crate::{Embedded, descriptors};

/// Connections that wait to be accepted: ten thousand may come at once.
const BACKLOG: u32 = 16_384;

/// Serves until asked to end.
pub(crate) async fn run(
    args: ServeArgs,
    origins: &Origins,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let possible = descriptors::raise();
    if possible < limits::MAX_CONCURRENCY {
        eprintln!(
            "rollcall: {}",
            descriptors::told(limits::MAX_CONCURRENCY, possible)
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
    let engine = Embedded::new(store.clone(), fetcher, Some(folder.objects()), possible);
    let listener = listen(args.listen).map_err(|error| invalid("listen", &error))?;
    let listening = listener.local_addr()?;
    let upstream = UpstreamInfo {
        host,
        path,
        demo: is_demo,
    };
    let runs = args.run.settings(Validation::default(), false);
    let told = StartTold {
        upstream: &upstream,
        data: folder.path().to_owned(),
        retain: args.retain,
        runs: &runs,
        listening,
    };
    let told = told.to_string();

    let api = Api {
        store: store.clone(),
        engine: Arc::new(engine.clone()),
        upstream,
        defaults: runs,
        max_concurrency: possible.min(limits::MAX_CONCURRENCY),
    };
    let token = folder.token()?;
    let access = Access::new(token.clone(), listening.port(), args.allow_host);
    let router = router(api, access.clone());
    backend::recover(&store, &engine).await?;
    let retain = args
        .retain
        .map(|days| Duration::from_secs(u64::from(days) * 86_400));
    tokio::spawn(tidy(store, engine.clone(), retain));
    eprintln!("{told}");
    println!("{}", address(listening, &token));
    if args.open {
        browser::open(address(listening, &access.one_time_token()));
    }
    let ending = engine.clone();
    let shutdown = async move {
        shutdown_signal().await;
        // What is known is written before the last connection ends.
        ending.halt().await;
    };
    tokio::select! {
        served = std::future::IntoFuture::into_future(axum::serve(listener, router)) => served?,
        () = shutdown => {}
    }
    Ok(())
}

/// Clears away what was left lying or has been kept for long enough, now and every hour.
async fn tidy(store: Store, engine: Embedded, retain: Option<Duration>) {
    let mut hours = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hours.tick().await;
        if let Err(error) = backend::tidy(&store, &engine, retain).await {
            tracing::warn!(%error, "old runs could not be erased; this is tried again in an hour");
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

/// Listens with room for many connections that come at once.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    let in_use = |error: io::Error| {
        io::Error::new(
            error.kind(),
            format!(
                "can't listen on {address}: {error}. Name another address; port 0 takes a free one"
            ),
        )
    };
    socket.bind(address).map_err(in_use)?;
    socket.listen(BACKLOG).map_err(in_use)
}

/// Returns on SIGINT or SIGTERM.
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
