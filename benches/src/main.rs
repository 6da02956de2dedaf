//! Measures the built programs.
//!
//! `cargo xtask bench` builds them and runs this program.

mod cold_start;
mod fetch;
mod memory;
mod nginx;

use std::path::PathBuf;

use clap::Parser;

#[derive(Parser)]
#[command(about = "Measures the built programs of Rollcall")]
enum Benchmark {
    /// Compare the time of `rollcall fetch` with oha and curl, with nginx as the upstream
    Fetch {
        /// The program `rollcall`
        rollcall: PathBuf,
    },
    /// Measure the peak memory of `rollcall serve` during an upload, a run and reading its rows
    Memory {
        /// The program `rollcall`
        rollcall: PathBuf,
    },
    /// Compare the cold start of each Lambda function with that of a function that does nothing
    ColdStart {
        /// The folder with the programs `hello`, `api` and `fetcher`
        functions: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Benchmark::parse() {
        Benchmark::Fetch { rollcall } => fetch::measure(&rollcall),
        Benchmark::Memory { rollcall } => memory::measure(&rollcall),
        Benchmark::ColdStart { functions } => cold_start::measure(&functions),
    }
}
