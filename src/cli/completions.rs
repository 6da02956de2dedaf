//! `rollcall completions`: scripts that let shells complete commands and flags.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::{Generator, Shell};

/// `rollcall completions`.
#[derive(Args)]
pub(crate) struct CompletionsCommand {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsCommand {
    /// Prints the script for this command.
    pub(crate) fn write(&self, mut command: Command) -> io::Result<()> {
        command.set_bin_name("rollcall");
        command.build();
        // Generated completely before the first byte is printed, so that an error prints nothing.
        let mut script = Vec::new();
        self.shell.try_generate(&command, &mut script)?;
        io::stdout().write_all(&script)
    }
}
