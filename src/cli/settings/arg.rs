//! The file that settings come from.

use std::path::PathBuf;

use clap::Args;

/// The file that settings come from.
#[derive(Args)]
pub(crate) struct SettingsArg {
    /// A file in TOML with settings, named as the flags are; a flag or a variable outdoes it
    /// [default: rollcall/settings.toml in the user's configuration folder, where there is one].
    #[arg(long = "settings", value_name = "FILE", env = "ROLLCALL_SETTINGS")]
    pub(crate) settings_file: Option<PathBuf>,
}
