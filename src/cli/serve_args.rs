//! What `rollcall serve` takes.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::{RunArgs, SettingsArg, UpstreamArgs};

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
    pub(crate) settings: SettingsArg,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,
}
