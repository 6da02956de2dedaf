//! A store that fails for a while.

use std::fs;
use std::sync::Arc;

use contract::wire::Outcome;
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use store::Store;
use tokio::sync::watch;

use crate::log::capture_log;
use crate::run::{Run, count, number, settings};
use crate::server::{Protocol, Server, ok};

/// An upstream for three numbers. It responds to a number once the channel's value exceeds its index.
async fn held_server() -> (Server, watch::Sender<u32>) {
    let (enabled, enabled_receiver) = watch::channel(0);
    let server = Server::start(Protocol::Http1, move |received| {
        let mut enabled_receiver = enabled_receiver.clone();
        async move {
            let index = (0..3).find(|index| number(*index) == received.number)?;
            enabled_receiver
                .wait_for(|enabled| *enabled > index)
                .await
                .ok()?;
            Some(ok())
        }
    })
    .await;
    (server, enabled)
}

#[tokio::test]
async fn a_lane_continues_if_the_stop_mark_is_unreadable() {
    let (log, _logging) = capture_log();
    let (server, enabled) = held_server().await;
    let run = Run::new(settings(&server), 3).await;
    // A mark with invalid content, so that reading it fails as in a failing store.
    let mark = store::Key::Stop(&run.meta.id, 1).path();
    let trouble = async {
        server.wait_for_in_flight(3).await;
        let objects = run.store.objects();
        objects.put(&mark, "?".into()).await.unwrap();
        log.wait_for("whether the run was stopped").await;
        enabled.send_replace(3);
    };
    let (response, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(response.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
}

#[tokio::test]
async fn results_are_kept_while_they_cannot_be_written() {
    let (log, _logging) = capture_log();
    let (server, enabled) = held_server().await;
    let folder = tempfile::tempdir().unwrap();
    let objects = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let run = Run::in_store(Store::new(Arc::new(objects)), settings(&server), 3).await;
    // A file in place of the folder, so that nothing can be written below it.
    let results = store::Key::ResultsDir(&run.meta.id).path();
    let results = folder.path().join(results.as_ref());
    let trouble = async {
        server.wait_for_in_flight(3).await;
        fs::write(&results, "").unwrap();
        enabled.send_replace(2);
        log.wait_for("could not write results").await;
        fs::remove_file(&results).unwrap();
        enabled.send_replace(3);
    };
    let (response, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(response.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
    assert_eq!(server.received().len(), 3);
}
