//! The process dies between any two steps of a start, or a step is refused.

use std::sync::Arc;

use serde_json::json;
use store::Store;

use crate::support::caller::{Answer, call};
use crate::support::faulty::Faulty;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, World, id_of};

on_every_engine!(
    what_a_store_refuses_for_a_moment_is_written_all_the_same,
    a_start_that_dies_at_any_step_is_finished_by_its_repetition,
    a_start_that_dies_after_its_claim_is_finished_by_a_poll,
    a_start_that_dies_at_any_step_is_finished_or_cleared_when_the_server_starts,
);

const HEADERS: [(&str, &str); 2] = [
    ("content-type", "application/json"),
    ("idempotency-key", "once"),
];
const LINES: [&str; 4] = ["100010001", "100010002", "x", "100010001"];

/// More writes than a start makes.
const MANY: i64 = 50;

/// Starts the list in a process that dies after so many writes. What its client was told.
async fn start_and_die_after(world: &World, writes: i64) -> Answer {
    let dying = Store::new(Arc::new(Faulty::after(writes, world.objects.clone())));
    let router = world.router_over(&dying);
    let body = json!({"ssnList": LINES}).to_string();
    call(&router, "POST", "/api/executions", &HEADERS, body).await
}

async fn what_a_store_refuses_for_a_moment_is_written_all_the_same(kind: Kind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let world = World::new(kind, &upstream).await;
    let refusing = Store::new(Arc::new(Faulty::refusing(world.objects.clone())));
    let router = world.router_over(&refusing);
    let ask = async |path: &str, body: String| {
        let asked = call(&router, "POST", path, &HEADERS, body).await;
        asked.expect(202)
    };
    let id = id_of(&ask("/api/executions", json!({"ssnList": LINES}).to_string()).await);
    upstream.until_total(2).await;
    ask(&format!("/api/executions/{id}/stop"), String::new()).await;
    assert_eq!(world.until_over(&id).await["status"], "ABORTED");
    upstream.release();
    ask(&format!("/api/executions/{id}/redrive"), String::new()).await;
    let over = world.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(2))
    );
}

async fn a_start_that_dies_at_any_step_is_finished_by_its_repetition(kind: Kind) {
    for writes in 0..MANY {
        let upstream = Upstream::quick().await;
        let world = World::new(kind, &upstream).await;
        let first = start_and_die_after(&world, writes).await;
        let body = json!({"ssnList": LINES}).to_string();
        let id = id_of(
            &world
                .call("POST", "/api/executions", &HEADERS, body)
                .await
                .expect(202),
        );
        let over = world.until_over(&id).await;
        assert_eq!(
            (&over["rows"], &over["counts"]["SUCCEEDED"]),
            (&json!(4), &json!(2)),
            "after {writes} writes"
        );
        let history = world.get("/api/executions").await.expect(200);
        assert_eq!(
            history["executions"].as_array().unwrap().len(),
            1,
            "after {writes} writes"
        );
        assert!(upstream.asked().values().all(|count| *count == 1));
        if first.status == 202 {
            assert!(writes >= 6, "the store died in no step");
            return;
        }
        first.expect_problem(503, "store");
    }
    panic!("a start makes more than {MANY} writes");
}

async fn a_start_that_dies_after_its_claim_is_finished_by_a_poll(kind: Kind) {
    let mut finished = 0;
    for writes in 3..8 {
        let upstream = Upstream::quick().await;
        let world = World::new(kind, &upstream).await;
        start_and_die_after(&world, writes).await;
        for id in world.store.all_executions().await.unwrap() {
            let over = world.until_over(id.as_str()).await;
            assert_eq!(over["counts"]["SUCCEEDED"], 2);
            finished += 1;
        }
    }
    assert_eq!(finished, 5);
}

async fn a_start_that_dies_at_any_step_is_finished_or_cleared_when_the_server_starts(kind: Kind) {
    for writes in 0..7 {
        let upstream = Upstream::quick().await;
        let world = World::new(kind, &upstream).await;
        start_and_die_after(&world, writes).await;
        let ids = world.store.all_executions().await.unwrap();
        backend::recover(&world.store, world.engine.as_ref())
            .await
            .unwrap();
        for id in &ids {
            match world.store.meta(id).await.unwrap() {
                Some(_) => assert_eq!(
                    world.until_over(id.as_str()).await["counts"]["SUCCEEDED"],
                    2
                ),
                // A list without `meta` is no execution; it is erased once nobody can be writing it.
                None => assert!(world.store.erase_unfinished(id, 0).await.unwrap()),
            }
        }
        // The client, which was told nothing, sends it again: there is one run, whatever was written.
        let body = json!({"ssnList": LINES}).to_string();
        let again = world.call("POST", "/api/executions", &HEADERS, body).await;
        world.until_over(&id_of(&again.expect(202))).await;
        assert!(upstream.asked().values().all(|count| *count == 1));
        let known = world.get("/api/executions").await.expect(200)["executions"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(
            world.store.all_executions().await.unwrap().len(),
            known,
            "after {writes} writes"
        );
    }
}
