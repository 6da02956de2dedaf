//! `rollcall man`: the manual, made from what `--help` says.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

/// `rollcall man`.
#[derive(Args)]
pub(crate) struct ManCommand {
    /// The folder for a page for each command [default: the main page goes to standard output].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl ManCommand {
    /// Writes the pages of this command.
    pub(crate) fn write(&self, command: Command) -> io::Result<()> {
        let Some(folder) = &self.out else {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            return io::stdout().write_all(&page);
        };
        let told = |error: io::Error| {
            let what = format!(
                "the manual can't be written to {}: {error}",
                folder.display()
            );
            io::Error::new(error.kind(), what)
        };
        fs::create_dir_all(folder).map_err(told)?;
        clap_mangen::generate_to(command, folder).map_err(told)
    }
}
