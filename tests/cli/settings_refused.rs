//! Every setting with a value that it doesn't take.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::server::rollcall;
use crate::support::upstream::Upstream;

/// What is told by a server that is to start with these arguments and variables, which it refuses.
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
    // One that isn't refused would go on for ever.
    let ended = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
    let output = ended
        .unwrap_or_else(|_| panic!("{args:?} {variables:?} was taken"))
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(2),
        "{args:?} {variables:?}: {told}"
    );
    assert!(output.stdout.is_empty(), "{args:?}");
    told
}

/// A setting, what it gets, and what is told of that.
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
    ("connect-timeout", "0", "it takes 0.001 to 86400 seconds"),
    ("connect-timeout", "5s", "\"5s\": it takes"),
    (
        "attempt-timeout",
        "86401",
        "it takes 0.001 to 86400 seconds",
    ),
    ("body-cap", "1048577", "it takes 1 to 1048576 bytes"),
    ("body-cap", "-1", "it takes 1 to 1048576 bytes"),
    ("max-attempts", "11", "it takes 1 to 10"),
    ("backoff", "-1", "it takes 0 to 86400 seconds"),
    ("backoff-cap", "NaN", "it takes 0 to 86400 seconds"),
    ("retry-after-cap", "1d", "it takes 0 to 86400 seconds"),
    ("streams-per-connection", "0", "it takes 1 to 10000"),
    ("header", "s3cret", "no header: it takes `Name: value`"),
    ("header", "", "no header: it takes `Name: value`"),
    (
        "header-file",
        "/nowhere/headers",
        "/nowhere/headers, which can't be read",
    ),
    ("header-file", "", "empty: it takes a value"),
    (
        "ca-file",
        "/nowhere/ca.pem",
        "/nowhere/ca.pem, which can't be read",
    ),
    (
        "upstream",
        "records",
        "It takes an address such as https://",
    ),
    ("upstream", "", "It takes an address such as https://"),
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
async fn a_bad_value_is_told_with_its_flag_its_variable_and_what_it_takes() {
    let folder = TempDir::new().unwrap();
    for (flag, value, told) in BAD {
        let variable = format!("ROLLCALL_{}", flag.replace('-', "_").to_uppercase());
        let by_flag = refused(folder.path(), &[&format!("--{flag}={value}")], &[]).await;
        let by_variable = refused(folder.path(), &[], &[(&variable, value)]).await;
        let name = format!("rollcall: --{flag} ({variable}), given ");
        for (errors, origin) in [
            (by_flag, "on the command line, is "),
            (by_variable, &*format!("by the variable {variable}, is ")),
        ] {
            let start = format!("{name}{origin}");
            assert!(errors.contains(&start) && errors.contains(told), "{errors}");
            assert!(!errors.contains("s3cret"), "{errors}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_or_is_none_is_told() {
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
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        let name = "--listen (ROLLCALL_LISTEN), given by the variable ROLLCALL_LISTEN, is ";
        assert!(told.contains(name) && told.contains(wrong), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_none_and_a_bad_line_of_headers_are_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "X-Api-Key: 1\ns3cret\n").unwrap();
    let shown = path.to_string_lossy();
    for (flag, wrong) in [
        ("ca-file", "which holds no certificate: it takes PEM"),
        (
            "header-file",
            "whose line 2 is no header: it takes `Name: value`",
        ),
    ] {
        let args = [
            format!("--{flag}={shown}"),
            "--upstream=https://a.example/".into(),
        ];
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let told = refused(folder.path(), &args, &[]).await;
        assert!(
            told.contains(&format!("--{flag} (ROLLCALL_")) && told.contains(wrong),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_for_one_upstream_is_not_sent_to_another() {
    let folder = TempDir::new().unwrap();
    let [settings, headers] = ["settings.toml", "headers"].map(|name| folder.path().join(name));
    fs::write(&headers, "X-Key: s3cret\n").unwrap();
    let file = format!("--settings={}", settings.display());
    let from_file = format!("header-file = {:?}", headers.display().to_string());
    let upstream = "upstream = \"https://a.example/\"\n";
    let other = "--upstream=http://127.0.0.1:1/";
    for (line, flag) in [
        ("header = [\"X-Key: s3cret\"]", "header"),
        (&*from_file, "header-file"),
    ] {
        fs::write(&settings, format!("{upstream}{line}\n")).unwrap();
        let told = refused(folder.path(), &[&file, other], &[]).await;
        let wanted = format!("--{flag} as a flag as well");
        assert!(
            told.contains("line 2 of") && told.contains("line 1 of") && told.contains(&wanted),
            "{told}"
        );
        assert!(told.contains("--upstream") && !told.contains("s3cret"));
        let by_variable = [("ROLLCALL_UPSTREAM", "http://127.0.0.1:1/")];
        let told = refused(folder.path(), &[&file], &by_variable).await;
        assert!(told.contains(&wanted), "{told}");
    }
    let variables = [
        ("ROLLCALL_UPSTREAM", "https://a.example/"),
        ("ROLLCALL_HEADER", "X-Key: s3cret"),
    ];
    let told = refused(folder.path(), &[other], &variables).await;
    assert!(
        told.contains("the variable ROLLCALL_UPSTREAM") && !told.contains("s3cret"),
        "{told}"
    );

    // Its own source names none, so it may be for the one that the variable names.
    fs::write(&settings, "header = [\"X-Key: s3cret\"]\n").unwrap();
    let told = refused(folder.path(), &[&file, other], &variables[..1]).await;
    assert!(told.contains("the variable ROLLCALL_UPSTREAM"), "{told}");

    // On purpose, and where there is no other upstream that it could be for.
    let list = folder.path().join("list.txt");
    fs::write(&list, "100010001\n").unwrap();
    let upstream = Upstream::quick().await;
    for (header, also) in [
        (Some("--header=X-Key: 1"), Some("https://a.example/")),
        (None, None),
        (None, Some(&*upstream.url)),
    ] {
        let mut command = rollcall();
        command
            .args(["fetch", "--upstream", &upstream.url])
            .arg(&list)
            .args(header)
            .env("ROLLCALL_HEADER", "X-Key: s3cret");
        if let Some(also) = also {
            command.env("ROLLCALL_UPSTREAM", also);
        }
        let output = command.output().await.unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{header:?} {also:?}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_goes_to_the_upstream_that_its_own_source_names() {
    let folder = TempDir::new().unwrap();
    let [settings, list] = ["settings.toml", "list.txt"].map(|name| folder.path().join(name));
    fs::write(&list, "100010001\n").unwrap();
    let upstream = Upstream::quick().await;
    let (url, other) = (&*upstream.url, "https://a.example/");
    for (in_file, by_variable, header) in [(url, other, None), (other, url, Some("X-Key: 2"))] {
        let text = format!("upstream = \"{in_file}\"\nheader = [\"X-Key: 1\"]\n");
        fs::write(&settings, text).unwrap();
        let mut command = rollcall();
        command
            .args(["fetch", "--upstream", url, "--settings"])
            .args([&settings, &list])
            .env("ROLLCALL_UPSTREAM", by_variable)
            .envs(header.map(|header| ("ROLLCALL_HEADER", header)));
        let output = command.output().await.unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{in_file}: {told}");
        let sent = &upstream.last_headers()["x-key"];
        assert_eq!(*sent, if header.is_some() { "2" } else { "1" });
    }
}
