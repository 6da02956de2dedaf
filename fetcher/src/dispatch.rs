//! Starts the items of a batch.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec::IntoIter;

use store::{Record, now_ms};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::item::Item;
use crate::lane_state::LaneState;
use crate::limiter::Permit;

/// The items that have not been started.
#[derive(Clone)]
struct Queue(Arc<Mutex<IntoIter<Item>>>);

impl Queue {
    fn next(&self) -> Option<Item> {
        self.items().next()
    }

    fn is_empty(&self) -> bool {
        self.items().len() == 0
    }

    fn items(&self) -> std::sync::MutexGuard<'_, IntoIter<Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts all items, each as soon as it gets a permit. The channel closes after the last record.
///
/// Each permit is used by one task, which fetches one item after the other with it. Releasing the
/// permit and acquiring another can take longer than a fast upstream takes to respond.
pub(crate) async fn dispatch(
    lane: Arc<LaneState>,
    items: Vec<Item>,
    sender: mpsc::Sender<Record>,
    on_dispatched: Box<dyn FnOnce() + Send>,
) {
    let now = now_ms();
    let (due, later): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| item.not_before_ms <= now);
    for item in later {
        let wait = Duration::from_millis(item.not_before_ms - now);
        if !lane.is_too_late_after(wait) {
            // A separate task, so that other items don't wait for this one.
            tokio::spawn(fetch_later(Arc::clone(&lane), item, wait, sender.clone()));
        }
    }
    let queue = Queue(Arc::new(Mutex::new(due.into_iter())));
    while !queue.is_empty() {
        let Some(permit) = lane.acquire().await else {
            break;
        };
        let Some(item) = queue.next() else { break };
        tokio::spawn(fetch_one_by_one(
            Arc::clone(&lane),
            item,
            permit,
            queue.clone(),
            sender.clone(),
        ));
    }
    on_dispatched();
}

/// Fetches one item after the other for as long as the permit can be renewed.
async fn fetch_one_by_one(
    lane: Arc<LaneState>,
    item: Item,
    permit: Permit,
    queue: Queue,
    sender: mpsc::Sender<Record>,
) {
    let mut aborted = pin!(lane.aborted());
    let mut next = Some((item, permit));
    while let Some((item, permit)) = next.take() {
        let (record, permit) = item.fetch(&lane, permit, aborted.as_mut()).await;
        if let Some(record) = record {
            // The lane receives until the last sender is dropped, so this fails only if the lane was
            // dropped.
            let _ = sender.send(record).await;
        }
        if let Some(permit) = permit
            && !queue.is_empty()
            && let Some(permit) = lane.renew(permit).await
        {
            next = queue.next().map(|item| (item, permit));
        }
    }
}

async fn fetch_later(
    lane: Arc<LaneState>,
    item: Item,
    wait: Duration,
    sender: mpsc::Sender<Record>,
) {
    tokio::select! {
        () = sleep(wait) => {}
        () = lane.stopped() => return,
    }
    let Some(permit) = lane.acquire().await else {
        return;
    };
    let aborted = pin!(lane.aborted());
    if let (Some(record), _) = item.fetch(&lane, permit, aborted).await {
        let _ = sender.send(record).await;
    }
}
