//! Erasing, also in mid-run.

use serde_json::json;
use std::time::Duration;

use crate::support::numbers;
use crate::support::patience::until;
use crate::support::upstream::{Reply, Upstream};
use crate::support::world::{Kind, World};

on_every_engine!(
    what_is_over_and_old_is_erased_and_what_runs_is_not,
    nothing_is_left_of_an_erased_run,
    an_erasure_in_mid_run_leaves_nothing_however_late_the_writers
);

async fn nothing_is_left_of_an_erased_run(kind: Kind) {
    let upstream = Upstream::quick().await;
    let world = World::new(kind, &upstream).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "erased"),
    ];
    let body = json!({"ssnList": numbers(50)}).to_string();
    let id = crate::support::world::id_of(
        &world
            .call("POST", "/api/executions", &headers, body.clone())
            .await
            .expect(202),
    );
    world.until_over(&id).await;
    let path = format!("/api/executions/{id}");
    assert_eq!(world.call("DELETE", &path, &[], "").await.status, 204);
    world
        .get(&path)
        .await
        .expect_problem(404, "unknown-execution");
    world
        .get(&format!("{path}/results"))
        .await
        .expect_problem(404, "unknown-execution");
    // Again, it goes on with what is not erased yet; then there is no such execution.
    let again = world.call("DELETE", &path, &[], "").await;
    assert!(matches!(again.status.as_u16(), 204 | 404), "{}", again.text);
    until_empty(&world).await;
    world
        .call("DELETE", &path, &[], "")
        .await
        .expect_problem(404, "unknown-execution");
    // The key is free again.
    let again = world
        .call("POST", "/api/executions", &headers, body)
        .await
        .expect(202);
    assert_ne!(again["id"], id);
    world.until_over(again["id"].as_str().unwrap()).await;
}

async fn an_erasure_in_mid_run_leaves_nothing_however_late_the_writers(kind: Kind) {
    let upstream = Upstream::start(|_, _| Reply::Held).await;
    let world = World::new(kind, &upstream).await;
    #[cfg(feature = "e2e")]
    if kind == Kind::StepFunctions {
        // Time for the fetchers' last writes; on AWS it is longer than a fetcher lives.
        let later = [("ROLLCALL_SWEEP_SECONDS", "20")];
        world.stack().set("ApiFunction", &later).await;
    }
    let id = world.start(json!({"ssnList": numbers(45)})).await;
    upstream.until_total(45).await;
    let (meta, pass) = world.meta_and_pass(&id).await;
    assert_eq!(
        world
            .call("DELETE", &format!("/api/executions/{id}"), &[], "")
            .await
            .status,
        204
    );
    // One more writer, which has read everything before the erasure and flushes after it.
    let name = store::SegmentName::new(1, 1, "late00", Default::default());
    assert!(
        !world
            .store
            .put_segment(&meta, 0, &name, b"{}\n".to_vec())
            .await
            .unwrap()
            || until_swept(&world).await
    );
    upstream.release();
    until_empty(&world).await;
    // An invocation that comes after all of it has nothing to do.
    let event = json!({"executionId": id, "pass": pass.pass, "batch": 0});
    let late = world.fetcher.handle(event.try_into().unwrap(), None).await;
    assert!(late.is_err_and(|error| error.name() == "UnknownExecution"));
    assert_eq!(world.contents().await, []);
}

async fn until_swept(world: &World) -> bool {
    until_empty(world).await;
    true
}

async fn until_empty(world: &World) {
    until("an empty store", async || {
        world.contents().await.is_empty().then_some(())
    })
    .await;
}

async fn what_is_over_and_old_is_erased_and_what_runs_is_not(kind: Kind) {
    let upstream = Upstream::start(|number, _| {
        if number == "100010001" {
            Reply::Status(200)
        } else {
            Reply::Held
        }
    })
    .await;
    let world = World::new(kind, &upstream).await;
    let over = world.start(json!({"ssnList": numbers(1)})).await;
    world.until_over(&over).await;
    let running = world.start(json!({"ssnList": numbers(2)})).await;
    let expire = |age| backend::tidy(&world.store, world.engine.as_ref(), Some(age));
    assert_eq!(expire(Duration::from_secs(3_600)).await.unwrap(), 0);
    assert_eq!(expire(Duration::ZERO).await.unwrap(), 1);
    world
        .get(&format!("/api/executions/{over}"))
        .await
        .expect_problem(404, "unknown-execution");
    assert_eq!(world.execution(&running).await["status"], "RUNNING");
    upstream.release();
    world.until_over(&running).await;
}
