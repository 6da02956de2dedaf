//! The user's browser, where there is one.

use std::ffi::OsString;
use std::process::Stdio;
use std::{env, thread};

/// Opens the address in the user's browser. Doesn't wait, and says nothing where it doesn't work:
/// the address is on the terminal.
pub(super) fn open(address: String) {
    if has_screen(|name| env::var_os(name)) {
        // Some launchers stay for as long as their browser does.
        thread::spawn(move || {
            let launched = open::commands(address).into_iter().any(|command| {
                let status = apart(command).status();
                status.is_ok_and(|status| status.success())
            });
            if !launched {
                tracing::info!("no browser could be opened");
            }
        });
    }
}

/// Silent, and in a group of its own: what interrupts this server is not meant for a browser.
fn apart(mut command: std::process::Command) -> std::process::Command {
    use std::os::unix::process::CommandExt;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

/// Whether somebody sits in front of this machine: not in an SSH session, and on Linux with a
/// display. Who names a browser in `BROWSER` knows better.
fn has_screen(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let has_display = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    is_set("BROWSER") || (has_display && !is_set("SSH_CONNECTION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_for_whoever_sits_in_front_of_the_machine() {
        let with =
            |names: &[&str]| has_screen(|name| names.contains(&name).then(|| OsString::from("x")));
        assert!(with(&["DISPLAY"]) && with(&["WAYLAND_DISPLAY"]) && with(&["BROWSER"]));
        assert!(with(&["BROWSER", "SSH_CONNECTION"]));
        assert!(!with(&["DISPLAY", "SSH_CONNECTION"]));
        assert_eq!(with(&[]), cfg!(target_os = "macos"));
    }
}
