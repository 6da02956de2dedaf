//! Help, completions and manual pages.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::server::rollcall;

/// Every command with a help text; `None` is the program itself.
const COMMANDS: [Option<&str>; 7] = [
    None,
    Some("serve"),
    Some("fetch"),
    Some("settings"),
    Some("upstream"),
    Some("completions"),
    Some("man"),
];

/// The program's output with these arguments, 100 columns wide.
async fn printed(args: &[&str]) -> String {
    let mut command = rollcall();
    command
        .args(args)
        .env("COLUMNS", "100")
        // Help texts must not show a variable's value.
        .env("ROLLCALL_TOKEN", "s3cret-token")
        .env("ROLLCALL_UPSTREAM", "https://s3cret.example/")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    let output = command.output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("s3cret"));
    text
}

async fn help(command: Option<&str>) -> String {
    let args: Vec<&str> = command.into_iter().chain(["--help"]).collect();
    printed(&args).await
}

fn name(command: Option<&str>) -> String {
    format!("help-{}", command.unwrap_or("rollcall"))
}

#[tokio::test(flavor = "multi_thread")]
async fn help_matches_its_snapshots() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for command in COMMANDS {
        let text = help(command).await;
        settings.bind(|| insta::assert_snapshot!(name(command), text));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let stored: BTreeSet<String> = folder
        .read_dir()
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let known = COMMANDS.map(|command| format!("{}.snap", name(command)));
    assert_eq!(
        stored,
        BTreeSet::from(known),
        "a snapshot has no command, or a command no snapshot"
    );
}

/// The flags in a help text.
fn flags(help: &str) -> BTreeSet<String> {
    let is_of_flag = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let lines = help.lines().map(str::trim_start);
    let flags = lines.filter_map(|line| {
        let line = line.split_once(", ").map_or(line, |(_, long)| long);
        let flag = line.strip_prefix("--")?.split(|c| !is_of_flag(c)).next()?;
        Some(format!("--{flag}"))
    });
    flags.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_have_every_command_and_flag() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]).await;
        for command in COMMANDS {
            assert!(script.contains(command.unwrap_or("rollcall")), "{shell}");
            for flag in flags(&help(command).await) {
                let flag = match shell {
                    "fish" => format!("-l {}", flag.trim_start_matches('-')),
                    _ => flag,
                };
                assert!(script.contains(&flag), "{shell}: {flag}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manual_has_every_command_and_flag() {
    let folder = TempDir::new().unwrap();
    let pages = folder.path().join("man");
    let output = printed(&["man", "--out", pages.to_str().unwrap()]).await;
    assert!(output.is_empty());
    for command in COMMANDS {
        let page = match command {
            None => "rollcall.1".to_owned(),
            Some(name) => format!("rollcall-{name}.1"),
        };
        let page = std::fs::read_to_string(pages.join(page)).unwrap();
        // Manual pages escape hyphens.
        let page = page.replace("\\-", "-");
        for flag in flags(&help(command).await) {
            assert!(page.contains(&flag), "{command:?}: {flag}");
        }
    }
    let main = printed(&["man"]).await;
    assert!(main.starts_with(".ie") || main.starts_with(".TH"), "{main}");
    assert!(main.contains("rollcall"));
}
