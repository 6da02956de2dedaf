//! The command line: its commands and their arguments. Nothing here runs a command.

mod completions;
mod fetch_args;
mod man;
mod private_file;
mod run_args;
mod serve_args;
mod settings;
mod upstream_args;
mod values;

use std::ffi::OsString;
use std::net::SocketAddr;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::upstream::DemoSettings;

pub(crate) use completions::CompletionsCommand;
pub(crate) use fetch_args::FetchArgs;
pub(crate) use man::ManCommand;
pub(crate) use run_args::RunArgs;
pub(crate) use serve_args::ServeArgs;
pub(crate) use settings::{InvalidSetting, Origin, Origins, ParseError, SettingsArg};
pub(crate) use upstream_args::{ArgsError, UpstreamArgs};

const EXAMPLES: &str = "\
Examples:
  Open the page, with made-up records:
    rollcall
  Open the page, with your upstream:
    rollcall --upstream https://records.example.gov/ssn/
  Look up a list without the page:
    rollcall fetch list.csv --upstream https://records.example.gov/ssn/ --out rows.csv
  Save the settings in force to a file, to edit it:
    rollcall settings > settings.toml";

/// Looks up a list of US Social Security Numbers at an upstream, all in parallel.
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

/// A command and its arguments.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serves the page and the API on this machine; `rollcall` alone does the same.
    ///
    /// Without --upstream, a demo upstream in this process answers with made-up records.
    Serve(ServeArgs),
    /// Looks up a list without the page, and writes its rows as CSV, NDJSON or JSON.
    ///
    /// Exit code 0: every number has an answer; 1: some FAILED or were NOT_TRIED; 2: the list could
    /// not be looked up; 130: interrupted, and the results until then are written, or kept with
    /// --resume.
    Fetch(FetchArgs),
    /// Prints every setting in force and where it comes from, as a file for --settings.
    Settings(ServeArgs),
    /// Serves made-up records, as an upstream for trying things out.
    Upstream(UpstreamCommand),
    /// Prints a script that lets a shell complete commands and flags.
    Completions(CompletionsCommand),
    /// Writes the manual pages.
    Man(ManCommand),
}

/// `rollcall upstream`.
#[derive(Args)]
pub(crate) struct UpstreamCommand {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8687")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) demo: DemoSettings,
}

/// A parsed command line.
pub(crate) struct Invocation {
    pub(crate) command: Command,
    /// Where each of the command's settings comes from.
    pub(crate) origins: Origins,
    /// What `rollcall settings` prints; empty for any other command.
    pub(crate) settings: String,
}

/// Parses a command line, whose first word is the program's name.
pub(crate) fn parse(words: &[OsString]) -> Result<Invocation, ParseError> {
    let parsed = settings::parse(command(), words)?;
    let cli = Cli::from_arg_matches(&parsed.matches)?;
    let command = cli.command.unwrap_or(Command::Serve(cli.serve));
    let settings = match command {
        Command::Settings(_) => settings::show(&parsed),
        _ => String::new(),
    };
    Ok(Invocation {
        command,
        origins: parsed.origins,
        settings,
    })
}

/// The whole command, as clap defines it.
pub(crate) fn command() -> clap::Command {
    // A variable may hold a secret, and `--help` would print it.
    let hide = |arg: clap::Arg| arg.hide_env_values(true);
    Cli::command()
        .mut_args(hide)
        .mut_subcommands(|command| command.mut_args(hide))
}
