//! What the project needs beyond cargo itself: `cargo xtask --help`.

mod bench;
mod build;
mod emulator;
mod needs;
mod page;
mod run;
mod test;
mod workspace;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds and runs Rollcall"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page into target/page
    Page,
    /// Build target/release/rollcall with the page inside
    Build,
    /// Build, then start rollcall with the arguments given
    Run(run::Args),
    /// Install what the tests need, then run them all
    Test(test::Args),
    /// Measure `rollcall fetch` beside oha and curl, at nginx
    Bench,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Page => page::page(),
        Command::Build => build::build().map(drop),
        Command::Run(args) => run::run(args),
        Command::Test(args) => test::test(args),
        Command::Bench => bench::bench(),
    }
}
