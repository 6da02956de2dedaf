//! Settings by flag, variable or file, and `rollcall settings`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use tokio::process::Command;

use crate::server::rollcall;
use crate::support::numbers;
use crate::support::upstream::Upstream;

/// The output of a command, which must succeed.
async fn printed(command: &mut Command) -> String {
    let output = command.output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines that set something: all but comments and empty ones.
fn set_lines(printed: &str) -> Vec<&str> {
    let lines = printed.lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// A setting's line, and its value's origin.
fn setting<'a>(printed: &'a str, flag: &str) -> (&'a str, &'a str) {
    let origin = printed.lines().find_map(|line| {
        let (named, origin) = line.strip_prefix("# --")?.split_once(": ")?;
        named.starts_with(&format!("{flag}, ")).then_some(origin)
    });
    let line = set_lines(printed)
        .into_iter()
        .find(|line| line.starts_with(&format!("{flag} = ")));
    (line.unwrap_or_default(), origin.unwrap_or_default())
}

#[tokio::test]
async fn flag_overrides_variable_overrides_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    fs::write(&file, "\nmax-attempts = 2\nallow-http = true\n").unwrap();
    let in_file = format!("given in line 2 of {}.", file.display());

    let mut command = rollcall();
    command.arg("settings").env("ROLLCALL_SETTINGS", &file);
    let by_file = printed(&mut command).await;
    assert_eq!(
        setting(&by_file, "max-attempts"),
        ("max-attempts = 2", &*in_file)
    );
    assert_eq!(setting(&by_file, "allow-http").0, "allow-http = true");
    assert_eq!(
        setting(&by_file, "backoff"),
        ("backoff = \"200ms\"", "the default.")
    );

    command
        .env("ROLLCALL_MAX_ATTEMPTS", "3")
        .env("ROLLCALL_ALLOW_HTTP", "false");
    let by_variable = printed(&mut command).await;
    assert_eq!(
        setting(&by_variable, "max-attempts"),
        (
            "max-attempts = 3",
            "given by the variable ROLLCALL_MAX_ATTEMPTS."
        )
    );
    assert_eq!(setting(&by_variable, "allow-http").0, "allow-http = false");

    command
        .args(["--max-attempts", "4", "--allow-http"])
        .env("ROLLCALL_ALLOW_HTTP", "true");
    let by_flag = printed(&mut command).await;
    assert_eq!(
        setting(&by_flag, "max-attempts"),
        ("max-attempts = 4", "given on the command line.")
    );
    assert_eq!(
        setting(
            &printed(
                rollcall()
                    .args(["settings", "--allow-http=false", "--settings"])
                    .arg(&file)
            )
            .await,
            "allow-http"
        )
        .0,
        "allow-http = false"
    );
}

#[tokio::test]
async fn the_defaults_are_printed() {
    let printed = printed(rollcall().arg("settings")).await;
    let defaults = [
        "listen = \"127.0.0.1:8686\"",
        "allow-host = []",
        "open = false",
        "max-concurrency = 1000",
        "tolerated-failure-percentage = 100",
        "header = []",
        "connect-timeout = \"5s\"",
        "attempt-timeout = \"30s\"",
        "body-cap = 65536",
        "max-attempts = 4",
        "backoff = \"200ms\"",
        "backoff-cap = \"20s\"",
        "retry-after-cap = \"5m\"",
        "streams-per-connection = 100",
        "allow-http = false",
        "use-proxy = false",
    ];
    assert_eq!(set_lines(&printed), defaults);
}

#[tokio::test]
async fn a_duration_is_read_alike_from_every_source() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    for (text, in_file, shown) in [
        ("30", "30", "30"),
        ("0.5", "0.5", "0.5"),
        ("500ms", "\"500ms\"", "\"500ms\""),
        ("1m 30s", "\"1m 30s\"", "\"1m 30s\""),
    ] {
        fs::write(&file, format!("attempt-timeout = {in_file}\n")).unwrap();
        let mut by_file = rollcall();
        by_file.args(["settings", "--settings"]).arg(&file);
        let mut by_variable = rollcall();
        by_variable
            .arg("settings")
            .env("ROLLCALL_ATTEMPT_TIMEOUT", text);
        let mut by_flag = rollcall();
        by_flag.args(["settings", "--attempt-timeout", text]);
        let expected = format!("attempt-timeout = {shown}");
        for mut command in [by_file, by_variable, by_flag] {
            let printed = printed(&mut command).await;
            assert_eq!(setting(&printed, "attempt-timeout").0, expected);
        }
    }
}

