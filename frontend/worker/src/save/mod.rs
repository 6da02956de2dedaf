//! Making a file of a run's rows: page by page from the server, to disk where the browser can write
//! there, with the list's other columns where the list is here.

mod assemble;
mod gather;
mod join;
mod pages;
mod sink;

use std::time::Duration;

use contract::list::Source;
use wasm_bindgen::JsValue;

use crate::protocol::{Event, Save};
use crate::serve::pause;

use assemble::Assembler;
use gather::{Failure, gather};
use sink::Sink;

pub(crate) use join::{columns, join};

/// How long a server may be gone in the middle of a file.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes the file; its last event, and the file where it was written to no handle. Whoever lets go
/// of this leaves no half file.
pub(crate) async fn save(
    save: Save,
    source: Option<&Source>,
    handle: &JsValue,
    tell: &dyn Fn(Event),
) -> (Event, Option<JsValue>) {
    let Ok(mut sink) = Sink::open(handle).await else {
        return (Event::Unwritable, None);
    };
    let source = source.filter(|_| save.columns);
    let mut assembler = Assembler::new(save.format, source, !save.reveal).of_group(save.group);
    let first = pages::first(&save);
    let server = gather::Server {
        ask: pages::page,
        pause,
        patience: PATIENCE,
    };
    let gathered = gather(server, first, save.rows, &mut assembler, &mut sink, tell).await;
    let event = match gathered {
        Ok(()) => match sink.close().await {
            Ok(file) => {
                let rows = assembler.rows;
                return (Event::Saved { rows }, file);
            }
            Err(_) => Event::Unwritable,
        },
        Err(Failure::Server(trouble)) => Event::Trouble(trouble),
        Err(Failure::Unlike { row }) => Event::Unlike { row: Some(row) },
        Err(Failure::Unwritable) => Event::Unwritable,
    };
    (event, None)
}
