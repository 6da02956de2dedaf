//! `rollcall man`: the manual, made from the text of `--help`.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

/// `rollcall man`.
#[derive(Args)]
pub(crate) struct ManCommand {
    /// The folder for the pages, one per command [default: print the main page].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl ManCommand {
    /// Writes the manual of this command.
    pub(crate) fn write(&self, command: Command) -> io::Result<()> {
        let Some(folder) = &self.out else {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            return io::stdout().write_all(&page);
        };
        let with_folder = |error: io::Error| {
            let message = format!(
                "the manual can't be written to {}: {error}",
                folder.display()
            );
            io::Error::new(error.kind(), message)
        };
        fs::create_dir_all(folder).map_err(with_folder)?;
        clap_mangen::generate_to(command, folder).map_err(with_folder)
    }
}
