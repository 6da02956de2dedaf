//! Arguments of `rollcall fetch`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use export::Format;
use lists::{ColumnSelector, SheetSelector};

use super::{RunArgs, SettingsArg, UpstreamArgs};

const EXAMPLES: &str = "\
Examples:
  Every number of a file, the rows as CSV:
    rollcall fetch list.txt --upstream https://records.example.gov/ssn/ --out rows.csv
  A table with its other columns, as NDJSON with masked numbers:
    rollcall fetch people.csv --column ssn --format ndjson --masked > rows.ndjson
  The same table for Excel:
    rollcall fetch people.csv --column ssn --spreadsheet --out rows.csv
  A run that the same command resumes after an interruption:
    rollcall fetch list.txt --resume run --out rows.csv
  Retry what failed in it:
    rollcall fetch list.txt --resume run --redrive --out rows.csv
  On a server, with its token in ROLLCALL_TOKEN:
    rollcall fetch list.txt --api https://rollcall.example/ --out rows.csv";

/// `rollcall fetch`.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct FetchArgs {
    /// The list: a file with one number per line, a CSV, a TSV, JSON or a workbook (.xlsx, .xlsm, .xls,
    /// .xlsb, .ods), or `-` for standard input.
    pub(crate) list: PathBuf,
    /// The file for the rows. It is written completely or not at all: an existing file is replaced at
    /// the end. Only its owner can read it [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The output format. Every format includes the list's other columns: before the row in CSV, as
    /// `columns` in JSON. If the list has INVALID lines, a column `typed` has their text.
    #[arg(long, value_parser = format(), default_value_t)]
    pub(crate) format: Format,
    /// Writes CSV for a spreadsheet such as Excel: with a byte order mark, CRLF line ends and
    /// `--dashes`.
    #[arg(long)]
    pub(crate) spreadsheet: bool,
    /// Writes numbers with dashes: 123-45-6789.
    #[arg(long)]
    pub(crate) dashes: bool,
    /// Writes only the last four digits of each number, in the list's other columns too. 7 or 8
    /// digits there are masked only in a column whose header names SSNs. In `typed`, all digits are
    /// masked except those among the last four letters and digits.
    #[arg(long)]
    pub(crate) masked: bool,
    /// The column that holds the numbers: its header, or its position from 1 [default: detected from
    /// headers and content. If it isn't certain, `fetch` names the columns and exits with 2].
    #[arg(long, value_name = "COLUMN")]
    pub(crate) column: Option<ColumnSelector>,
    /// The sheet of a workbook: its name, or its position from 1 [default: the only sheet with cells. If
    /// several have cells, `fetch` names them and exits with 2].
    #[arg(long, value_name = "SHEET")]
    pub(crate) sheet: Option<SheetSelector>,
    /// Accepts only numbers that the SSA may have issued.
    #[arg(long)]
    pub(crate) issued_only: bool,
    /// Reads 7 or 8 bare digits as a number whose leading zeros a spreadsheet removed.
    #[arg(long)]
    pub(crate) restore_leading_zeros: bool,
    /// Hides the progress bar and the messages about sheet and column. Failures are still reported.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Keeps the run in this folder, and resumes one that was interrupted or killed. The folder belongs
    /// to one list and one upstream; other options may change. For a run that is over, no request is
    /// sent: its rows are written again.
    #[arg(long, value_name = "DIR")]
    pub(crate) resume: Option<PathBuf>,
    /// With `--resume`: retries what failed or was not tried, if the run is over.
    #[arg(long, requires = "resume")]
    pub(crate) redrive: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,
}

/// A server that looks up the list instead of this process.
#[derive(Args)]
#[command(next_help_heading = "On a server")]
pub(crate) struct ServerArgs {
    /// The address of a Rollcall server that looks up the list, instead of `--upstream`. It may be the
    /// address that `rollcall serve` prints, which includes a token. The server's defaults apply to
    /// options of a run that you omit.
    #[arg(long, value_name = "URL", env = "ROLLCALL_API")]
    pub(crate) api: Option<String>,
    /// The server's token. Other users of this machine can see a command line: put the token into a file
    /// or a variable. If ROLLCALL_API is set, ROLLCALL_TOKEN is used only for that server. A token in the
    /// address of `--api` overrides ROLLCALL_TOKEN.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "ROLLCALL_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
    /// A file that holds the server's token and nothing else.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}

/// Reads a format's name.
fn format() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|format| {
        PossibleValue::new(format.name()).help(match format {
            Format::Csv => "A header, and a record for each row",
            Format::Ndjson => "A JSON object for each row, one per line",
            Format::Json => "One JSON array of objects",
        })
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}
