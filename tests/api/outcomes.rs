//! The outcome of each kind of response.

use std::time::Duration;

use serde_json::json;

use crate::support::app::{EngineKind, TestApp};
use crate::support::executions::list;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

on_every_engine!(
    each_response_has_its_outcome,
    transient_failures_are_retried,
    status_429_at_every_attempt_fails_every_row,
    a_retry_waits_as_long_as_retry_after_says,
    bodies_are_returned_unchanged,
);

async fn each_response_has_its_outcome(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| match number {
        "100010201" => Reply::Status(201),
        "100010403" => Reply::Status(403),
        "100010404" => Reply::Status(404),
        "100010410" => Reply::Status(410),
        "100010500" => Reply::Status(500),
        "100010302" => Reply::Redirect("http://elsewhere.invalid/ssn/1".into()),
        "100010303" => Reply::Redirect("/ssn/100010404".into()),
        "100010999" => Reply::Body("text/plain", "x".repeat((64 << 10) + 1)),
        _ => Reply::Status(200),
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let expected = [
        ("100010200", "SUCCEEDED", json!(200), json!(null), 1),
        ("100010201", "SUCCEEDED", json!(201), json!(null), 1),
        ("100010404", "NOT_FOUND", json!(404), json!(null), 1),
        ("100010410", "NOT_FOUND", json!(410), json!(null), 1),
        ("100010403", "FAILED", json!(403), json!(null), 1),
        ("100010500", "FAILED", json!(500), json!(null), 4),
        (
            "100010302",
            "FAILED",
            json!(302),
            json!("REDIRECT_REFUSED"),
            1,
        ),
        ("100010303", "NOT_FOUND", json!(404), json!(null), 1),
        (
            "100010999",
            "FAILED",
            json!(200),
            json!("BODY_TOO_LARGE"),
            1,
        ),
    ];
    let lines: Vec<&str> = expected.iter().map(|(number, ..)| *number).collect();
    let id = app.start(list(&lines)).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        ended["counts"],
        json!({"SUCCEEDED": 2, "NOT_FOUND": 3, "FAILED": 4, "PENDING": 0, "NOT_TRIED": 0})
    );
    assert_eq!(ended["status"], "SUCCEEDED");
    let rows = app.rows(&id).await;
    assert_eq!(rows.len(), expected.len());
    for (row, (number, outcome, status, error, attempts)) in rows.iter().zip(expected) {
        let found = (
            &row["ssn"],
            &row["outcome"],
            &row["statusCode"],
            &row["error"],
            &row["attempts"],
        );
        assert_eq!(
            found,
            (
                &json!(number),
                &json!(outcome),
                &status,
                &error,
                &json!(attempts)
            )
        );
    }
}

async fn transient_failures_are_retried(kind: EngineKind) {
    let upstream =
        Upstream::start(|_, before| Reply::Status([503, 429, 408, 200][before.min(3) as usize]))
            .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(list(&numbers(5))).await;
    assert_eq!(app.wait_for_end(&id).await["counts"]["SUCCEEDED"], 5);
    assert!(
        app.rows(&id)
            .await
            .iter()
            .all(|row| row["attempts"] == 4 && row["statusCode"] == 200)
    );
    assert!(upstream.request_counts().values().all(|count| *count == 4));
}

async fn status_429_at_every_attempt_fails_every_row(kind: EngineKind) {
    let upstream = Upstream::start(|_, _| Reply::RetryAfter(429, "0")).await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app.start(list(&numbers(45))).await;
    let ended = app.wait_for_end(&id).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["FAILED"]),
        (&json!("SUCCEEDED"), &json!(45))
    );
    assert!(
        app.rows(&id)
            .await
            .iter()
            .all(|row| row["statusCode"] == 429 && row["body"] == "later" && row["attempts"] == 4)
    );
    assert!(upstream.request_counts().values().all(|count| *count == 4));
}

async fn a_retry_waits_as_long_as_retry_after_says(kind: EngineKind) {
    // Longer than a Lambda waits: in the cloud the batch is invoked again.
    let upstream = Upstream::start(|_, before| {
        if before == 0 {
            Reply::RetryAfter(503, "6")
        } else {
            Reply::Status(200)
        }
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let began = std::time::Instant::now();
    let id = app.start(list(&["100010001"])).await;
    let ended = app.wait_for_end(&id).await;
    assert!(began.elapsed() >= Duration::from_secs(6));
    assert_eq!(ended["counts"]["SUCCEEDED"], 1);
    assert_eq!(app.rows(&id).await[0]["attempts"], 2);
    assert_eq!(upstream.request_count(), 2);
}

async fn bodies_are_returned_unchanged(kind: EngineKind) {
    let upstream = Upstream::start(|number, _| match number {
        "100010001" => Reply::Body(
            "application/json",
            "{\n  \"big\": 12345678901234567890, \"exact\": 1.50\n}".into(),
        ),
        "100010002" => Reply::Body(
            "text/plain; charset=utf-8",
            "Jürgen, \"quoted\"\nsecond line".into(),
        ),
        "100010003" => Reply::Body("application/json", String::new()),
        _ => Reply::Body("application/json", "{broken".into()),
    })
    .await;
    let app = TestApp::new(kind, &upstream).await;
    let id = app
        .start(list(&["100010001", "100010002", "100010003", "100010004"]))
        .await;
    app.wait_for_end(&id).await;
    let text = app
        .get(&format!("/api/executions/{id}/results?reveal=true"))
        .await
        .text;
    assert!(
        text.contains("12345678901234567890") && text.contains("1.50"),
        "{text}"
    );
    let rows = app.rows(&id).await;
    assert_eq!(rows[1]["body"], "Jürgen, \"quoted\"\nsecond line");
    assert_eq!(rows[2]["body"], json!(null));
    assert_eq!(rows[3]["body"], "{broken");
}
