//! Starts: lists of every size, sums, concurrency, the history.

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::executions::{id_of, list};
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    rows_are_in_list_order_for_every_size,
    twenty_thousand_numbers_are_each_fetched_once,
    a_list_without_a_valid_number_sends_no_request,
    duplicates_are_fetched_once_and_shown_in_every_row,
    no_number_is_outside_of_list_and_results,
    the_history_has_the_owners_runs_newest_first,
    a_poll_of_an_unchanged_run_returns_304,
    concurrency_stays_within_the_runs_limit,
);

async fn rows_are_in_list_order_for_every_size(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    for size in [1, 40, 41] {
        let lines = numbers(size);
        let id = app.start(list(&lines)).await;
        let ended = app.wait_for_end(&id).await;
        assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
        assert_eq!(ended["counts"]["SUCCEEDED"], size);
        let rows = app.rows(&id).await;
        let numbers: Vec<&str> = rows
            .iter()
            .map(|row| row["ssn"].as_str().unwrap())
            .collect();
        assert_eq!(numbers, lines);
        for (place, row) in rows.iter().enumerate() {
            assert_eq!(
                (&row["row"], &row["outcome"], &row["statusCode"]),
                (&json!(place), &json!("SUCCEEDED"), &json!(200))
            );
            assert_eq!(row["body"]["name"], "Ada Example");
            assert!(row["durationMs"].is_u64() && row["attempts"] == 1 && row["error"].is_null());
        }
    }
    let empty = app.post("/api/executions", json!({"ssnList": []})).await;
    assert!(
        empty
            .expect_problem(422, "invalid-request")
            .contains("empty")
    );
    assert!(upstream.request_counts().values().all(|count| *count <= 3));
}

async fn twenty_thousand_numbers_are_each_fetched_once(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let lines = numbers(20_000);
    let mut request = list(&lines);
    if !kind.is_embedded() {
        // The emulator runs each batch in its own process, which keeps its connections open for
        // a while. With more requests at a time this process would run out of file descriptors.
        request["maxConcurrency"] = json!(100);
    }
    let id = app.start(request).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(20_000))
    );
    let rows = app.rows(&id).await;
    assert!(
        rows.iter()
            .map(|row| row["ssn"].as_str().unwrap())
            .eq(lines.iter())
    );
    assert!(rows.iter().all(|row| row["outcome"] == "SUCCEEDED"));
    let counts = upstream.request_counts();
    assert_eq!(counts.len(), 20_000);
    assert!(counts.values().all(|count| *count == 1));
}

async fn a_list_without_a_valid_number_sends_no_request(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(list(&["n/a", "", "12345"])).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["items"], &ended["invalid"]),
        (&json!("SUCCEEDED"), &json!(0), &json!(3))
    );
    let rows = app.rows(&id).await;
    let errors: Vec<&Value> = rows.iter().map(|row| &row["error"]).collect();
    assert_eq!(errors, ["NO_DIGITS", "EMPTY", "TOO_FEW_DIGITS"]);
    assert!(
        rows.iter()
            .all(|row| row["outcome"] == "INVALID" && row["ssn"].is_null())
    );
    assert_eq!(upstream.request_count(), 0);
}

async fn duplicates_are_fetched_once_and_shown_in_every_row(kind: EngineKind) {
    let upstream =
        Upstream::start(|number, _| Reply::Status(if number == "100010002" { 404 } else { 200 }))
            .await;
    let app = TestApp::new(kind, &upstream).await;
    let lines = [
        "100010001",
        "100-01-0002",
        "x",
        "100 01 0001",
        "100010003",
        "100010002",
        "100010001",
    ];
    let id = app.start(list(&lines)).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (
            &ended["rows"],
            &ended["items"],
            &ended["duplicates"],
            &ended["invalid"]
        ),
        (&json!(7), &json!(3), &json!(3), &json!(1))
    );
    let rows = app.rows(&id).await;
    let outcomes: Vec<&Value> = rows.iter().map(|row| &row["outcome"]).collect();
    assert_eq!(
        outcomes,
        [
            "SUCCEEDED",
            "NOT_FOUND",
            "INVALID",
            "SUCCEEDED",
            "SUCCEEDED",
            "NOT_FOUND",
            "SUCCEEDED"
        ]
    );
    assert_eq!(rows[3]["ssn"], "100010001");
    assert_eq!(upstream.request_count(), 3);
}