#[tokio::test]
async fn the_users_settings_file_is_the_default() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("rollcall")).unwrap();
    fs::write(folder.path().join("rollcall/settings.toml"), "retain = 30").unwrap();
    let mut command = rollcall();
    command
        .arg("settings")
        .env("XDG_CONFIG_HOME", folder.path())
        .env_remove("ROLLCALL_SETTINGS");
    assert_eq!(
        setting(&printed(&mut command).await, "retain").0,
        "retain = 30"
    );
    command.args(["--settings", "/dev/null"]);
    assert_eq!(setting(&printed(&mut command).await, "retain").0, "");
}

/// Every setting with a value other than its default.
const ALL: &str = r#"--listen 127.0.0.1:9 --data /srv/a"b\c --allow-host a.example,b.example
    --retain 7 --open --upstream https://a.example/ssn --max-concurrency 5
    --requests-per-second 0.5 --tolerated-failure-percentage 2.50 --header-file /dev/null
    --connect-timeout 1.5 --attempt-timeout .5 --body-cap 9 --max-attempts 2 --backoff 0
    --backoff-cap 500ms --retry-after-cap 1m --streams-per-connection 10 --allow-http --use-proxy
    --ca-file /dev/null"#;

#[tokio::test]
async fn every_printed_setting_reads_back_the_same() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    let all: Vec<&str> = ALL.split_whitespace().collect();
    for given in [&all[..], &[]] {
        let first = printed(rollcall().arg("settings").args(given)).await;
        fs::write(&file, &first).unwrap();
        let mut again = rollcall();
        again.args(["settings", "--settings"]).arg(&file);
        let again = printed(&mut again).await;
        assert_eq!(set_lines(&first), set_lines(&again));
    }
    let first = printed(rollcall().arg("settings").args(&all)).await;
    let by_default = first.matches(": the default.").count();
    assert_eq!(
        by_default, 1,
        "a setting other than --header has its default: {first}"
    );
    let help = printed(rollcall().args(["serve", "--help"])).await;
    let has_variable = |at: usize| {
        let after = help.lines().skip(at + 1);
        after
            .take_while(|line| !line.trim_start().starts_with('-'))
            .any(|line| line.contains("[env: ROLLCALL_"))
    };
    let flags = help.lines().enumerate().filter_map(|(at, line)| {
        let flag = line.trim_start().strip_prefix("--")?;
        let flag = flag.split([' ', '[', '=']).next()?;
        (flag != "settings" && (has_variable(at) || line.contains("[env:"))).then_some(flag)
    });
    let flags: Vec<_> = flags.collect();
    assert!(flags.len() > 20, "{help}");
    for flag in flags {
        let is_set = !setting(&first, flag).0.is_empty() || flag == "header";
        assert!(is_set && !setting(&first, flag).1.is_empty(), "{flag}");
    }
}

#[tokio::test]
async fn secrets_are_masked_and_commented_out() {
    let mut command = rollcall();
    command
        .args(["settings", "--header", "X-Api-Key: s3cret"])
        .args(["--upstream", "https://user:s3cret@a.example/ssn?key=s3cret"]);
    let printed = printed(&mut command).await;
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(printed.contains("\n# header = [\"X-Api-Key: ***\"]\n"));
    assert!(printed.contains("a.example/ssn***"));
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_uses_a_settings_file_and_a_header_file() {
    let folder = TempDir::new().unwrap();
    let upstream = Upstream::succeeding().await;
    let path = |name: &str| folder.path().join(name);
    fs::write(path("list.txt"), numbers(1).join("\n")).unwrap();
    fs::write(path("headers"), "X-Api-Key: s3cret\n").unwrap();
    // `fetch` ignores a server's settings.
    let settings = format!(
        "upstream = {:?}\nheader-file = {:?}\nlisten = \"127.0.0.1:0\"\n",
        upstream.url,
        path("headers")
    );
    fs::write(path("settings.toml"), settings).unwrap();
    let fetch = |mode| {
        fs::set_permissions(path("headers"), fs::Permissions::from_mode(mode)).unwrap();
        let mut command = rollcall();
        command
            .arg("fetch")
            .arg(path("list.txt"))
            .env("ROLLCALL_SETTINGS", path("settings.toml"));
        command
    };
    let output = fetch(0o600).output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), &*error), (Some(0), ""));
    assert_eq!(upstream.last_headers()["x-api-key"], "s3cret");

    let output = fetch(0o644).output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        error.contains("chmod 600") && !error.contains("s3cret"),
        "{error}"
    );
}
