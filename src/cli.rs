//! The command line.

mod completions;
mod fetch_args;
mod given;
mod headers;
mod man;
mod run_args;
mod serve_args;
mod settings;
mod takes;
mod upstream_args;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::upstream::DemoSettings;
use crate::{Exit, fetch, logging};

use completions::CompletionsCommand;
use man::ManCommand;

pub(crate) use fetch_args::FetchArgs;
pub(crate) use given::Reach;
pub(crate) use run_args::RunArgs;
pub(crate) use serve_args::ServeArgs;
pub(crate) use settings::SettingsArg;
use settings::{Parsed, Refused};
pub(crate) use upstream_args::{ArgsError, UpstreamArgs};

/// Threads that read and write files. Each keeps what it has freed for itself, so that hundreds of
/// them, for a moment's files, would hold hundreds of megabytes.
const BLOCKING_THREADS: usize = 8;

const EXAMPLES: &str = "\
Examples:
  The page, on made-up records:
    rollcall
  The page, on your upstream:
    rollcall --upstream https://records.example.gov/ssn/
  A list without the page:
    rollcall fetch list.csv --upstream https://records.example.gov/ssn/ --out rows.csv
  All settings as they are now, in a file to go on with:
    rollcall settings > settings.toml";

/// Looks up a list of US Social Security Numbers at an upstream, one GET each, all in parallel.
#[derive(Parser)]
#[command(
    name = "rollcall",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_long_help = EXAMPLES
)]
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
    /// run; 130: interrupted, with what was known until then written, or kept with --resume.
    Fetch(FetchArgs),
    /// Prints the settings in force, each with where it comes from, as a file for --settings.
    Settings(ServeArgs),
    /// Serves made-up records, as an upstream to try things on.
    Upstream(UpstreamCommand),
    /// Writes a script that lets a shell complete this program's commands and flags.
    Completions(CompletionsCommand),
    /// Writes the manual's pages.
    Man(ManCommand),
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

impl Cli {
    /// The command. A variable's value is in no help: it may be a secret.
    fn described() -> clap::Command {
        let hide = |arg: clap::Arg| arg.hide_env_values(true);
        Self::command()
            .mut_args(hide)
            .mut_subcommands(|command| command.mut_args(hide))
    }

    /// What was understood, with where its settings come from.
    fn of(parsed: &Parsed) -> Result<Self, clap::Error> {
        let mut cli = Self::from_arg_matches(&parsed.matches)?;
        let upstream = match &mut cli.command {
            None => Some(&mut cli.serve.upstream),
            Some(Command::Serve(args)) => Some(&mut args.upstream),
            Some(Command::Fetch(args)) => Some(&mut args.upstream),
            _ => None,
        };
        if let Some(upstream) = upstream {
            upstream.origins = parsed.origins();
        }
        Ok(cli)
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    let parsed = match settings::parse(Cli::described(), &given) {
        Ok(parsed) => parsed,
        // Help and the version are no failure.
        Err(Refused::Clap(error)) => error.exit(),
        Err(refused) => return failed(&refused),
    };
    let cli = match Cli::of(&parsed) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
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
            Some(Command::Settings(_)) => written(print(&settings::show(&parsed))),
            Some(Command::Upstream(args)) => upstream(args).await,
            Some(Command::Completions(args)) => written(args.write(Cli::described())),
            Some(Command::Man(args)) => written(args.write(Cli::described())),
        }
    });
    if matches!(exit, Ok(Exit::Interrupted)) {
        // A thread may be held up by a pipe that nobody reads.
        runtime.shutdown_background();
    }
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

/// To standard output, whose reader may have gone.
fn print(text: &str) -> std::io::Result<()> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
}

fn written(result: std::io::Result<()>) -> Result<Exit, AnyError> {
    result?;
    Ok(Exit::Answered)
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("rollcall: {error}");
    Exit::CouldNotRun.into()
}
