//! Making a file of a run's rows: page by page from the server, to disk where the browser can write
//! there, with the list's other columns where the list is here.

mod assemble;
mod gather;
mod join;
mod pages;
mod sink;

use std::time::Duration;

use contract::list::Source;
use contract::wire::Problem;
use wasm_bindgen::JsValue;

use crate::protocol::{Event, Save, Trouble};
use crate::serve::pause;

use assemble::Assembler;
use gather::{Failure, Wanted, gather};
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
    // Opened first: a sink that is let go of takes the empty file of the browser's dialog with it.
    let Ok(mut sink) = Sink::open(handle).await else {
        return (Event::Unwritable, None);
    };
    let source = source.filter(|_| save.columns);
    if save.columns && source.is_none() {
        return (Event::Gone, None);
    }
    let mut assembler = Assembler::new(save.format, source, !save.reveal).of_group(save.group);
    let wanted = Wanted {
        first: pages::first(&save),
        rows: save.rows,
        all: save.filter.is_empty() && save.group.is_none(),
    };
    let server = gather::Server {
        ask: pages::page,
        pause,
        patience: PATIENCE,
    };
    let gathered = gather(server, wanted, &mut assembler, &mut sink, tell).await;
    let event = match gathered {
        Ok(()) => match sink.close().await {
            Ok(file) => {
                let rows = assembler.rows;
                return (Event::Saved { rows }, file);
            }
            Err(_) => Event::Unwritable,
        },
        Err(Failure::Server(trouble)) => Event::Trouble(trouble),
        Err(Failure::NotWhole { came }) => not_whole(came, save.rows),
        Err(Failure::Unlike { row }) => Event::Unlike { row: Some(row) },
        Err(Failure::Unwritable) => Event::Unwritable,
    };
    (event, None)
}

/// Told as a refusal, in words of its own: the page shows them as it shows the server's.
fn not_whole(came: u64, rows: u64) -> Event {
    Event::Trouble(Trouble::Refused(Problem {
        kind: "about:blank".to_owned(),
        title: "The file would not be whole".to_owned(),
        status: 200,
        detail: Some(format!(
            "{came} of the run's {rows} rows came. A proxy on the way may drop the header Link, which \
             says where the rows go on: whoever runs it must let it pass."
        )),
    }))
}