async fn no_number_is_outside_of_list_and_results(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| {
        Reply::Body(
            "application/json",
            format!("{{\"id\": {number}, \"a\": \"{number}\"}}"),
        )
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let lines = numbers(60);
    let response = app.post("/api/executions", list(&lines)).await;
    let mut seen = response.text.clone();
    let id = id_of(&response.expect(202));
    seen += &app.wait_for_end(&id).await.to_string();
    // Numbers are masked in the upstream's bodies too.
    let masked = app.get(&format!("/api/executions/{id}/results")).await;
    assert!(masked.text.contains("***-**-"));
    seen += &masked.text;
    seen += &format!("{:?}", masked.headers);
    seen += &app.get("/api/executions").await.text;
    for (path, content) in app.stored_objects().await {
        seen += &path;
        // Numbers belong in the list and in the upstream's bodies only.
        if !path.ends_with("/items") && !path.contains("/results/") {
            seen += &content;
        }
    }
    for line in &lines {
        assert!(
            !seen.contains(line.as_str()),
            "{line} is outside of the list and the results"
        );
    }
    assert_eq!(app.rows(&id).await[0]["body"]["a"], lines[0]);
}

async fn the_history_has_the_owners_runs_newest_first(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let id = app
            .start(json!({"ssnList": ["100010001"], "label": format!("list {n}")}))
            .await;
        app.wait_for_end(&id).await;
        ids.insert(0, id);
    }
    let history = app.get("/api/executions").await.expect(200);
    let listed: Vec<String> = history["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(id_of)
        .collect();
    assert_eq!(listed, ids);
    assert_eq!(history["executions"][0]["label"], "list 2");
    let bob = app.other_user().await;
    assert_eq!(
        bob.call("GET", "/api/executions", &[], "")
            .await
            .expect(200)["executions"],
        json!([])
    );
    for (method, path) in [
        ("GET", ""),
        ("GET", "/results"),
        ("GET", "/failures"),
        ("POST", "/stop"),
        ("POST", "/redrive"),
        ("DELETE", ""),
    ] {
        let path = format!("/api/executions/{}{path}", ids[0]);
        bob.call(method, &path, &[], "")
            .await
            .expect_problem(404, "unknown-execution");
    }
    assert_eq!(app.execution(&ids[0]).await["status"], "SUCCEEDED");
}

async fn a_poll_of_an_unchanged_run_returns_304(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(list(&["100010001"])).await;
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}");
    let first = app.get(&path).await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = app.call("GET", &path, &[("if-none-match", &tag)], "").await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    assert_eq!(
        app.call("GET", &path, &[("if-none-match", "\"0\"")], "")
            .await
            .status,
        200
    );
}

async fn concurrency_stays_within_the_runs_limit(kind: EngineKind) {
    let answered = 40;
    let upstream = Upstream::answering_first(answered).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app
        .start(json!({"ssnList": numbers(120), "maxConcurrency": 7}))
        .await;
    let (_, pass) = app.meta_and_pass(&id).await;
    // The emulator starts all batches at once, whatever MaxConcurrencyPath says. So on Step
    // Functions the test checks what the state machine gets.
    let at_once = match kind {
        EngineKind::Disk | EngineKind::Memory => 7,
        #[cfg(feature = "e2e")]
        EngineKind::StepFunctions => pass.lanes * pass.lane_concurrency,
    };
    assert!((2..=7).contains(&at_once), "{pass:?}");
    assert!(pass.lane_concurrency <= 7);
    upstream.wait_for_requests(answered + at_once).await;
    // A lane sends its next requests before it writes results. So once the results are written, an
    // eighth request would have arrived.
    app.wait_for(&id, |execution| {
        execution["counts"]["SUCCEEDED"] == answered
    })
    .await;
    if kind.is_embedded() {
        assert_eq!(upstream.max_in_flight(), 7);
    }
    upstream.release();
    assert_eq!(app.wait_for_end(&id).await["status"], "SUCCEEDED");
    if kind.is_embedded() {
        assert_eq!(upstream.max_in_flight(), 7);
    }
}
