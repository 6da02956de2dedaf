//! Starting a batch's items.

use std::sync::Arc;
use std::time::Duration;

use store::{Record, now_ms};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::item::Item;
use crate::lane::Shared;

/// Starts every item as there is leave for it, each as a task of its own. The channel closes when
/// the last has ended.
pub(crate) async fn dispatch(
    shared: Arc<Shared>,
    items: Vec<Item>,
    send: mpsc::UnboundedSender<Record>,
    dispatched: Box<dyn FnOnce() + Send>,
) {
    for item in items {
        let due = Duration::from_millis(item.not_before_ms.saturating_sub(now_ms()));
        if !due.is_zero() {
            if shared.is_too_late_for(due) {
                continue;
            }
            // It waits by itself, so that the items behind it need not.
            tokio::spawn(later(Arc::clone(&shared), item, due, send.clone()));
            continue;
        }
        let Some(permit) = shared.leave().await else {
            break;
        };
        let (shared, send) = (Arc::clone(&shared), send.clone());
        tokio::spawn(async move {
            if let Some(record) = item.ask(&shared, permit).await {
                // The lane listens until the last sender is gone.
                let _ = send.send(record);
            }
        });
    }
    dispatched();
}

async fn later(
    shared: Arc<Shared>,
    item: Item,
    due: Duration,
    send: mpsc::UnboundedSender<Record>,
) {
    tokio::select! {
        () = sleep(due) => {}
        () = shared.stopped() => return,
    }
    let Some(permit) = shared.leave().await else {
        return;
    };
    if let Some(record) = item.ask(&shared, permit).await {
        let _ = send.send(record);
    }
}
