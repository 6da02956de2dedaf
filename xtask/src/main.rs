//! The tasks of the project that cargo has no command for: `cargo xtask --help`.

mod aws_local;
mod bench;
mod build;
mod deploy;
mod emulator;
mod lambda;
mod needs;
mod page;
mod run;
mod test;
mod workspace;

use std::process::{ExitCode, ExitStatus};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, runs, tests and deploys Rollcall"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page into target/page
    Page,
    /// Build target/release/rollcall with the page inside, or the functions for AWS Lambda
    Build(build::Args),
    /// Build, then start rollcall with the arguments given
    Run(run::Args),
    /// Install the tools that the tests need, then run all tests
    Test(test::Args),
    /// Build and deploy to AWS; docs/aws.md is the manual
    Deploy(deploy::Args),
    /// Delete a deployment with all its data
    Destroy(deploy::DestroyArgs),
    /// Start an AWS emulator on this machine and deploy to it
    AwsLocal(aws_local::Args),
    /// Measure `rollcall fetch` beside oha and curl, a server's memory, or cold starts
    Bench(bench::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref() {
            Some(Reported(code)) => ExitCode::from(*code),
            None => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    workspace::find()?;
    match command {
        Command::Page => page::build_within_budget(),
        Command::Build(args) => build::run(args),
        Command::Run(args) => run::run(args),
        Command::Test(args) => test::test(args),
        Command::Deploy(args) => deploy::deploy(args),
        Command::Destroy(args) => deploy::destroy(args),
        Command::AwsLocal(args) => aws_local::aws_local(args),
        Command::Bench(args) => bench::run(args),
    }
}

/// A failure that a child process has already printed. Only its exit code is passed on.
#[derive(Debug, thiserror::Error)]
#[error("exit code {0}")]
struct Reported(u8);

impl From<ExitStatus> for Reported {
    fn from(status: ExitStatus) -> Self {
        Self(
            status
                .code()
                .and_then(|code| code.try_into().ok())
                .unwrap_or(1),
        )
    }
}
