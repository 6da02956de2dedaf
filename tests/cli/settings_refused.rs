//! Settings with values that they don't accept, and settings files that can't be read.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use tempfile::TempDir;

use crate::server::rollcall;
use crate::support::wait::LIMIT;

/// The error of a server that refuses these arguments and variables.
async fn refused(data: &Path, args: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = rollcall();
    command
        .args(["serve", "--listen=127.0.0.1:0"])
        .envs(variables.iter().copied())
        .args(args);
    let own_data = args.iter().any(|arg| arg.starts_with("--data"))
        || variables.iter().any(|(name, _)| *name == "ROLLCALL_DATA");
    if !own_data {
        command.arg("--data").arg(data);
    }
    // A server that accepts them would run for ever.
    let ended = tokio::time::timeout(LIMIT, command.output()).await;
    let output = ended
        .unwrap_or_else(|_| panic!("{args:?} {variables:?} was accepted"))
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(2),
        "{args:?} {variables:?}: {error}"
    );
    assert!(output.stdout.is_empty(), "{args:?}");
    error
}

/// A setting, its value, and a part of the error.
const BAD: [(&str, &str, &str); 37] = [
    ("max-concurrency", "0", "\"0\": it takes 1 to 10000"),
    ("max-concurrency", "10001", "it takes 1 to 10000"),
    ("max-concurrency", "many", "\"many\": it takes 1 to 10000"),
    ("max-concurrency", "", "empty: it takes 1 to 10000"),
    ("requests-per-second", "0", "it takes 0.01 to 1000000"),
    ("requests-per-second", "inf", "it takes 0.01 to 1000000"),
    ("tolerated-failure-percentage", "101", "it takes 0 to 100"),
    ("tolerated-failure-percentage", "5%", "it takes 0 to 100"),
    ("retain", "0", "it takes 1 to 36500 days"),
    ("retain", "1.5", "it takes 1 to 36500 days"),
    ("open", "yes", "\"yes\": it takes true or false"),
    ("allow-http", "1", "it takes true or false"),
    ("use-proxy", "", "it takes true or false"),
    ("allow-host", "http://a.example", "it takes a host's name"),
    ("allow-host", "", "it takes a host's name"),
    ("data", "", "empty: it takes a value"),
    ("data", "/dev/null", "/dev/null can't be used"),
    ("data", "/proc/rollcall", "/proc/rollcall can't be used"),
    ("connect-timeout", "0", "it takes 1ms to 1day, such as 30"),
    ("connect-timeout", "5x", "\"5x\": it takes 1ms to 1day"),
    ("attempt-timeout", "86401", "it takes 1ms to 1day"),
    ("body-cap", "1048577", "it takes 1 to 1048576 bytes"),
    ("body-cap", "-1", "it takes 1 to 1048576 bytes"),
    ("max-attempts", "11", "it takes 1 to 10 attempts"),
    ("backoff", "-1", "it takes 0s to 1day"),
    ("backoff-cap", "NaN", "it takes 0s to 1day"),
    ("retry-after-cap", "2d", "it takes 0s to 1day"),
    (
        "streams-per-connection",
        "0",
        "it takes 1 to 10000 requests",
    ),
    ("header", "s3cret", "invalid: it takes `Name: value`"),
    ("header", "", "empty: it takes `Name: value`"),
    (
        "header-file",
        "/nowhere/headers",
        "\"/nowhere/headers\": it can't be read",
    ),
    ("header-file", "", "empty: it takes a value"),
    (
        "ca-file",
        "/nowhere/ca.pem",
        "\"/nowhere/ca.pem\": it can't be read",
    ),
    ("upstream", "records", "address such as https://"),
    ("upstream", "", "address such as https://"),
    (
        "upstream",
        "ftp://s3cret@a.example/",
        "its scheme is neither https nor http",
    ),
    (
        "upstream",
        "http://records.example.gov/ssn/",
        "allow it with --allow-http",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_error_names_flag_variable_and_accepted_values() {
    let folder = TempDir::new().unwrap();
    for (flag, value, error) in BAD {
        let variable = format!("ROLLCALL_{}", flag.replace('-', "_").to_uppercase());
        let by_flag = refused(folder.path(), &[&format!("--{flag}={value}")], &[]).await;
        let by_variable = refused(folder.path(), &[], &[(&variable, value)]).await;
        let name = format!("rollcall: --{flag} ({variable}), given ");
        for (errors, origin) in [
            (by_flag, "on the command line, is "),
            (by_variable, &*format!("by the variable {variable}, is ")),
        ] {
            let start = format!("{name}{origin}");
            assert!(
                errors.contains(&start) && errors.contains(error),
                "{errors}"
            );
            assert!(!errors.contains("s3cret"), "{errors}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_or_invalid_is_reported() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (address, wrong) in [
        (&*taken, "in use"),
        ("localhost", "it takes an IP address and a port"),
        ("127.0.0.1", "it takes an IP address and a port"),
        ("", "it takes an IP address and a port"),
        ("192.0.2.1:0", "can't listen on 192.0.2.1:0"),
    ] {
        let mut command = rollcall();
        command
            .args(["--data".as_ref(), folder.path().as_os_str()])
            .env("ROLLCALL_LISTEN", address);
        let output = command.output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        let name = "--listen (ROLLCALL_LISTEN), given by the variable ROLLCALL_LISTEN, is ";
        assert!(error.contains(name) && error.contains(wrong), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_files_of_certificates_and_headers_are_reported() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "X-Api-Key: 1\ns3cret\n").unwrap();
    let path_text = path.to_string_lossy();
    for (flag, wrong) in [
        ("ca-file", "it holds no certificate: it takes PEM"),
        (
            "header-file",
            "its line 2 is no header: it takes `Name: value`",
        ),
    ] {
        let args = [
            format!("--{flag}={path_text}"),
            "--upstream=https://a.example/".into(),
        ];
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let error = refused(folder.path(), &args, &[]).await;
        assert!(
            error.contains(&format!("--{flag} (ROLLCALL_")) && error.contains(wrong),
            "{error}"
        );
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn an_error_names_the_file_and_its_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("settings.toml");
    for (text, error) in [
        ("max_attempts = 4", "line 1 of"),
        (
            "max_attempts = 4",
            "`max_attempts` is not a setting. The settings are listen, data,",
        ),
        ("\n[serve]\nmax-attempts = 4", "line 2 of"),
        ("header = [\"X: s3cret\"", "line 1 of"),
        (
            "listen = \"127.0.0.1:0\"\nlisten = \"127.0.0.1:0\"",
            "line 2 of",
        ),
        (
            "max-attempts = \"4\"",
            "--max-attempts (ROLLCALL_MAX_ATTEMPTS), given in line 1 of",
        ),
        ("max-attempts = \"4\"", "a string: it takes a number"),
        ("max-attempts = 99", "\"99\": it takes 1 to 10 attempts"),
        ("backoff = nan", "\"nan\": it takes 0s to 1day"),
        ("backoff = \"soon\"", "\"soon\": it takes 0s to 1day"),
        ("backoff = true", "a boolean: it takes a number of seconds"),
        ("allow-http = 1", "an integer: it takes true or false"),
        (
            "allow-host = [1]",
            "a list with an integer: it takes a list",
        ),
        ("data = [\"a\"]", "an array: it takes a text"),
        ("data = \"\"", "empty: it takes a value"),
        ("upstream = 7", "an integer: it takes a text"),
        ("settings = \"a\"", "`settings` is not a setting"),
    ] {
        fs::write(&file, text).unwrap();
        let output = rollcall()
            .args(["serve", "--settings"])
            .arg(&file)
            .output()
            .await
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}: {errors}");
        let named = errors.contains(error) && errors.contains(&*file.to_string_lossy());
        assert!(named && !errors.contains("s3cret"), "{text}: {errors}");
    }
    for unreadable in [Path::new("/nowhere/settings.toml"), folder.path()] {
        let mut command = rollcall();
        command.args(["serve", "--settings"]).arg(unreadable);
        let output = command.output().await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains("can't be read"), "{errors}");
    }
}
