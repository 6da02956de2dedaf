//! Starting a run: small lists in one request, large ones in parts.

use std::cell::RefCell;
use std::rc::Rc;

use client::{ClientError, StartState};
use contract::wire::{Execution, Limits, StartRequest};
use lists::Source;

use crate::browser::random_key;
use crate::lists::{HeldList, Lists};
use crate::protocol::Event;
use crate::transport::start_client;

/// The largest part of an upload in bytes, even if the server accepts larger ones.
///
/// Small parts show progress, and can be sent again over a bad connection.
const PART_BYTES: usize = 500_000;

/// The last start. If it failed and is repeated, only one run starts.
pub(crate) struct LastStart {
    /// The list, its options and the request as one text, to recognize a repeated start.
    identity: String,
    state: Rc<StartState>,
}

/// Starts a run of the current list, and keeps the list for the run.
pub(crate) async fn start(
    lists: &RefCell<Lists>,
    last_start: &RefCell<Option<LastStart>>,
    list: u32,
    request: StartRequest,
    limits: Limits,
    report: &dyn Fn(Event),
) -> Event {
    let held = lists.borrow().held(list);
    let Some((held, source)) = held
        .as_ref()
        .and_then(|held| Some((held, held.source.as_ref()?)))
    else {
        return Event::NoSuchList;
    };
    let state = state(last_start, held, &request);
    match send(held, source, request, limits, &state, report).await {
        Ok(execution) => {
            let id = String::from(execution.id);
            lists.borrow_mut().keep_for_run(&id, Rc::clone(held));
            // The next start of this list is a new run.
            last_start.replace(None);
            Event::Started { id }
        }
        Err(error) => Event::Failed(error),
    }
}

/// The state of the last start if this is the same one, else a new state.
fn state(
    last_start: &RefCell<Option<LastStart>>,
    held: &HeldList,
    request: &StartRequest,
) -> Rc<StartState> {
    let request = serde_json::to_string(request).unwrap_or_default();
    let identity = format!("{} {:?} {request}", held.id, held.options);
    let mut last = last_start.borrow_mut();
    match &*last {
        Some(last) if last.identity == identity => Rc::clone(&last.state),
        _ => {
            let state = Rc::new(StartState::new(random_key()));
            *last = Some(LastStart {
                identity,
                state: Rc::clone(&state),
            });
            state
        }
    }
}

/// Sends the list and starts its run.
async fn send(
    held: &HeldList,
    source: &Source,
    mut request: StartRequest,
    limits: Limits,
    state: &StartState,
    report: &dyn Fn(Event),
) -> Result<Execution, ClientError> {
    let client = start_client(report);
    let (list, options) = (&source.list, held.options.read_options());
    if list.rows.len() <= limits.ssn_list as usize {
        request.ssn_list = Some(list.values());
        request.lines = list.lines.unless_sequential();
        request.validation = Some(options.validation);
        request.restore_leading_zeros = Some(options.restore_leading_zeros);
        return client.start(&request, &state.key()).await;
    }
    let part_bytes = PART_BYTES.min(limits.part_bytes as usize);
    let total = list.rows.len() as u64;
    let sent = |done| report(Event::Progress { done, total });
    let upload = async || client.upload(list, options, part_bytes, sent).await;
    client.start_uploaded(state, &request, upload).await
}
