//! A store in trouble.

use std::fs;
use std::sync::Arc;

use contract::wire::Outcome;
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use store::Store;
use tokio::sync::watch;

use crate::log::log;
use crate::run::{Run, count, number, settings};
use crate::server::{Server, Wire, ok};

/// Answers those of three numbers whose index is below the channel's value.
async fn held() -> (Server, watch::Sender<u32>) {
    let (answered, is_answered) = watch::channel(0);
    let server = Server::start(Wire::Plain, move |asked| {
        let mut is_answered = is_answered.clone();
        async move {
            let index = (0..3).find(|index| number(*index) == asked.number)?;
            is_answered
                .wait_for(|answered| *answered > index)
                .await
                .ok()?;
            Some(ok())
        }
    })
    .await;
    (server, answered)
}

#[tokio::test]
async fn a_mark_that_cannot_be_read_for_now_ends_no_lane() {
    let (log, _logging) = log();
    let (server, answered) = held().await;
    let run = Run::new(settings(&server), 3).await;
    // A mark that can't be read, which is what a store in trouble answers.
    let mark = store::Key::Stop(&run.meta.id, 1).path();
    let trouble = async {
        server.until_in_flight(3).await;
        let objects = run.store.objects();
        objects.put(&mark, "?".into()).await.unwrap();
        log.until("whether the run was stopped").await;
        answered.send_replace(3);
    };
    let (answer, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(answer.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
}

#[tokio::test]
async fn answers_that_cannot_be_written_for_now_are_not_lost() {
    let (log, _logging) = log();
    let (server, answered) = held().await;
    let folder = tempfile::tempdir().unwrap();
    let objects = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let run = Run::in_store(Store::new(Arc::new(objects)), settings(&server), 3).await;
    // A file where a folder is wanted: nothing can be written below.
    let results = store::Key::ResultsDir(&run.meta.id).path();
    let results = folder.path().join(results.as_ref());
    let trouble = async {
        server.until_in_flight(3).await;
        fs::write(&results, "").unwrap();
        answered.send_replace(2);
        log.until("could not write results").await;
        fs::remove_file(&results).unwrap();
        answered.send_replace(3);
    };
    let (answer, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(answer.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
    assert_eq!(server.asked().len(), 3);
}
