//! Lists uploaded in parts.

use serde_json::{Value, json};

use crate::support::caller::Answer;
use crate::support::upstream::Upstream;
use crate::support::world::{Kind, World, id_of};

on_every_engine!(
    a_list_of_a_million_lines_has_a_million_rows_and_one_more_is_too_many,
    a_list_in_parts_is_one_list,
    a_list_that_is_not_whole_is_not_started
);

const TEXT: [(&str, &str); 1] = [("content-type", "text/plain; charset=utf-8")];

async fn begin(world: &World, body: Value) -> String {
    id_of(&world.post("/api/lists", body).await.expect(201))
}

async fn put(world: &World, list: &str, part: u32, text: &str) -> Answer {
    world
        .call(
            "PUT",
            &format!("/api/lists/{list}/{part}"),
            &TEXT,
            text.to_owned(),
        )
        .await
}

async fn a_list_in_parts_is_one_list(kind: Kind) {
    let upstream = Upstream::quick().await;
    let world = World::new(kind, &upstream).await;
    let list = begin(&world, json!({"restoreLeadingZeros": true})).await;
    put(&world, &list, 1, "100-01-0001\r\nx\r\n")
        .await
        .expect(200);
    assert_eq!(
        put(&world, &list, 0, "nonsense\n").await.expect(200),
        json!({"rows": 1, "invalid": 1})
    );
    // Sent again, a part takes the place of the first.
    assert_eq!(
        put(&world, &list, 0, "100010001\n\n12345678\n")
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
        &world
            .call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    world.until_over(&id).await;
    let rows = world.rows(&id).await;
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
    // The list is used up, the key still knows.
    let again = world
        .call("POST", "/api/executions", &headers, body)
        .await
        .expect(202);
    assert_eq!(again["id"], id);
    world
        .post("/api/executions", json!({"listId": list}))
        .await
        .expect_problem(404, "unknown-list");
    assert!(
        world
            .contents()
            .await
            .iter()
            .all(|(path, _)| !path.starts_with("lists/"))
    );
}

async fn a_list_that_is_not_whole_is_not_started(kind: Kind) {
    let upstream = Upstream::quick().await;
    let world = World::new(kind, &upstream).await;
    let list = begin(&world, json!({})).await;
    let start = || world.post("/api/executions", json!({"listId": list}));
    assert!(
        start()
            .await
            .expect_problem(422, "invalid-request")
            .contains("empty")
    );
    put(&world, &list, 0, "100010001\n").await.expect(200);
    put(&world, &list, 2, "100010003\n").await.expect(200);
    assert!(
        start()
            .await
            .expect_problem(409, "part-missing")
            .contains("part 1")
    );
    world
        .post("/api/lists", json!({"validation": "123456789"}))
        .await
        .expect_problem(422, "invalid-request");
    for path in [
        format!("/api/lists/{list}/-1"),
        format!("/api/lists/{list}/1000"),
        format!("/api/lists/{list}/123456789"),
    ] {
        let told = world
            .call("PUT", &path, &TEXT, "x")
            .await
            .expect_problem(422, "invalid-request");
        assert!(!told.contains("123456789"));
    }
    world
        .call("PUT", &format!("/api/lists/{list}/1"), &[], "x")
        .await
        .expect_problem(415, "media-type");
    let large = "x".repeat(4_000_001);
    put(&world, &list, 1, &large)
        .await
        .expect_problem(413, "too-large");
    let bob = world.another().await;
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
    assert_eq!(upstream.total(), 0);
}

async fn a_list_of_a_million_lines_has_a_million_rows_and_one_more_is_too_many(kind: Kind) {
    let upstream = Upstream::quick().await;
    let world = World::new(kind, &upstream).await;
    let list = begin(&world, json!({})).await;
    let part = "100010001\n100010002\nx\n100010003\n".repeat(83_333) + "100010001\n";
    for number in 0..3 {
        let received = put(&world, &list, number, &part).await.expect(200);
        assert_eq!(received, json!({"rows": 333_333, "invalid": 83_333}));
    }
    put(&world, &list, 3, "100010001\n").await.expect(200);
    put(&world, &list, 4, "100010001\n").await.expect(200);
    let start = || world.post("/api/executions", json!({"listId": list}));
    start().await.expect_problem(413, "too-large");
    put(&world, &list, 3, "").await.expect(200);
    let id = id_of(&start().await.expect(202));
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["rows"], &over["items"]),
        (&json!(1_000_000), &json!(3))
    );
    let page = world
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
