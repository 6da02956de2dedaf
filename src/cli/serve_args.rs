//! Arguments of `rollcall serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::{RunArgs, SettingsArg, UpstreamArgs, values};

/// `rollcall serve`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR",
        env = "ROLLCALL_LISTEN",
        default_value = "127.0.0.1:8686",
        value_parser = values::address
    )]
    pub(crate) listen: SocketAddr,
    /// The folder for lists and results [default: the user's data folder].
    #[arg(long, value_name = "DIR", env = "ROLLCALL_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// A further host name that requests to this server may use; repeat the flag for more.
    #[arg(
        long,
        value_name = "NAME",
        env = "ROLLCALL_ALLOW_HOST",
        value_delimiter = ',',
        value_parser = values::host_name
    )]
    pub(crate) allow_host: Vec<String>,
    /// Erases runs this many days after their start [default: never].
    #[arg(
        long,
        value_name = "DAYS",
        env = "ROLLCALL_RETAIN",
        value_parser = values::number(1..=36_500_u32, "days")
    )]
    pub(crate) retain: Option<u32>,
    /// Opens the page in the browser, if this machine has one.
    #[arg(
        long,
        env = "ROLLCALL_OPEN",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL",
        value_parser = values::switch
    )]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,
}
