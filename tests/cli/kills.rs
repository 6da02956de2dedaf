//! Killed at any moment, a run loses no row, answers none twice, and asks for no answer that was
//! written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use contract::wire::Outcome;
use object_store::local::LocalFileSystem;
use serde::de::IgnoredAny;
use serde_json::json;
use store::Store;
use tempfile::TempDir;

use crate::server::Server;
use crate::support::numbers;
use crate::support::upstream::{Reply, Upstream};

const KILLS: usize = 10;
const LINES: u32 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_twenty_thousand_survives_ten_kills_at_random_moments() {
    let folder = TempDir::new().unwrap();
    let upstream = Upstream::start(|_, _| {
        Reply::After(Duration::from_millis(20), Box::new(Reply::Status(200)))
    })
    .await;
    let lines = numbers(LINES);
    let mut server = Server::start(folder.path(), &upstream.url, &[]).await;
    let id = server
        .post(
            "/api/executions",
            &json!({"ssnList": lines, "maxConcurrency": 400}),
        )
        .await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut kills: Vec<HashMap<String, u32>> = Vec::new();
    for _ in 0..KILLS {
        // A process that had asked for everything already would be killed too late.
        let room = LINES.saturating_sub(answered(folder.path(), &id, &lines).await.len() as u32);
        let moment = upstream.total() + rand::random_range(1..(room / 4).max(2));
        upstream.until_total(moment).await;
        server.kill().await;
        let asked = upstream.asked();
        let written = answered(folder.path(), &id, &lines).await;
        kills.push(
            written
                .into_iter()
                .map(|number| (number.clone(), asked[&number]))
                .collect(),
        );
        server = Server::start(folder.path(), &upstream.url, &[]).await;
    }
    let over = server.until_over(&id).await;
    assert_eq!(
        (&over["status"], &over["counts"]["SUCCEEDED"]),
        (&json!("SUCCEEDED"), &json!(LINES))
    );
    let rows = server.rows(&id).await;
    assert!(
        rows.iter()
            .map(|row| row["ssn"].as_str().unwrap())
            .eq(lines.iter()),
        "no row lost, none twice"
    );
    assert!(rows.iter().all(|row| row["outcome"] == "SUCCEEDED"));
    let asked = upstream.asked();
    for (kill, written) in kills.iter().enumerate() {
        for (number, count) in written {
            assert_eq!(
                asked[number], *count,
                "asked after kill {kill} although its answer was written"
            );
        }
    }
    assert!(
        kills.last().is_some_and(|written| !written.is_empty()),
        "no kill came late enough to prove anything"
    );
}

/// The numbers that segments on disk answer.
async fn answered(data: &Path, id: &str, lines: &[String]) -> Vec<String> {
    let objects = LocalFileSystem::new_with_prefix(data.join("objects")).unwrap();
    let store = Store::new(Arc::new(objects));
    let id = id.parse().unwrap();
    let (Some(meta), Some(pass)) = (
        store.meta(&id).await.unwrap(),
        store.current_pass(&id).await.unwrap(),
    ) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for batch in 0..meta.batches() {
        let state = store
            .batch::<IgnoredAny>(&meta, &pass, batch)
            .await
            .unwrap();
        for index in meta.batch_range(batch) {
            if state
                .item(index)
                .is_some_and(|item| item.outcome(&pass.filter, true) == Outcome::Succeeded)
            {
                found.push(lines[index as usize].clone());
            }
        }
    }
    found
}
