//! `rollcall fetch`: looks up a list without the page.

mod error;
mod folder;
mod interrupts;
mod list;
mod local;
mod output;
mod remote;
mod reporter;
mod target;

use contract::wire::Counts;
use export::JoinedColumns;
use futures::FutureExt;
use futures::future::try_join;
use lists::Source;
use store::Store;

use crate::cli::{FetchArgs, Origins};
use crate::{Embedded, Exit, descriptors};
use folder::{RequestedRun, RunFolder};
use interrupts::Interrupts;
use local::LocalRun;
use output::{Output, Pages, Rows};
use remote::ReadAhead;
use reporter::Reporter;
use target::Target;

pub(crate) use error::FetchError;

/// How a run ended.
struct FinishedRun {
    counts: Counts,
    /// Lines that are not numbers.
    invalid: u64,
    /// Why it ended early, if it did.
    reason: Option<String>,
    interrupted: bool,
}

/// Looks up the list and writes its rows.
pub(crate) async fn run(args: FetchArgs, origins: &Origins) -> Result<Exit, FetchError> {
    let target = Target::new(&args, origins)?;
    let options = output::options(&args)?;
    let (source, sheet) = list::read(&args)?;
    // Opened before the first request: a run must not be lost because its rows can't be written.
    let out = Output::open(args.out.as_deref())?;
    // After the list is read: while a user types it on a terminal, Ctrl-C must end the process.
    let mut interrupts = Interrupts::listen()?;
    let reporter = Reporter::new(args.quiet);
    let messages = sheet.into_iter().chain(list::describe_column(&source));
    for message in messages.filter(|_| !args.quiet) {
        reporter.print_message(&message);
    }
    let (finished, source) = match target {
        Target::Upstream(url) => {
            let run = run_locally(&args, origins, &url, source, &reporter, &mut interrupts);
            let (finished, source) = run.await?;
            let read_ahead: ReadAhead = Box::pin(std::future::ready(()));
            (
                finished.map(|(run, pages)| (run, pages, read_ahead)),
                source,
            )
        }
        Target::Server(server) => {
            let list = &source.list;
            let finished = remote::run(&args, origins, server, list, &reporter, &mut interrupts);
            (finished.await?, Some(source))
        }
    };
    reporter.clear();
    let folder = args.resume.as_deref();
    let Some((finished, pages, read_ahead)) = finished else {
        if let Some(folder) = folder {
            let folder = folder.display();
            reporter.print_message(&format!(
                "interrupted. The results so far are kept in {folder}: run the same command to resume"
            ));
        }
        return Ok(Exit::Interrupted);
    };
    let rows = Rows {
        pages,
        options,
        source,
        masked: args.masked,
    };
    // An interrupted run is written too, unless a second interrupt comes. A failed write doesn't wait
    // for the request that is in flight.
    tokio::select! {
        written = try_join(out.write(rows), read_ahead.map(Ok)) => { written?; }
        () = interrupts.next() => return Ok(Exit::Interrupted),
    }
    // Printed last: on a terminal, the rows would scroll it out of sight.
    let hint = folder.map(|_| "Run the same command with --redrive to retry them");
    reporter.print_summary(&finished, hint);
    Ok(exit(&finished))
}

/// Looks up the list in this process. Returns the list too if its text is written beside the rows.
///
/// A list without other columns and INVALID rows is dropped before the run, to free its memory.
async fn run_locally(
    args: &FetchArgs,
    origins: &Origins,
    url: &str,
    source: Source,
    reporter: &Reporter,
    interrupts: &mut Interrupts,
) -> Result<(Option<(FinishedRun, Pages)>, Option<Source>), FetchError> {
    let options = list::options(args);
    let settings = args
        .run
        .settings(options.validation, options.restore_leading_zeros);
    let max_in_flight = descriptors::raise_limit();
    if settings.max_concurrency > max_in_flight {
        reporter.print_message(&descriptors::shortage(
            settings.max_concurrency,
            max_in_flight,
        ));
    }
    let local = match &args.resume {
        None => {
            let store = Store::in_memory();
            let fetcher = args.upstream.fetcher(store.clone(), url, origins)?;
            LocalRun::in_memory(store, fetcher, &source.list, settings, max_in_flight).await?
        }
        Some(path) => {
            let folder = RunFolder::open(path)?;
            let store = folder.store()?;
            let fetcher = args.upstream.fetcher(store.clone(), url, origins)?;
            let upstream = fetcher.redacted_address();
            let engine = Embedded::new(
                store.clone(),
                fetcher,
                Some(folder.objects()),
                max_in_flight,
            );
            let requested = RequestedRun {
                upstream,
                list: &source.list,
                settings,
                redrive: args.redrive,
            };
            LocalRun::in_folder(store, engine, folder, requested).await?
        }
    };
    let is_joined = JoinedColumns::new(&source, args.masked).is_some();
    let source = is_joined.then_some(source);
    let finished = local.run(reporter, interrupts, !args.masked).await?;
    Ok((finished, source))
}

fn exit(finished: &FinishedRun) -> Exit {
    match finished.counts {
        _ if finished.interrupted => Exit::Interrupted,
        Counts {
            failed: 0,
            not_tried: 0,
            ..
        } => Exit::Success,
        _ => Exit::SomeFailed,
    }
}
