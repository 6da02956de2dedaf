//! Starting a batch's items.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec::IntoIter;

use store::{Record, now_ms};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::item::Item;
use crate::lane::Shared;
use crate::limiter::Permit;

/// The items that wait to be started.
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

/// Starts every item as permits become free. Each permit gets a task, which reuses it for the next
/// item: releasing the permit and acquiring it again takes longer than a fast upstream takes to
/// respond. The channel closes when the last item has ended.
pub(crate) async fn dispatch(
    shared: Arc<Shared>,
    items: Vec<Item>,
    send: mpsc::Sender<Record>,
    on_dispatched: Box<dyn FnOnce() + Send>,
) {
    let now = now_ms();
    let (due, later): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| item.not_before_ms <= now);
    for item in later {
        let wait = Duration::from_millis(item.not_before_ms - now);
        if !shared.is_too_late_for(wait) {
            // It waits by itself, so that the items behind it need not.
            tokio::spawn(start_later(Arc::clone(&shared), item, wait, send.clone()));
        }
    }
    let queue = Queue(Arc::new(Mutex::new(due.into_iter())));
    while !queue.is_empty() {
        let Some(permit) = shared.acquire().await else {
            break;
        };
        let Some(item) = queue.next() else { break };
        tokio::spawn(work(
            Arc::clone(&shared),
            item,
            permit,
            queue.clone(),
            send.clone(),
        ));
    }
    on_dispatched();
}

/// Fetches one item after the other for as long as the permit can be renewed.
async fn work(
    shared: Arc<Shared>,
    item: Item,
    permit: Permit,
    queue: Queue,
    send: mpsc::Sender<Record>,
) {
    let mut cut_off = pin!(shared.cut_off());
    let mut next = Some((item, permit));
    while let Some((item, permit)) = next.take() {
        let (record, permit) = item.fetch(&shared, permit, cut_off.as_mut()).await;
        if let Some(record) = record {
            // The lane listens until the last sender is gone.
            let _ = send.send(record).await;
        }
        if let Some(permit) = permit
            && !queue.is_empty()
            && let Some(permit) = shared.renew(permit).await
        {
            next = queue.next().map(|item| (item, permit));
        }
    }
}

async fn start_later(shared: Arc<Shared>, item: Item, wait: Duration, send: mpsc::Sender<Record>) {
    tokio::select! {
        () = sleep(wait) => {}
        () = shared.stopped() => return,
    }
    let Some(permit) = shared.acquire().await else {
        return;
    };
    let cut_off = pin!(shared.cut_off());
    if let (Some(record), _) = item.fetch(&shared, permit, cut_off).await {
        let _ = send.send(record).await;
    }
}
