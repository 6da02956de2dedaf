//! `rollcall fetch`: a list without a page.

mod output;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use backend::{Engine, PassStart};
use contract::list::{Column, ReadError, ReadOptions, Source, Validation, read_source};
use contract::wire::{Counts, RunSettings};
use store::{Meta, Pass, ResultsReader, Store, StoreError};

use crate::cli::FetchArgs;
use crate::fetch::output::Output;
use crate::serve::run::asked_to_end;
use crate::{Embedded, Exit, descriptors};

/// The list could not be looked up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the list {0} can't be read: {1}")]
    List(PathBuf, io::Error),
    #[error("{0}. Name it with --column")]
    Column(ReadError),
    #[error(transparent)]
    Read(ReadError),
    #[error("the list is empty: it takes at least one line")]
    Empty,
    #[error(transparent)]
    Upstream(#[from] crate::cli::ArgsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the run could not be started: {0}")]
    Engine(#[from] backend::EngineError),
    #[error("the rows can't be written: {0}")]
    Output(#[from] io::Error),
}

/// Looks up the list and writes its rows.
pub(crate) async fn run(args: FetchArgs) -> Result<Exit, FetchError> {
    let mut settings = settings(&args);
    let possible = descriptors::raise();
    if settings.max_concurrency > possible {
        eprintln!(
            "rollcall: {}",
            descriptors::told(settings.max_concurrency, possible)
        );
        settings.max_concurrency = possible;
    }
    let store = Store::in_memory();
    let fetcher = args.upstream.fetcher(store.clone(), &args.url)?;
    let bytes = read(&args.list).map_err(|error| FetchError::List(args.list.clone(), error))?;
    let source = source(&bytes, &settings.read_options(), args.column.as_ref())?;
    drop(bytes);
    if source.list.rows.is_empty() {
        return Err(FetchError::Empty);
    }
    // Before the first GET: a run must not be lost because its rows have nowhere to go.
    let out = Output::open(args.out.as_deref())?;

    let meta = Meta::new("local", None, None, None, &source.list, settings);
    store.write_list(&meta, &source.list).await?;
    drop(source);
    let pass = Pass::first();
    store.create_pass(&meta.id, &pass).await?;
    let engine = Embedded::new(store.clone(), fetcher, None, possible);
    let interrupted = look_up(&store, &engine, &meta, &pass).await?;
    let finish = async {
        // What was interrupted is written as well; interrupted again, it isn't.
        engine.ended(&meta.id).await;
        let counts = store.settle(&meta, &pass, None).await?.counts;
        let reader = ResultsReader::open(store.clone(), meta.clone(), pass.clone(), !args.masked);
        out.write(reader.await?, args.format).await?;
        Ok(exit(interrupted, &counts))
    };
    tokio::select! {
        exit = finish => exit,
        () = asked_to_end() => Ok(Exit::Interrupted),
    }
}

/// Runs the list to its end, or tells the run to stop when interrupted. Whether it was.
async fn look_up(
    store: &Store,
    engine: &Embedded,
    meta: &Meta,
    pass: &Pass,
) -> Result<bool, FetchError> {
    engine.start(PassStart::of(meta, pass)).await?;
    tokio::select! {
        () = engine.ended(&meta.id) => return Ok(false),
        () = asked_to_end() => {}
    }
    store
        .mark_stop(&meta.id, pass.pass, store::StopCause::User)
        .await?;
    engine.stop(&meta.id, pass.pass).await?;
    Ok(true)
}

fn exit(interrupted: bool, counts: &Counts) -> Exit {
    match counts {
        _ if interrupted => Exit::Interrupted,
        Counts {
            failed: 0,
            not_tried: 0,
            ..
        } => Exit::Answered,
        _ => Exit::SomeFailed,
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    } else {
        std::fs::read(path)
    }
}

fn source(
    bytes: &[u8],
    options: &ReadOptions,
    column: Option<&Column>,
) -> Result<Source, FetchError> {
    read_source(bytes, options, column).map_err(|error| match error {
        ReadError::AmbiguousColumn { .. }
        | ReadError::NoColumn { .. }
        | ReadError::UnknownColumn { .. } => FetchError::Column(error),
        error => FetchError::Read(error),
    })
}

fn settings(args: &FetchArgs) -> RunSettings {
    let validation = if args.issued_only {
        Validation::Issued
    } else {
        Validation::Format
    };
    args.run.settings(validation, args.restore_leading_zeros)
}
