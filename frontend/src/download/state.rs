//! Files of runs' rows: made by the worker, one at a time, whichever page is shown meanwhile.

use export::Format;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, Url};
use worker::protocol::{Event, Request, Save, Trouble};

use crate::api::ApiError;
use crate::ui::boxed::{given, spawn};
use crate::ui::words;
use crate::worker_client;

/// Rows from which a file goes straight to disk, where the browser can: the reader is asked for its
/// place then. A shorter one goes where all downloads go, without a question.
const LONG: u64 = 20_000;
/// After so long the browser has surely taken a blob that was given to it.
const TAKEN: Duration = Duration::from_secs(60);

/// How a download is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// There is none.
    None,
    /// It goes on.
    Going {
        /// How far in the list it is.
        done: u64,
        /// The list's rows.
        total: u64,
        /// Why the server is waited for, if it is.
        waiting: Option<String>,
    },
    /// The file is whole, with so many rows.
    Done(u64),
    /// There is no file.
    Failed {
        /// What happened.
        title: String,
        /// What to do.
        advice: String,
    },
}

/// The download of the page: there is one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Downloads {
    /// How it is.
    pub(crate) stage: RwSignal<Stage>,
    /// The file's name.
    pub(crate) name: RwSignal<String>,
    call: StoredValue<Option<u32>>,
    /// Counts beginnings and ends, so that the last words of one are not taken for another's.
    turn: StoredValue<u32>,
}

impl Downloads {
    /// None yet. Made once, above all pages.
    pub(crate) fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::None),
            name: RwSignal::new(String::new()),
            call: StoredValue::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// The page's.
    pub(crate) fn of_page() -> Self {
        given()
    }

    /// Whether one goes on; tracked.
    pub(crate) fn is_going(self) -> bool {
        self.stage
            .with(|stage| matches!(stage, Stage::Going { .. }))
    }

    /// Begins one. To be called from a click: else no browser asks for the place of a file.
    pub(crate) fn begin(self, save: Save, name: String) {
        if self.is_going() {
            return;
        }
        let total = save.rows;
        let asked = (total >= LONG)
            .then(|| ask_for_place(&name, save.format))
            .flatten();
        spawn(async move {
            let handle = match asked {
                None => None,
                Some(place) => match JsFuture::from(place).await {
                    Ok(handle) => Some(handle),
                    // Whoever closes the browser's dialog wants no file.
                    Err(error) if is_abort(&error) => return,
                    Err(_) => None,
                },
            };
            // Not before there is a place: the name in view may be that of a file that is done.
            self.name.set(name);
            self.stage.set(Stage::Going {
                done: 0,
                total,
                waiting: None,
            });
            let turn = self.next_turn();
            let told = Box::new(move |event, attached: JsValue| {
                if self.turn.get_value() == turn {
                    self.take(event, &attached);
                }
            });
            let call = worker_client::ask(Request::Save(save), handle.as_ref(), told);
            self.call.set_value(Some(call));
        });
    }

    /// Lets go of the one that goes on; no half file stays.
    pub(crate) fn cancel(self) {
        if let Some(call) = self.call.get_value() {
            worker_client::tell(Request::Cancel { call });
        }
        self.dismiss();
    }

    /// Takes its news out of view.
    pub(crate) fn dismiss(self) {
        self.next_turn();
        self.call.set_value(None);
        self.stage.set(Stage::None);
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    fn take(self, event: Event, attached: &JsValue) {
        let stage = match event {
            Event::Progress { done, total } => Stage::Going {
                done,
                total,
                waiting: None,
            },
            Event::Waiting(trouble) => match self.stage.get_untracked() {
                Stage::Going { done, total, .. } => Stage::Going {
                    done,
                    total,
                    waiting: Some(why_waiting(trouble)),
                },
                stage => stage,
            },
            Event::Saved { rows } => {
                if let Some(blob) = attached.dyn_ref::<Blob>() {
                    give(blob, &self.name.get_untracked());
                }
                Stage::Done(rows)
            }
            Event::Trouble(trouble) => without_file(trouble.into()),
            // Nobody lets go of it here, so what it lacked is a sign-in.
            Event::Dropped => without_file(ApiError::Unreadable { status: 401 }),
            Event::Unlike { row } => {
                let place = row.map_or_else(String::new, |row| {
                    format!("Row {} differs. ", words::group_digits(row + 1))
                });
                failed(
                    "The list isn't this run's".to_owned(),
                    format!("{place}There is no file: download it without the other columns."),
                )
            }
            Event::Gone => failed(
                "The list is no longer here".to_owned(),
                "There is no file: download it again, and choose the list's file or leave its columns out."
                    .to_owned(),
            ),
            Event::Unwritable => failed(
                "The file can't be written".to_owned(),
                "The disk may be full, or the browser may not write there. Choose another place."
                    .to_owned(),
            ),
            _ => failed(
                "The download broke off".to_owned(),
                "The browser ended it, perhaps for lack of memory. There is no file; download it again."
                    .to_owned(),
            ),
        };
        self.stage.set(stage);
    }
}

/// Why a server is waited for. What a proxy says instead of it is no answer of the server's.
fn why_waiting(trouble: Trouble) -> String {
    let error = match trouble {
        Trouble::Refused(problem) => ApiError::Refused(problem),
        _ => ApiError::Unreachable,
    };
    error.title()
}

fn without_file(error: ApiError) -> Stage {
    failed(
        error.title(),
        format!("{} There is no file.", error.advice()),
    )
}

fn failed(title: String, advice: String) -> Stage {
    Stage::Failed { title, advice }
}

/// The browser's dialog for the place of a file, where it has one that lets the page write there.
fn ask_for_place(name: &str, format: Format) -> Option<Promise> {
    let window = window();
    let ask: Function = Reflect::get(&window, &"showSaveFilePicker".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let ending = format!(".{}", format.name());
    let accept = object(&[(format.media_type(), &Array::of1(&ending.into()))]);
    let types = Array::of1(&object(&[("accept", &accept)]));
    let options = object(&[("suggestedName", &name.into()), ("types", &types)]);
    ask.call1(&window, &options).ok()?.dyn_into().ok()
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object takes every field.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn is_abort(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|name| name == "AbortError")
}

/// Gives a file to the browser as a download.
fn give(blob: &Blob, name: &str) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&address);
        },
        TAKEN,
    );
}
