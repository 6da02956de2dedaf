//! The command line.

mod upstream_args;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::list::Column;

use crate::upstream::DemoSettings;
use crate::{Exit, fetch, logging};

pub(crate) use upstream_args::{ArgsError, UpstreamArgs};

/// Looks up a list of US Social Security Numbers at an upstream, one GET each, all in parallel.
#[derive(Parser)]
#[command(name = "rollcall", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the page and the API on this machine (what `rollcall` alone does).
    Serve(ServeArgs),
    /// Looks up a list without a page: rows in order, as CSV, NDJSON or JSON.
    ///
    /// Exit code 0: every number was answered; 1: some FAILED or were NOT_TRIED; 2: it could not
    /// run; 130: interrupted, with what was known until then written.
    Fetch(FetchArgs),
    /// Serves made-up records, as an upstream to try things on.
    Upstream(UpstreamCommand),
}

/// `rollcall serve`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR",
        env = "ROLLCALL_LISTEN",
        default_value = "127.0.0.1:8686"
    )]
    pub(crate) listen: SocketAddr,
    /// The folder for lists and results [default: the user's data folder].
    #[arg(long, value_name = "DIR", env = "ROLLCALL_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// A further name by which this server may be called.
    #[arg(
        long,
        value_name = "NAME",
        env = "ROLLCALL_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub(crate) allow_host: Vec<String>,
    /// Erases runs that were started more than so many days ago [default: none].
    #[arg(long, value_name = "DAYS", env = "ROLLCALL_RETAIN", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(crate) retain: Option<u32>,
    /// The upstream's address, to which a number is appended [default: a demo upstream].
    #[arg(long = "upstream", value_name = "URL", env = "ROLLCALL_UPSTREAM")]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,
}

/// `rollcall fetch`.
#[derive(Args)]
pub(crate) struct FetchArgs {
    /// The list: a file with a number a line, a CSV or TSV, or `-` for standard input.
    pub(crate) list: PathBuf,
    /// The upstream's address, to which a number is appended.
    #[arg(long = "upstream", value_name = "URL", env = "ROLLCALL_UPSTREAM")]
    pub(crate) url: String,
    /// Where the rows go [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How the rows are written.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Shows the last four digits of each number only.
    #[arg(long)]
    pub(crate) masked: bool,
    /// The column that holds the numbers: its header, or its number from 1.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) column: Option<Column>,
    /// GETs in flight at most.
    #[arg(long, value_name = "N", default_value_t = contract::limits::DEFAULT_MAX_CONCURRENCY)]
    pub(crate) max_concurrency: u32,
    /// GETs started a second at most [default: no limit].
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<f64>,
    /// The share of numbers, in percent, that may fail before it stops early.
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0)]
    pub(crate) tolerated_failure_percentage: f64,
    /// Takes only numbers that may have been issued.
    #[arg(long)]
    pub(crate) issued_only: bool,
    /// Takes 7 or 8 bare digits as a number whose leading zeros a spreadsheet ate.
    #[arg(long)]
    pub(crate) restore_leading_zeros: bool,
    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,
}

/// How rows are written.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// A header and a line for each row.
    #[default]
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// One JSON array of objects.
    Json,
}

/// `rollcall upstream`.
#[derive(Args)]
struct UpstreamCommand {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8687")]
    listen: SocketAddr,
    #[command(flatten)]
    demo: DemoSettings,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let exit = runtime.block_on(async {
        match cli.command {
            None => serve(cli.serve).await,
            Some(Command::Serve(args)) => serve(args).await,
            Some(Command::Fetch(args)) => {
                logging::start("error");
                fetch::run(args).await.map_err(Into::into)
            }
            Some(Command::Upstream(args)) => upstream(args).await,
        }
    });
    match exit {
        Ok(exit) => exit.into(),
        Err(error) => failed(error.as_ref()),
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn serve(args: ServeArgs) -> Result<Exit, AnyError> {
    logging::start("warn,backend=info");
    crate::serve::run::run(args).await?;
    Ok(Exit::Answered)
}

async fn upstream(args: UpstreamCommand) -> Result<Exit, AnyError> {
    crate::descriptors::raise();
    let listener = crate::serve::run::listen(args.listen)?;
    println!("http://{}/ssn/", listener.local_addr()?);
    crate::upstream::serve(listener, args.demo, crate::serve::run::asked_to_end()).await?;
    Ok(Exit::Answered)
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("rollcall: {error}");
    Exit::CouldNotRun.into()
}
