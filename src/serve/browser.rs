//! Opens the user's browser.

use std::ffi::OsString;
use std::process::Stdio;
use std::{env, thread};

/// Opens the address in the user's browser, without waiting.
///
/// A failure is only logged, since the address is on the terminal.
pub(super) fn open(address: String) {
    if can_open_browser(|name| env::var_os(name)) {
        // On its own thread, since some launchers run until the browser ends.
        thread::spawn(move || {
            let launched = open::commands(address).into_iter().any(|command| {
                let status = detach(command).status();
                status.is_ok_and(|status| status.success())
            });
            if !launched {
                tracing::info!("no browser could be opened");
            }
        });
    }
}

/// Makes a command silent, and gives it a process group, so that Ctrl-C doesn't reach it.
fn detach(mut command: std::process::Command) -> std::process::Command {
    use std::os::unix::process::CommandExt;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

/// Whether a browser can open: this process has a display and no SSH session, or `BROWSER` is set.
///
/// On macOS there is always a display.
fn can_open_browser(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let has_display = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    is_set("BROWSER") || (has_display && !is_set("SSH_CONNECTION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_opens_only_on_a_display_without_ssh() {
        let with = |names: &[&str]| {
            can_open_browser(|name| names.contains(&name).then(|| OsString::from("x")))
        };
        assert!(with(&["DISPLAY"]) && with(&["WAYLAND_DISPLAY"]) && with(&["BROWSER"]));
        assert!(with(&["BROWSER", "SSH_CONNECTION"]));
        assert!(!with(&["DISPLAY", "SSH_CONNECTION"]));
        assert_eq!(with(&[]), cfg!(target_os = "macos"));
    }
}
