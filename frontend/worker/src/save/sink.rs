//! The destination of a file.
//!
//! A file on disk that people chose, if the browser can write it; else the parts of a blob, which the
//! browser may keep on disk.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File, FileSystemFileHandle, FileSystemWritableFileStream};

/// The file can't be written.
#[derive(Debug)]
pub(crate) struct WriteError;

/// Receives a file's bytes.
pub(crate) trait Write {
    /// Writes the next bytes.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError>;
}

/// The destination of a file. If it is dropped before it is closed, no file is left.
pub(crate) enum Sink {
    /// A file on disk.
    Disk(Disk),
    /// The parts of a blob.
    Parts(Array),
}

/// A file being written on disk. The browser writes a temporary file, which replaces the chosen one
/// when it is closed.
pub(crate) struct Disk {
    handle: FileSystemFileHandle,
    stream: Option<FileSystemWritableFileStream>,
    /// Whether the chosen file was empty; the browser's dialog makes a new file empty.
    was_empty: bool,
}

impl Sink {
    /// Opens the file of this handle, or begins a blob if the handle is undefined.
    pub(crate) async fn open(handle: &JsValue) -> Result<Self, WriteError> {
        // The handle's class isn't checked: some browsers lack it.
        if handle.is_undefined() || handle.is_null() {
            return Ok(Self::Parts(Array::new()));
        }
        let handle: FileSystemFileHandle = handle.clone().unchecked_into();
        let file = JsFuture::from(handle.get_file())
            .await
            .map_err(|_| WriteError)?;
        let was_empty = file.unchecked_into::<File>().size() == 0.0;
        let stream = JsFuture::from(handle.create_writable())
            .await
            .map_err(|_| WriteError)?;
        Ok(Self::Disk(Disk {
            handle,
            stream: Some(stream.unchecked_into()),
            was_empty,
        }))
    }

    /// Completes the file on disk, or returns the blob.
    pub(crate) async fn close(self) -> Result<Option<JsValue>, WriteError> {
        match self {
            Self::Parts(parts) => {
                let whole = Blob::new_with_blob_sequence(&parts).map_err(|_| WriteError)?;
                Ok(Some(whole.into()))
            }
            Self::Disk(mut disk) => {
                let Some(stream) = &disk.stream else {
                    return Err(WriteError);
                };
                JsFuture::from(stream.close())
                    .await
                    .map_err(|_| WriteError)?;
                disk.stream = None;
                Ok(None)
            }
        }
    }
}

impl Write for Sink {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        // The browser needs its own copy: this memory may move during the write.
        let bytes = Uint8Array::from(bytes);
        match self {
            Self::Parts(parts) => {
                // A blob for each part, so that the bytes leave the worker's memory.
                let part = Blob::new_with_buffer_source_sequence(&Array::of1(&bytes));
                parts.push(&part.map_err(|_| WriteError)?.into());
                Ok(())
            }
            Self::Disk(disk) => {
                let stream = disk.stream.as_ref().ok_or(WriteError)?;
                let written = stream
                    .write_with_js_u8_array(&bytes)
                    .map_err(|_| WriteError)?;
                JsFuture::from(written).await.map_err(|_| WriteError)?;
                Ok(())
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take() else {
            return;
        };
        let aborted = JsFuture::from(stream.abort());
        // Also erase the empty file that the dialog made, if the browser can.
        let erase = Reflect::get(&self.handle, &"remove".into())
            .ok()
            .filter(|_| self.was_empty)
            .and_then(|remove| remove.dyn_into::<Function>().ok());
        let handle = self.handle.clone();
        spawn_local(async move {
            let _ = aborted.await;
            if let Some(Ok(erased)) = erase.map(|erase| erase.call0(&handle)) {
                let _ = JsFuture::from(js_sys::Promise::resolve(&erased)).await;
            }
        });
    }
}
