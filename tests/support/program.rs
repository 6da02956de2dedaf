//! The program `rollcall` as a child process.

use std::process::Command;

use super::app::NO_TIMEOUT;

/// The program, without the settings of the user who runs the tests.
pub fn rollcall() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROLLCALL_") {
            command.env_remove(name);
        }
    }
    command.env("ROLLCALL_SETTINGS", "/dev/null");
    command
}

/// Sets timeouts that no test runs into, so that a slow machine adds no attempts.
pub fn without_timeouts(command: &mut Command) -> &mut Command {
    let never = NO_TIMEOUT.as_secs().to_string();
    command
        .env("ROLLCALL_CONNECT_TIMEOUT", &never)
        .env("ROLLCALL_ATTEMPT_TIMEOUT", &never)
}
