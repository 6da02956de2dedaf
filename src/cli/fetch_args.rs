//! What `rollcall fetch` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use contract::list::Column;

use super::{RunArgs, SettingsArg, UpstreamArgs};

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
    /// Takes only numbers that may have been issued.
    #[arg(long)]
    pub(crate) issued_only: bool,
    /// Takes 7 or 8 bare digits as a number whose leading zeros a spreadsheet ate.
    #[arg(long)]
    pub(crate) restore_leading_zeros: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    #[command(flatten)]
    pub(crate) run: RunArgs,
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
