//! `rollcall fetch`: a list without a page.

mod error;
mod folder;
mod interrupts;
mod list;
mod local;
mod output;
mod remote;
mod target;
mod telling;

use contract::list::Source;
use contract::wire::Counts;
use store::Store;

use crate::cli::{FetchArgs, Origins};
use crate::{Embedded, Exit, descriptors};
use folder::RunFolder;
use interrupts::Interrupts;
use local::Local;
use output::{Output, Pages, Rows};
use remote::ReadAhead;
use target::Target;
use telling::Telling;

pub(crate) use error::FetchError;

/// A run that is over.
struct Ended {
    counts: Counts,
    /// Lines that are no number.
    invalid: u64,
    /// Why it ended early, if it did.
    reason: Option<String>,
    interrupted: bool,
}

/// Looks up the list and writes its rows.
pub(crate) async fn run(args: FetchArgs, origins: &Origins) -> Result<Exit, FetchError> {
    let target = Target::new(&args, origins)?;
    let options = output::options(&args)?;
    let source = list::read(&args)?;
    // Before the first GET: a run must not be lost because its rows have nowhere to go.
    let out = Output::open(args.out.as_deref())?;
    // Not before: reading a list from a terminal is ended by the signal itself.
    let mut interrupts = Interrupts::listen()?;
    let telling = Telling::new(args.quiet);
    let (ended, source) = match target {
        Target::Upstream(url) => {
            let here = here(&args, origins, &url, source, &telling, &mut interrupts);
            let (ended, source) = here.await?;
            let read_ahead: ReadAhead = Box::pin(std::future::ready(()));
            (
                ended.map(|(ended, pages)| (ended, pages, read_ahead)),
                source,
            )
        }
        Target::Server(server) => {
            let list = &source.list;
            let ended = remote::run(&args, origins, server, list, &telling, &mut interrupts);
            (ended.await?, Some(source))
        }
    };
    telling.end();
    let folder = args.resume.as_deref();
    let Some((ended, pages, read_ahead)) = ended else {
        if let Some(folder) = folder {
            let folder = folder.display();
            telling.say(&format!(
                "interrupted. What is known is kept in {folder}: the same command goes on from there"
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
    // What was interrupted is written as well; interrupted again, it isn't.
    tokio::select! {
        (written, ()) = futures::future::join(out.write(rows), read_ahead) => written?,
        () = interrupts.next() => return Ok(Exit::Interrupted),
    }
    // Last, so that rows on the same terminal don't push it out of sight.
    let hint = folder.map(|_| "The same command with --redrive asks those again");
    telling.summary(&ended, hint);
    Ok(exit(&ended))
}

/// Looks the list up in this process. Gives the list back where it has other columns; without, its
/// memory is better used for the run.
async fn here(
    args: &FetchArgs,
    origins: &Origins,
    url: &str,
    source: Source,
    telling: &Telling,
    interrupts: &mut Interrupts,
) -> Result<(Option<(Ended, Pages)>, Option<Source>), FetchError> {
    let options = list::options(args);
    let settings = args
        .run
        .settings(options.validation, options.restore_leading_zeros);
    let possible = descriptors::raise();
    if settings.max_concurrency > possible {
        telling.say(&descriptors::told(settings.max_concurrency, possible));
    }
    let local = match &args.resume {
        None => {
            let store = Store::in_memory();
            let fetcher = args.upstream.fetcher(store.clone(), url, origins)?;
            Local::in_memory(store, fetcher, &source.list, settings, possible).await?
        }
        Some(path) => {
            let folder = RunFolder::open(path)?;
            let store = folder.store()?;
            let fetcher = args.upstream.fetcher(store.clone(), url, origins)?;
            let upstream = fetcher.address();
            let engine = Embedded::new(store.clone(), fetcher, Some(folder.objects()), possible);
            let request = folder::Request {
                upstream,
                list: &source.list,
                settings,
                redrive: args.redrive,
            };
            folder.run(store, engine, request).await?
        }
    };
    let has_others = source
        .table
        .as_ref()
        .is_some_and(|table| table.column_count > 1);
    let source = has_others.then_some(source);
    let ended = local.run(telling, interrupts, !args.masked).await?;
    Ok((ended, source))
}

fn exit(ended: &Ended) -> Exit {
    match ended.counts {
        _ if ended.interrupted => Exit::Interrupted,
        Counts {
            failed: 0,
            not_tried: 0,
            ..
        } => Exit::Answered,
        _ => Exit::SomeFailed,
    }
}
