//! The download in progress. The worker makes the file, whichever page is shown meanwhile.

use std::time::Duration;

use client::ClientError;
use export::Format;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, Url};
use worker::protocol::{Event, Request, SaveOptions};

use crate::api::{SIGN_IN_ENDED, advice, title, unreachable};
use crate::ui::boxed::spawn;
use crate::ui::words;
use crate::worker_client::WorkerClient;

/// The number of rows from which people choose the file's place in a dialog.
///
/// The worker then writes the file there, if the browser supports that. A shorter file goes to the
/// browser's download folder.
const LONG: u64 = 20_000;

/// How long a blob's URL stays valid, so that the browser can copy the blob.
const BLOB_LIFETIME: Duration = Duration::from_secs(60);

/// The state of a download.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// There is no download.
    None,
    /// It is in progress.
    Running {
        /// Rows written.
        done: u64,
        /// Rows of the run.
        total: u64,
        /// Why the last request failed, while it is retried.
        retrying: Option<String>,
    },
    /// The file is complete, with this many rows.
    Done(u64),
    /// There is no file.
    Failed {
        /// What happened.
        title: String,
        /// What to do.
        advice: String,
    },
}

/// The page's download; there is one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Downloads {
    /// Its state.
    pub(crate) stage: RwSignal<Stage>,
    /// The file's name.
    pub(crate) name: RwSignal<String>,
    worker: WorkerClient,
    call: StoredValue<Option<u32>>,
    /// Counts downloads and dismissals, so that late events of an earlier download are ignored.
    generation: StoredValue<u32>,
}

impl Downloads {
    /// No download yet.
    pub(crate) fn new(worker: WorkerClient) -> Self {
        Self {
            stage: RwSignal::new(Stage::None),
            name: RwSignal::new(String::new()),
            worker,
            call: StoredValue::new(None),
            generation: StoredValue::new(0),
        }
    }

    /// Whether a download is in progress; tracked.
    pub(crate) fn is_running(self) -> bool {
        self.stage
            .with(|stage| matches!(stage, Stage::Running { .. }))
    }

    /// Starts a download. Must be called from a click: otherwise browsers open no file dialog.
    pub(crate) fn start(self, save: SaveOptions, name: String) {
        if self.is_running() {
            return;
        }
        let total = save.rows;
        let dialog = (total >= LONG)
            .then(|| open_file_dialog(&name, save.format))
            .flatten();
        spawn(async move {
            let handle = match dialog {
                None => None,
                Some(dialog) => match JsFuture::from(dialog).await {
                    Ok(handle) => Some(handle),
                    // People cancelled the dialog, so they want no file.
                    Err(error) if is_abort(&error) => return,
                    Err(_) => None,
                },
            };
            // Set after the dialog, since the last download's name and stage are shown until then.
            self.name.set(name);
            self.stage.set(Stage::Running {
                done: 0,
                total,
                retrying: None,
            });
            let generation = self.next_generation();
            let on_event = Box::new(move |event, attachment: JsValue| {
                if self.generation.get_value() == generation {
                    self.on_event(event, &attachment);
                }
            });
            let request = Request::Save(save);
            let call = self.worker.call(request, handle.as_ref(), on_event);
            self.call.set_value(Some(call));
        });
    }

    /// Cancels the download. The worker deletes what it wrote of the file.
    pub(crate) fn cancel(self) {
        if let Some(call) = self.call.get_value() {
            self.worker.notify(Request::Cancel { call });
        }
        self.dismiss();
    }

    /// Hides the result of the last download.
    pub(crate) fn dismiss(self) {
        self.next_generation();
        self.call.set_value(None);
        self.stage.set(Stage::None);
    }

    fn next_generation(self) -> u32 {
        self.generation.update_value(|generation| *generation += 1);
        self.generation.get_value()
    }

    fn on_event(self, event: Event, attachment: &JsValue) {
        let stage = match event {
            Event::Progress { done, total } => Stage::Running {
                done,
                total,
                retrying: None,
            },
            Event::Retrying(error) => match self.stage.get_untracked() {
                Stage::Running { done, total, .. } => Stage::Running {
                    done,
                    total,
                    retrying: Some(retry_reason(&error)),
                },
                stage => stage,
            },
            Event::Saved { rows } => {
                if let Some(blob) = attachment.dyn_ref::<Blob>() {
                    download(blob, &self.name.get_untracked());
                }
                Stage::Done(rows)
            }
            Event::Failed(error) => request_failed(&error),
            // Not from a cancel, which begins a new generation: the sign-in is over.
            Event::Dropped => request_failed(&SIGN_IN_ENDED),
            Event::ListMismatch { line } => {
                let place = line.map_or_else(String::new, |line| {
                    format!("Line {} differs. ", words::group_digits(line))
                });
                failed(
                    "The list isn't this run's".to_owned(),
                    format!("{place}No file was written: download it without the other columns."),
                )
            }
            Event::NoSuchList => failed(
                "This page no longer has the list".to_owned(),
                "No file was written: download it again, and choose the list's file or leave out its columns."
                    .to_owned(),
            ),
            Event::Unwritable => failed(
                "The file can't be written".to_owned(),
                "The disk may be full, or the browser may not write there. Choose another place."
                    .to_owned(),
            ),
            _ => failed(
                "The download failed".to_owned(),
                "The browser stopped it, perhaps for lack of memory. No file was written: download it again."
                    .to_owned(),
            ),
        };
        self.stage.set(stage);
    }
}

fn retry_reason(error: &ClientError) -> String {
    match error {
        ClientError::Refused(_) => title(error),
        // A gateway's error page means that the server can't be reached.
        _ => title(&unreachable()),
    }
}

fn request_failed(error: &ClientError) -> Stage {
    failed(
        title(error),
        format!("{} No file was written.", advice(error)),
    )
}

fn failed(title: String, advice: String) -> Stage {
    Stage::Failed { title, advice }
}

/// Opens the browser's dialog for the place of a file; none if the browser doesn't have it.
fn open_file_dialog(name: &str, format: Format) -> Option<Promise> {
    let window = window();
    let open: Function = Reflect::get(&window, &"showSaveFilePicker".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let extension = format!(".{}", format.name());
    let accept = object(&[(format.media_type(), &Array::of1(&extension.into()))]);
    let types = Array::of1(&object(&[("accept", &accept)]));
    let options = object(&[("suggestedName", &name.into()), ("types", &types)]);
    open.call1(&window, &options).ok()?.dyn_into().ok()
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object can't fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn is_abort(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "AbortError")
}

/// Saves a blob to the browser's download folder.
fn download(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        BLOB_LIFETIME,
    );
}
