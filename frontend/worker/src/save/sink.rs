//! Where a file goes: to the place on disk that its reader chose, where the browser can write there;
//! else into parts of a blob, which the browser itself may put on disk.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File, FileSystemFileHandle, FileSystemWritableFileStream};

/// The file can't be written.
#[derive(Debug)]
pub(crate) struct Unwritable;

/// What takes a file's bytes.
pub(crate) trait Write {
    /// Takes the next bytes.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable>;
}

/// Where a file goes. One that is dropped before it is closed leaves nothing behind.
pub(crate) enum Sink {
    /// To disk.
    Disk(Disk),
    /// Into parts.
    Parts(Array),
}

/// A file on disk in the making. The browser writes it beside its place and moves it there when it
/// is closed.
pub(crate) struct Disk {
    handle: FileSystemFileHandle,
    stream: Option<FileSystemWritableFileStream>,
    /// Whether nothing was there before; the browser's dialog makes an empty file.
    was_empty: bool,
}

impl Sink {
    /// Opens the place of this handle; parts where it is none.
    pub(crate) async fn open(handle: &JsValue) -> Result<Self, Unwritable> {
        // Not by its class, which a browser without it lacks.
        if handle.is_undefined() || handle.is_null() {
            return Ok(Self::Parts(Array::new()));
        }
        let handle: FileSystemFileHandle = handle.clone().unchecked_into();
        let file = JsFuture::from(handle.get_file())
            .await
            .map_err(|_| Unwritable)?;
        let was_empty = file.unchecked_into::<File>().size() == 0.0;
        let stream = JsFuture::from(handle.create_writable())
            .await
            .map_err(|_| Unwritable)?;
        Ok(Self::Disk(Disk {
            handle,
            stream: Some(stream.unchecked_into()),
            was_empty,
        }))
    }

    /// Ends the file, which only now is there; its blob where it went into parts.
    pub(crate) async fn close(self) -> Result<Option<JsValue>, Unwritable> {
        match self {
            Self::Parts(parts) => {
                let whole = Blob::new_with_blob_sequence(&parts).map_err(|_| Unwritable)?;
                Ok(Some(whole.into()))
            }
            Self::Disk(mut disk) => {
                let Some(stream) = &disk.stream else {
                    return Err(Unwritable);
                };
                JsFuture::from(stream.close())
                    .await
                    .map_err(|_| Unwritable)?;
                disk.stream = None;
                Ok(None)
            }
        }
    }
}

impl Write for Sink {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable> {
        // A copy of the browser's own, since this memory may move while it is written.
        let bytes = Uint8Array::from(bytes);
        match self {
            Self::Parts(parts) => {
                // A blob for each, so that the bytes leave this worker's memory.
                let part = Blob::new_with_buffer_source_sequence(&Array::of1(&bytes));
                parts.push(&part.map_err(|_| Unwritable)?.into());
                Ok(())
            }
            Self::Disk(disk) => {
                let stream = disk.stream.as_ref().ok_or(Unwritable)?;
                let written = stream
                    .write_with_js_u8_array(&bytes)
                    .map_err(|_| Unwritable)?;
                JsFuture::from(written).await.map_err(|_| Unwritable)?;
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
        // What the dialog made goes too, where the browser can erase it.
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
