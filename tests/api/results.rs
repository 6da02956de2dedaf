//! Results: pages, filters and formats, also in mid-run.

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    results_in_mid_run_have_known_and_pending_rows,
    pages_are_consecutive_and_keep_their_filters,
    every_row_has_its_own_body,
    results_are_served_as_json_ndjson_and_csv,
    bad_parameters_are_refused_and_not_echoed,
);

async fn results_in_mid_run_have_known_and_pending_rows(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        if number < "100010100" {
            Reply::Status(200)
        } else {
            Reply::Held
        }
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let mut lines = numbers(30);
    lines.insert(0, "nonsense".into());
    let id = app.start(list(&lines)).await;
    let running = app
        .wait_for(&id, |execution| execution["counts"]["SUCCEEDED"] == 15)
        .await;
    assert_eq!(
        (&running["status"], &running["counts"]["PENDING"]),
        (&json!("RUNNING"), &json!(15))
    );
    let rows = app
        .all_rows(&format!("/api/executions/{id}/results?count=7"))
        .await;
    let outcomes: Vec<&str> = rows
        .iter()
        .map(|row| row["outcome"].as_str().unwrap())
        .collect();
    let expected: Vec<&str> = (0..31)
        .map(|row| {
            ["INVALID", "SUCCEEDED", "PENDING"][usize::from(row > 0) + usize::from(row > 15)]
        })
        .collect();
    assert_eq!(outcomes, expected);
    assert!(
        rows.iter().skip(16).all(|row| row["statusCode"].is_null()
            && row["body"].is_null()
            && row["attempts"] == 0)
    );
    upstream.release();
    assert_eq!(app.wait_for_end(&id).await["counts"]["SUCCEEDED"], 30);
}

async fn pages_are_consecutive_and_keep_their_filters(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        Reply::Status([200, 404, 403][usize::from(number.as_bytes()[8] % 3)])
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let mut lines = numbers(90);
    lines.push("1.23E+08".into());
    let id = app.start(list(&lines)).await;
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}/results");
    let all = app.all_rows(&path).await;
    assert_eq!(app.all_rows(&format!("{path}?count=8")).await, all);
    assert_eq!(
        app.all_rows(&format!("{path}?first=85&count=2")).await,
        all[85..]
    );
    assert_eq!(
        app.all_rows(&format!("{path}?first=1000000")).await,
        Vec::<Value>::new()
    );
    for (filter, field, value) in [
        ("outcome=FAILED", "outcome", json!("FAILED")),
        ("statusCode=404", "statusCode", json!(404)),
        (
            "error=SCIENTIFIC_NOTATION",
            "error",
            json!("SCIENTIFIC_NOTATION"),
        ),
    ] {
        let wanted: Vec<Value> = all
            .iter()
            .filter(|row| row[field] == value)
            .cloned()
            .collect();
        assert!(!wanted.is_empty());
        assert_eq!(
            app.all_rows(&format!("{path}?{filter}&count=4")).await,
            wanted
        );
    }
    assert!(
        app.all_rows(&format!("{path}?outcome=FAILED&statusCode=404"))
            .await
            .is_empty()
    );
}

async fn every_row_has_its_own_body(kind: EngineKind) {
    // Some bodies are so large that two ranges of a batch are read separately.
    let body = |number: &str| {
        format!(
            "{}-{}",
            &number[5..],
            "x".repeat(usize::from(number.as_bytes()[8] % 2) * 40_000)
        )
    };
    let upstream = Upstream::start(move |number, _| match number.as_bytes()[8] {
        b'4' => Reply::Status(403),
        _ => Reply::Body("text/plain", body(number)),
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let mut lines = numbers(120);
    // The same numbers in an order without the same neighbours.
    let again: Vec<String> = (0..120).map(|n| lines[n * 37 % 120].clone()).collect();
    lines.extend(again);
    let id = app.start(list(&lines)).await;
    app.wait_for_end(&id).await;
    let first = app.rows(&id).await;
    for (row, line) in first.iter().zip(&lines) {
        assert_eq!(row["ssn"], json!(line));
        if row["outcome"] == "SUCCEEDED" {
            assert_eq!(row["body"], json!(body(line)), "row {}", row["row"]);
        }
    }
    assert_eq!(first.len(), 240);
    // The second read uses the cached index of each segment.
    assert_eq!(app.rows(&id).await, first);
    let every_tenth: Vec<Value> = first[7..].iter().step_by(10).cloned().collect();
    for row in every_tenth {
        let path = format!(
            "/api/executions/{id}/results?reveal=true&count=1&first={}",
            row["row"]
        );
        assert_eq!(app.get(&path).await.expect(200)["rows"], json!([row]));
    }
    let failed: Vec<Value> = first
        .iter()
        .filter(|row| row["outcome"] == "FAILED")
        .cloned()
        .collect();
    assert!(!failed.is_empty());
    let path = format!("/api/executions/{id}/results?reveal=true&outcome=FAILED&count=3");
    assert_eq!(app.all_rows(&path).await, failed);
}

async fn results_are_served_as_json_ndjson_and_csv(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::Body("text/plain", "a \"b\",\nc".into())).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(list(&["100010001", "x"])).await;
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}/results?reveal=true");
    let rows = app.rows(&id).await;
    let ndjson = app
        .call("GET", &path, &[("accept", "application/x-ndjson")], "")
        .await;
    assert_eq!(ndjson.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> = ndjson
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, rows);
    let csv = app.call("GET", &path, &[("accept", "text/csv")], "").await;
    assert!(
        csv.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    assert_eq!(reader.headers().unwrap(), export::CSV_HEADER.as_slice());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        records[0].iter().take(5).collect::<Vec<_>>(),
        ["1", "100010001", "SUCCEEDED", "200", ""]
    );
    assert_eq!(records[0].get(8), Some("a \"b\",\nc"));
    assert_eq!(
        records[1].iter().take(5).collect::<Vec<_>>(),
        ["2", "", "INVALID", "", "NO_DIGITS"]
    );
    app.call("GET", &path, &[("accept", "image/png")], "")
        .await
        .expect_problem(406, "not-acceptable");
}

async fn bad_parameters_are_refused_and_not_echoed(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app
        .start(list(&["100010001", "100010002", "100010003"]))
        .await;
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}/results");
    let other = app.start(list(&["100010001", "100010002"])).await;
    app.wait_for_end(&other).await;
    let foreign = app
        .get(&format!("/api/executions/{other}/results?count=1"))
        .await
        .json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    let cursor = app.get(&format!("{path}?count=1")).await.json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    for query in [
        "first=-1".to_owned(),
        "first=99999999999999999999".into(),
        "first=123456789x".into(),
        "count=0".into(),
        "count=-5".into(),
        "count=1001".into(),
        "count=99999999999999".into(),
        "outcome=123456789".into(),
        "statusCode=123456789".into(),
        "error=123456789".into(),
        "reveal=123456789".into(),
        "cursor=123456789".into(),
        "123456789=1".into(),
        "first=0&first=1".into(),
        "first=1&outcome=FAILED".into(),
        format!("cursor={cursor}&first=1"),
        format!("cursor={cursor}&outcome=FAILED"),
        format!("cursor={foreign}"),
        format!("cursor={}", &cursor[1..]),
    ] {
        let detail = app
            .get(&format!("{path}?{query}"))
            .await
            .expect_problem(422, "invalid-request");
        assert!(!detail.contains("123456789"), "{detail}");
    }
    app.get("/api/executions?cursor=x")
        .await
        .expect_problem(422, "invalid-request");
    app.get("/api/executions?first=1")
        .await
        .expect_problem(422, "invalid-request");
}
