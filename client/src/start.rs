//! Uploading a list in parts and starting its run.

use std::cell::RefCell;

use contract::list::{List, ReadOptions};
use contract::wire::{CreateListRequest, Execution, ExecutionId, ListCreated, StartRequest};

use crate::{Client, ClientError, Request, Transport};

/// The state that repeated starts of one run share: the idempotency key and the uploaded list.
///
/// Keep it until the start has succeeded. If a start fails or its future is dropped, start again
/// with the same state: the server then starts only one run, and the list isn't uploaded again.
/// Use a new state for each run.
#[derive(Debug)]
pub struct StartState(RefCell<Inner>);

#[derive(Debug)]
struct Inner {
    key: String,
    /// The id of the uploaded list.
    uploaded: Option<ExecutionId>,
    /// The number of uploads that the server had lost when a start named them.
    lost_uploads: u32,
}

impl StartState {
    /// Returns the state of a new start.
    ///
    /// `key` is 1 to 64 letters, digits and `.`, `_`, `-`. Each run needs a key of its own.
    pub fn new(key: String) -> Self {
        Self(RefCell::new(Inner {
            key,
            uploaded: None,
            lost_uploads: 0,
        }))
    }

    /// Returns the `Idempotency-Key` for the next request.
    ///
    /// The server binds a key to one list, so a new upload needs a new key.
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
    /// Uploads a list in parts of at most `part_bytes` bytes, and returns the list's id.
    ///
    /// It calls `on_sent` with the number of lines sent so far, first with 0. For an invalid line
    /// it sends only the reason, not the text.
    pub async fn upload(
        &self,
        list: &List,
        options: ReadOptions,
        part_bytes: usize,
        mut on_sent: impl FnMut(u64),
    ) -> Result<ExecutionId, ClientError> {
        let create = Request::new("POST", "lists").json(&CreateListRequest {
            validation: options.validation,
            restore_leading_zeros: options.restore_leading_zeros,
            lines: list.lines.unless_sequential(),
        });
        // If a retry creates a second list, the first is never used and expires.
        let ListCreated { id } = self.send_and_parse(create).await?;
        on_sent(0);
        for (number, part) in list.parts(part_bytes).enumerate() {
            let put = Request::new("PUT", &format!("lists/{id}/{number}"));
            self.send(put.text(part.text)).await?;
            on_sent(part.end_row as u64);
        }
        Ok(id)
    }

    /// Uploads a list with `upload`, unless `state` has an uploaded list, and starts its run.
    pub async fn start_uploaded(
        &self,
        state: &StartState,
        request: &StartRequest,
        upload: impl AsyncFnOnce() -> Result<ExecutionId, ClientError>,
    ) -> Result<Execution, ClientError> {
        if let Some(list) = state.uploaded() {
            match self.start_list(state, request, list).await {
                // The list expired unused, or a start used it and its run was deleted.
                Err(error) if error.is_unknown_list() => state.forget_upload(),
                response => return response,
            }
        }
        let list = upload().await?;
        state.set_uploaded(&list);
        self.start_list(state, request, list).await
    }

    async fn start_list(
        &self,
        state: &StartState,
        request: &StartRequest,
        list: ExecutionId,
    ) -> Result<Execution, ClientError> {
        let request = StartRequest {
            list_id: Some(list),
            ..request.clone()
        };
        let key = state.key();
        match self.start(&request, &key).await {
            // An earlier request, whose response was lost, may have used the list meanwhile. The
            // server then returns the run of that request, because the key is the same.
            Err(error) if error.is_unknown_list() => self.start(&request, &key).await,
            response => response,
        }
    }
}

#[cfg(test)]
mod tests;
