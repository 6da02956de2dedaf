use super::*;

const URL: (&str, &str) = ("ROLLCALL_UPSTREAM", "https://records.example.gov/ssn/");

fn read(variables: &[(&str, &str)]) -> Result<UpstreamSettings, SettingsError> {
    UpstreamSettings::from_environment(|name| {
        let found = variables.iter().find(|(set, _)| *set == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn unset_variables_leave_the_defaults() {
    let settings = read(&[URL]).unwrap();
    assert_eq!(settings.url, URL.1);
    assert!(settings.headers.is_empty());
    assert_eq!(settings.connect_timeout, Duration::from_secs(5));
    assert_eq!(settings.attempt_timeout, Duration::from_secs(30));
    assert_eq!(settings.body_cap, 65_536);
    assert_eq!(settings.max_attempts, 4);
    assert_eq!(settings.backoff, Duration::from_millis(200));
    assert_eq!(settings.backoff_cap, Duration::from_secs(20));
    assert_eq!(settings.retry_after_cap, Duration::from_secs(300));
    assert_eq!(settings.streams_per_connection, 100);
    assert!(!settings.allow_http && !settings.use_proxy);
}

#[test]
fn every_default_is_within_its_range_and_reads_back() {
    let mut settings = UpstreamSettings::new(URL.1);
    settings.check().unwrap();
    for setting in &TABLE {
        if let Some(default) = setting.default_value() {
            setting.set(&mut settings, default.as_ref()).unwrap();
        }
    }
    settings.check().unwrap();
    let defaults = UpstreamSettings::new(URL.1);
    assert_eq!(settings.retry_after_cap, defaults.retry_after_cap);
    assert_eq!(settings.backoff, defaults.backoff);
    assert_eq!(settings.max_attempts, defaults.max_attempts);
}

#[test]
fn variables_set_their_fields() {
    let settings = read(&[
        URL,
        ("ROLLCALL_BODY_CAP", "1048576"),
        ("ROLLCALL_ALLOW_HTTP", "true"),
        (
            "ROLLCALL_HEADER",
            "X-Api-Key: a:b\n\nAccept: text/plain\nAccept: text/csv",
        ),
    ])
    .unwrap();
    assert_eq!(settings.body_cap, 1 << 20);
    assert!(settings.allow_http);
    assert_eq!(settings.headers["x-api-key"], "a:b");
    assert_eq!(settings.headers.get_all("accept").iter().count(), 2);
    assert!(!format!("{:?}", settings.headers).contains("a:b"));
}

#[test]
fn a_duration_is_seconds_or_has_a_unit() {
    for (text, millis) in [
        ("30", 30_000),
        ("30s", 30_000),
        (" 0.5 ", 500),
        (".5", 500),
        ("500ms", 500),
        ("1.5s", 1_500),
        ("1m 30s", 90_000),
        ("1day", 86_400_000),
    ] {
        let settings = read(&[URL, ("ROLLCALL_ATTEMPT_TIMEOUT", text)]).unwrap();
        assert_eq!(settings.attempt_timeout.as_millis(), millis, "{text}");
    }
    for bad in [
        "", "soon", "-1", "NaN", "inf", "0", "0s", "86401", "25h", "1e99",
    ] {
        let error = read(&[URL, ("ROLLCALL_ATTEMPT_TIMEOUT", bad)]);
        let error = error.expect_err(bad).to_string();
        let expected = format!("ROLLCALL_ATTEMPT_TIMEOUT is {bad:?}: it takes 1ms to 1day");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn an_error_names_the_variable_and_no_header() {
    for (name, value) in [
        ("ROLLCALL_MAX_ATTEMPTS", "-1"),
        ("ROLLCALL_MAX_ATTEMPTS", "11"),
        ("ROLLCALL_BODY_CAP", "1048577"),
        ("ROLLCALL_USE_PROXY", "perhaps"),
        ("ROLLCALL_HEADER", "Accept: text/plain\nsecret"),
        ("ROLLCALL_HEADER", "X Y: secret"),
        ("ROLLCALL_HEADER", "X: secret\u{7}"),
        ("ROLLCALL_HEADER", ""),
        ("ROLLCALL_HEADER_FILE", "/no/such/file"),
        ("ROLLCALL_CA_FILE", "/no/such.pem"),
        ("ROLLCALL_CA_FILE", "/dev/null"),
    ] {
        let error = read(&[URL, (name, value)]).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let error = read(&[]).unwrap_err().to_string();
    assert!(error.contains("ROLLCALL_UPSTREAM"));
}

#[test]
fn a_header_file_error_names_the_line_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("headers");
    let set = |text: &str| {
        std::fs::write(&path, text).unwrap();
        read(&[URL, ("ROLLCALL_HEADER_FILE", path.to_str().unwrap())])
    };
    let settings = set("X-Api-Key: s3cret\n\nX-Tenant: 7\r\n").unwrap();
    assert_eq!(settings.headers["x-tenant"], "7");
    let error = set("X-Api-Key: a\ns3cret\n").unwrap_err().to_string();
    assert!(error.contains("line 2") && !error.contains("s3cret"));
}

#[test]
fn a_field_outside_its_range_is_named() {
    type Change = fn(&mut UpstreamSettings);
    let bad: [(Change, &str); 4] = [
        (|settings| settings.body_cap = 0, "body_cap"),
        (|settings| settings.max_attempts = 11, "max_attempts"),
        (
            |settings| settings.connect_timeout = Duration::ZERO,
            "connect_timeout",
        ),
        (
            |settings| settings.backoff_cap = Duration::MAX,
            "backoff_cap",
        ),
    ];
    for (change, name) in bad {
        let mut settings = UpstreamSettings::new(URL.1);
        change(&mut settings);
        let error = settings.check().unwrap_err().to_string();
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn the_template_sets_only_variables_that_the_fetcher_reads() {
    let template = include_str!("../../../infra/template.yaml");
    let (_, function) = template.split_once("\n  Fetcher:\n").unwrap();
    let (_, variables) = function.split_once("\n        Variables:\n").unwrap();
    let names: Vec<&str> = variables
        .lines()
        .take_while(|line| line.starts_with("          "))
        .filter_map(|line| Some(line.trim_start().split_once(": ")?.0))
        .filter(|name| !name.starts_with('#'))
        .collect();
    assert!(names.contains(&URL.0), "{names:?}");
    // The Lambda reads these two itself: see `crate::lambda`.
    let others = ["ROLLCALL_BUCKET", "ROLLCALL_UPSTREAM_SECRET"];
    for name in names {
        let is_setting = TABLE.iter().any(|setting| setting.variable() == name);
        assert!(is_setting || others.contains(&name), "{name} is not read");
    }
}
