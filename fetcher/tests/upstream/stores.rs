//! A store in trouble.

use std::fs;
use std::sync::Arc;

use contract::wire::Outcome;
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use store::Store;
use tokio::sync::watch;

use crate::log::log;
use crate::run::{Run, count, settings};
use crate::server::{Server, Wire, ok};

/// Answers nothing until told.
async fn held() -> (Server, watch::Sender<bool>) {
    let (answering, is_answering) = watch::channel(false);
    let server = Server::start(Wire::Plain, move |_| {
        let mut is_answering = is_answering.clone();
        async move {
            is_answering.wait_for(|answering| *answering).await.ok()?;
            Some(ok())
        }
    })
    .await;
    (server, answering)
}

#[tokio::test]
async fn a_mark_that_cannot_be_read_for_now_ends_no_lane() {
    let (log, _logging) = log();
    let (server, answering) = held().await;
    let run = Run::new(settings(&server), 3).await;
    // A mark that can't be read, which is what a store in trouble answers.
    let mark = store::Key::Stop(&run.meta.id, 1).path();
    let trouble = async {
        server.until_in_flight(3).await;
        let objects = run.store.objects();
        objects.put(&mark, "?".into()).await.unwrap();
        log.until("whether the run was stopped").await;
        answering.send_replace(true);
    };
    let (answer, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(answer.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
}

#[tokio::test]
async fn answers_that_cannot_be_written_for_now_are_not_lost() {
    let (log, _logging) = log();
    let (server, answering) = held().await;
    let folder = tempfile::tempdir().unwrap();
    let objects = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let run = Run::in_store(Store::new(Arc::new(objects)), settings(&server), 3).await;
    // A file where a folder is wanted: nothing can be written below.
    let results = store::Key::ResultsDir(&run.meta.id).path();
    let results = folder.path().join(results.as_ref());
    let trouble = async {
        server.until_in_flight(3).await;
        fs::write(&results, "").unwrap();
        answering.send_replace(true);
        log.until("could not write results").await;
        fs::remove_file(&results).unwrap();
    };
    let (answer, ()) = tokio::join!(run.batch(), trouble);
    assert_eq!(answer.pending, 0);
    assert_eq!(count(&run.rows().await, Outcome::Succeeded), 3);
    assert_eq!(server.asked().len(), 3);
}
