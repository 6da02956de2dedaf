//! Starting a run of a list that goes to the server in parts.

use std::cell::RefCell;

use contract::list::{List, ReadOptions};
use contract::wire::{CreateListRequest, Execution, ExecutionId, ListCreated, StartRequest};

use crate::{Client, ClientError, Request, Transport};

/// What repeated starts of one run share: the idempotency key and the uploaded list.
///
/// Keep it until the start has succeeded: one that is given up, or whose future is dropped, and
/// started again with it starts one run only, and uploads nothing twice. A start of anything else
/// takes a new one.
#[derive(Debug)]
pub struct StartState(RefCell<Inner>);

#[derive(Debug)]
struct Inner {
    key: String,
    uploaded: Option<ExecutionId>,
    /// Uploads that the server lost before they were used.
    lost_uploads: u32,
}

impl StartState {
    /// A start that nothing was done for yet. `key` is at most 64 visible ASCII characters that no
    /// other start has.
    pub fn new(key: String) -> Self {
        Self(RefCell::new(Inner {
            key,
            uploaded: None,
            lost_uploads: 0,
        }))
    }

    /// The `Idempotency-Key` of the next request. To the server it belongs to one list, so another
    /// upload has another key.
    pub fn key(&self) -> String {
        let inner = self.0.borrow();
        match inner.lost_uploads {
            0 => inner.key.clone(),
            lost => format!("{}-{lost}", inner.key),
        }
    }

    fn uploaded(&self) -> Option<ExecutionId> {
        self.0.borrow().uploaded.clone()
    }

    fn set_uploaded(&self, list: &ExecutionId) {
        self.0.borrow_mut().uploaded = Some(list.clone());
    }

    fn forget_upload(&self) {
        let mut inner = self.0.borrow_mut();
        inner.uploaded = None;
        inner.lost_uploads += 1;
    }
}

impl<T: Transport> Client<T> {
    /// Uploads a list in parts of at most `part_bytes` bytes, and returns its id for a start.
    ///
    /// `sent` hears how many lines the server has, from 0. Of a line that is no number only the
    /// reason is sent.
    pub async fn upload(
        &self,
        list: &List,
        options: ReadOptions,
        part_bytes: usize,
        mut sent: impl FnMut(u64),
    ) -> Result<ExecutionId, ClientError> {
        let create = Request::new("POST", "lists").json(&CreateListRequest {
            validation: options.validation,
            restore_leading_zeros: options.restore_leading_zeros,
        });
        // Sent twice, one of the two lists is never used, and expires.
        let ListCreated { id } = self.fetch(create).await?;
        sent(0);
        for (number, part) in list.parts(part_bytes).enumerate() {
            let put = Request::new("PUT", &format!("lists/{id}/{number}"));
            self.send(put.text(part.text)).await?;
            sent(part.end_row as u64);
        }
        Ok(id)
    }

    /// Starts the run of a list that `upload` uploads, unless it was uploaded for this start before.
    pub async fn start_uploaded(
        &self,
        start: &StartState,
        request: &StartRequest,
        upload: impl AsyncFnOnce() -> Result<ExecutionId, ClientError>,
    ) -> Result<Execution, ClientError> {
        if let Some(list) = start.uploaded() {
            match self.start_list(start, request, list).await {
                // It grew too old before any start reached it, or its run was deleted.
                Err(error) if error.is_unknown_list() => start.forget_upload(),
                response => return response,
            }
        }
        let list = upload().await?;
        start.set_uploaded(&list);
        self.start_list(start, request, list).await
    }

    async fn start_list(
        &self,
        start: &StartState,
        request: &StartRequest,
        list: ExecutionId,
    ) -> Result<Execution, ClientError> {
        let request = StartRequest {
            list_id: Some(list),
            ..request.clone()
        };
        let key = start.key();
        match self.start(&request, &key).await {
            // A try whose response got lost may have used the list just now; then the key has its
            // run.
            Err(error) if error.is_unknown_list() => self.start(&request, &key).await,
            response => response,
        }
    }
}

#[cfg(test)]
mod tests;
