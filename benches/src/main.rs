//! Measurements of the built programs. `cargo xtask bench` builds them and runs this.

mod cold_start;
mod fetch;
mod memory;
mod nginx;

use std::path::PathBuf;

use clap::Parser;

#[derive(Parser)]
#[command(about = "Measures the built programs of Rollcall")]
enum Benchmark {
    /// Time `rollcall fetch` beside oha and curl, with nginx as the upstream
    Fetch {
        /// The program `rollcall`
        rollcall: PathBuf,
    },
    /// Measure the peak memory of `rollcall serve` for an upload, a run and the reading of its rows
    Memory {
        /// The program `rollcall`
        rollcall: PathBuf,
    },
    /// Time the start of each Lambda function beside a function that does nothing
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
