//! `rollcall completions`: what a shell needs to complete this program's flags.

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
    /// Writes the shell's script for this command to standard output.
    pub(crate) fn write(&self, mut command: Command) -> io::Result<()> {
        command.set_bin_name("rollcall");
        command.build();
        // Whole, before the first byte of it goes out.
        let mut script = Vec::new();
        self.shell.try_generate(&command, &mut script)?;
        io::stdout().write_all(&script)
    }
}
