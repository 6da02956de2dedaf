//! Lists uploaded in parts.

use serde_json::{Value, json};

use crate::support::app::{EngineKind, TestApp};
use crate::support::client::ApiResponse;
use crate::support::executions::id_of;
use crate::support::upstream::Upstream;

on_every_engine!(
    a_list_has_at_most_a_million_rows,
    a_list_in_parts_is_one_list,
    an_incomplete_list_is_not_started,
    lines_that_do_not_fit_the_list_are_refused,
    rows_keep_the_lines_of_the_list
);

const TEXT: [(&str, &str); 1] = [("content-type", "text/plain; charset=utf-8")];

async fn begin(app: &TestApp, body: Value) -> String {
    id_of(&app.post("/api/lists", body).await.expect(201))
}

async fn put(app: &TestApp, list: &str, part: u32, text: &str) -> ApiResponse {
    app.call(
        "PUT",
        &format!("/api/lists/{list}/{part}"),
        &TEXT,
        text.to_owned(),
    )
    .await
}

async fn a_list_in_parts_is_one_list(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let list = begin(&app, json!({"restoreLeadingZeros": true})).await;
    put(&app, &list, 1, "100-01-0001\r\nx\r\n")
        .await
        .expect(200);
    assert_eq!(
        put(&app, &list, 0, "nonsense\n").await.expect(200),
        json!({"rows": 1, "invalid": 1})
    );
    // A part that is sent again replaces the earlier one.
    assert_eq!(
        put(&app, &list, 0, "100010001\n\n12345678\n")
            .await
            .expect(200),
        json!({"rows": 2, "invalid": 0})
    );
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "parts"),
    ];
    let body = json!({"listId": list, "label": "in parts"}).to_string();
    let id = id_of(
        &app.call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    app.wait_for_end(&id).await;
    let rows = app.rows(&id).await;
    let found: Vec<(&Value, &Value)> = rows
        .iter()
        .map(|row| (&row["ssn"], &row["warning"]))
        .collect();
    let (null, zeros) = (json!(null), json!("ZEROS_RESTORED"));
    assert_eq!(
        found,
        [
            (&json!("100010001"), &null),
            (&json!("012345678"), &zeros),
            (&json!("100010001"), &null),
            (&null, &null)
        ]
    );
    assert_eq!(rows[3]["error"], "NO_DIGITS");
    // The list is used up, but the key returns the same run.
    let again = app
        .call("POST", "/api/executions", &headers, body)
        .await
        .expect(202);
    assert_eq!(again["id"], id);
    app.post("/api/executions", json!({"listId": list}))
        .await
        .expect_problem(404, "unknown-list");
    assert!(
        app.stored_objects()
            .await
            .iter()
            .all(|(path, _)| !path.starts_with("lists/"))
    );
}

async fn an_incomplete_list_is_not_started(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let list = begin(&app, json!({})).await;
    let start = || app.post("/api/executions", json!({"listId": list}));
    assert!(
        start()
            .await
            .expect_problem(422, "invalid-request")
            .contains("empty")
    );
    put(&app, &list, 0, "100010001\n").await.expect(200);
    put(&app, &list, 2, "100010003\n").await.expect(200);
    assert!(
        start()
            .await
            .expect_problem(409, "part-missing")
            .contains("part 1")
    );
    app.post("/api/lists", json!({"validation": "123456789"}))
        .await
        .expect_problem(422, "invalid-request");
    for path in [
        format!("/api/lists/{list}/-1"),
        format!("/api/lists/{list}/1000"),
        format!("/api/lists/{list}/123456789"),
    ] {
        let detail = app
            .call("PUT", &path, &TEXT, "x")
            .await
            .expect_problem(422, "invalid-request");
        assert!(!detail.contains("123456789"));
    }
    app.call("PUT", &format!("/api/lists/{list}/1"), &[], "x")
        .await
        .expect_problem(415, "media-type");
    let large = "x".repeat(4_000_001);
    put(&app, &list, 1, &large)
        .await
        .expect_problem(413, "too-large");
    let bob = app.other_user().await;
    bob.call("PUT", &format!("/api/lists/{list}/1"), &TEXT, "x")
        .await
        .expect_problem(404, "unknown-list");
    bob.call(
        "POST",
        "/api/executions",
        &[("content-type", "application/json")],
        json!({"listId": list}).to_string(),
    )
    .await
    .expect_problem(404, "unknown-list");
    assert_eq!(upstream.request_count(), 0);
}

