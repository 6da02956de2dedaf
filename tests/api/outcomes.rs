//! What becomes of a number.

use std::time::Duration;

use serde_json::json;

use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, World, list};

on_every_engine!(
    each_answer_has_its_outcome,
    what_fails_for_a_moment_is_asked_again,
    an_upstream_that_answers_every_attempt_with_429_fails_every_row,
    a_retry_after_is_waited_for,
    bodies_come_as_they_were_sent,
);

async fn each_answer_has_its_outcome(kind: Kind) {
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
    let world = World::new(kind, &upstream).await;
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
    let id = world.start(list(&lines)).await;
    let over = world.until_over(&id).await;
    assert_eq!(
        over["counts"],
        json!({"SUCCEEDED": 2, "NOT_FOUND": 3, "FAILED": 4, "PENDING": 0, "NOT_TRIED": 0})
    );
    assert_eq!(over["status"], "SUCCEEDED");
    for (row, (number, outcome, status, error, attempts)) in
        world.rows(&id).await.iter().zip(expected)
    {
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

async fn what_fails_for_a_moment_is_asked_again(kind: Kind) {
    let upstream =
        Upstream::start(|_, before| Reply::Status([503, 429, 408, 200][before.min(3) as usize]))
            .await;
    let world = World::new(kind, &upstream).await;
    let id = world.start(list(&numbers(5))).await;
    assert_eq!(world.until_over(&id).await["counts"]["SUCCEEDED"], 5);
    assert!(
        world
            .rows(&id)
            .await
            .iter()
            .all(|row| row["attempts"] == 4 && row["statusCode"] == 200)
    );
    assert!(upstream.asked().values().all(|count| *count == 4));
}

async fn an_upstream_that_answers_every_attempt_with_429_fails_every_row(kind: Kind) {
    let upstream = Upstream::start(|_, _| Reply::RetryAfter(429, "0")).await;
    let world = World::new(kind, &upstream).await;
    let id = world.start(list(&numbers(45))).await;
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["FAILED"]),
        (&json!("SUCCEEDED"), &json!(45))
    );
    assert!(
        world
            .rows(&id)
            .await
            .iter()
            .all(|row| row["statusCode"] == 429 && row["body"] == "later" && row["attempts"] == 4)
    );
    assert!(upstream.asked().values().all(|count| *count == 4));
}

async fn a_retry_after_is_waited_for(kind: Kind) {
    // Longer than a Lambda sleeps: in the cloud the batch is invoked again.
    let upstream = Upstream::start(|_, before| {
        if before == 0 {
            Reply::RetryAfter(503, "6")
        } else {
            Reply::Status(200)
        }
    })
    .await;
    let world = World::new(kind, &upstream).await;
    let began = std::time::Instant::now();
    let id = world.start(list(&["100010001"])).await;
    let over = world.until_over(&id).await;
    assert!(began.elapsed() >= Duration::from_secs(6));
    assert_eq!(over["counts"]["SUCCEEDED"], 1);
    assert_eq!(world.rows(&id).await[0]["attempts"], 2);
    assert_eq!(upstream.total(), 2);
}

async fn bodies_come_as_they_were_sent(kind: Kind) {
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
    let world = World::new(kind, &upstream).await;
    let id = world
        .start(list(&["100010001", "100010002", "100010003", "100010004"]))
        .await;
    world.until_over(&id).await;
    let text = world
        .get(&format!("/api/executions/{id}/results?reveal=true"))
        .await
        .text;
    assert!(
        text.contains("12345678901234567890") && text.contains("1.50"),
        "{text}"
    );
    let rows = world.rows(&id).await;
    assert_eq!(rows[1]["body"], "Jürgen, \"quoted\"\nsecond line");
    assert_eq!(rows[2]["body"], json!(null));
    assert_eq!(rows[3]["body"], "{broken");
}