async fn a_list_has_at_most_a_million_rows(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let list = begin(&app, json!({})).await;
    let part = "100010001\n100010002\nx\n100010003\n".repeat(83_333) + "100010001\n";
    for number in 0..3 {
        let received = put(&app, &list, number, &part).await.expect(200);
        assert_eq!(received, json!({"rows": 333_333, "invalid": 83_333}));
    }
    put(&app, &list, 3, "100010001\n").await.expect(200);
    put(&app, &list, 4, "100010001\n").await.expect(200);
    let start = || app.post("/api/executions", json!({"listId": list}));
    start().await.expect_problem(413, "too-large");
    put(&app, &list, 3, "").await.expect(200);
    let id = id_of(&start().await.expect(202));
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["rows"], &ended["items"]),
        (&json!(1_000_000), &json!(3))
    );
    let page = app
        .get(&format!(
            "/api/executions/{id}/results?first=999990&reveal=true"
        ))
        .await;
    let page = page.expect(200);
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 10);
    assert_eq!(
        (&rows[9]["row"], &rows[9]["ssn"]),
        (&json!(999_999), &json!("100010001"))
    );
    assert!(page["next"].is_null());
}

/// The lines of an execution's rows.
async fn lines(app: &TestApp, id: &str) -> Vec<u64> {
    let rows = app.rows(id).await;
    rows.iter()
        .map(|row| row["line"].as_u64().unwrap())
        .collect()
}

async fn rows_keep_the_lines_of_the_list(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    let values = ["100010001", "x", "100010002", "100010001"];

    // A header, a blank line, and two numbers on one line.
    let body = json!({"ssnList": values, "lines": "2,1,2,0"});
    let id = id_of(&app.post("/api/executions", body).await.expect(202));
    app.wait_for_end(&id).await;
    assert_eq!(lines(&app, &id).await, [2, 3, 5, 5]);

    let id = id_of(
        &app.post("/api/executions", json!({"ssnList": values}))
            .await
            .expect(202),
    );
    app.wait_for_end(&id).await;
    assert_eq!(lines(&app, &id).await, [1, 2, 3, 4]);

    // So many different steps don't fit in the metadata.
    let steps: Vec<String> = (0..2_000).map(|row| (1 + row % 3).to_string()).collect();
    let list = begin(&app, json!({"lines": steps.join(",")})).await;
    put(&app, &list, 0, &"100010001\n".repeat(1_200))
        .await
        .expect(200);
    put(&app, &list, 1, &"100010002\n".repeat(800))
        .await
        .expect(200);
    let id = id_of(
        &app.post("/api/executions", json!({"listId": list}))
            .await
            .expect(202),
    );
    app.wait_for_end(&id).await;
    let path = format!("/api/executions/{id}/results?first=1500&count=4");
    let page = app.get(&path).await.expect(200);
    let found: Vec<_> = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["line"])
        .collect();
    assert_eq!(
        found,
        [&json!(3_001), &json!(3_003), &json!(3_006), &json!(3_007)]
    );
}

async fn lines_that_do_not_fit_the_list_are_refused(kind: EngineKind) {
    let upstream = Upstream::succeeding().await;
    let app = TestApp::new(kind, &upstream).await;
    for lines in [
        "2",
        "2,1*2",
        "0,1",
        "",
        "1;2",
        "2,-1",
        "1*2000000",
        "4294967295,1",
    ] {
        let body = json!({"ssnList": ["100010001", "100010002"], "lines": lines});
        let response = app.post("/api/executions", body).await;
        let detail = response.expect_problem(422, "invalid-request");
        assert!(detail.contains("lines"), "{lines}: {detail}");
    }
    let list = begin(&app, json!({"lines": "2,1"})).await;
    put(&app, &list, 0, "100010001\n").await.expect(200);
    for body in [
        json!({"listId": list}),
        json!({"listId": list, "lines": "2"}),
    ] {
        let response = app.post("/api/executions", body).await;
        let detail = response.expect_problem(422, "invalid-request");
        assert!(detail.contains("lines"), "{detail}");
    }
    assert_eq!(upstream.request_count(), 0);
}
