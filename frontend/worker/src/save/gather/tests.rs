use std::cell::{Cell, RefCell};

use contract::wire::Problem;
use futures::FutureExt;
use futures::future::pending;

use super::*;
use crate::protocol::Format;

const PATIENCE: Duration = Duration::from_secs(120);

/// What was written, in the pieces in which it came.
#[derive(Default)]
struct Pieces(Vec<Vec<u8>>);

impl Write for Pieces {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.0.push(bytes.to_vec());
        Ok(())
    }
}

struct Full;

impl Write for Full {
    async fn write(&mut self, _: &[u8]) -> Result<(), Unwritable> {
        Err(Unwritable)
    }
}

/// A run of ten pages, each at its number; the pauses of a server that fails cost no time.
fn page(address: &str, body: &str) -> Page {
    let number: u64 = address.parse().unwrap();
    Page {
        rows: format!("{{\"row\":{number},\"ssn\":null,\"body\":\"{body}\"}}\n"),
        next: (number < 9).then(|| (number + 1).to_string()),
    }
}

/// Only the pause after which it is given up lasts.
async fn short(pause: Duration) {
    if pause == PATIENCE {
        pending::<()>().await;
    }
}

fn gathered(
    ask: impl AsyncFn(&str) -> Result<Page, Trouble>,
    pause: impl AsyncFn(Duration),
    sink: &mut impl Write,
    told: &RefCell<Vec<Event>>,
) -> Result<(), Failure> {
    let server = Server {
        ask,
        pause,
        patience: PATIENCE,
    };
    let mut assembler = Assembler::new(Format::Ndjson, None, true);
    let tell = |event| told.borrow_mut().push(event);
    let wanted = Wanted {
        first: "0".into(),
        rows: 10,
        all: true,
    };
    let gathering = gather(server, wanted, &mut assembler, sink, &tell);
    gathering.now_or_never().expect("nothing lasts")
}

#[test]
fn pages_come_in_order_and_progress_ends_at_the_end() {
    let asked = RefCell::new(Vec::new());
    let told = RefCell::default();
    let mut pieces = Pieces::default();
    let ask = async |address: &str| {
        asked.borrow_mut().push(address.to_owned());
        Ok(page(address, "x"))
    };
    gathered(ask, short, &mut pieces, &told).unwrap();
    let expected: String = (0..10).map(|n| page(&n.to_string(), "x").rows).collect();
    // Small pages are written together.
    assert_eq!(pieces.0.len(), 1);
    assert_eq!(String::from_utf8(pieces.0.concat()).unwrap(), expected);
    assert_eq!(asked.borrow().len(), 10);
    let done: Vec<u64> = told
        .borrow()
        .iter()
        .map(|event| match event {
            Event::Progress { done, total: 10 } => *done,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(done, (0..=10).collect::<Vec<_>>());
}

/// How many pages were asked for when each piece was written.
struct Ahead<'a>(&'a Cell<usize>, Vec<(usize, usize)>);

impl Write for Ahead<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.1.push((self.0.get(), bytes.len()));
        Ok(())
    }
}

#[test]
fn long_pages_are_written_as_they_come_while_the_next_is_asked_for() {
    let body = "x".repeat(CHUNK / 2);
    let asked = Cell::new(0);
    let mut pieces = Ahead(&asked, Vec::new());
    let ask = async |address: &str| {
        asked.set(asked.get() + 1);
        Ok(page(address, &body))
    };
    gathered(ask, short, &mut pieces, &RefCell::default()).unwrap();
    let Ahead(_, pieces) = pieces;
    // Two pages fill a piece; the one behind them is on its way by then.
    let ahead: Vec<usize> = pieces.iter().map(|(asked, _)| *asked).collect();
    assert_eq!(ahead, [3, 5, 7, 9, 10, 10]);
    assert!(pieces.iter().all(|(_, bytes)| *bytes < 2 * CHUNK));
}

#[test]
fn a_server_that_is_gone_is_waited_for_and_no_row_is_lost_or_twice() {
    let failures = Cell::new(0);
    let told = RefCell::default();
    let mut pieces = Pieces::default();
    let ask = async |address: &str| {
        failures.set(failures.get() + 1);
        match failures.get() % 3 {
            0 => Ok(page(address, "x")),
            _ => Err(Trouble::Unreachable),
        }
    };
    gathered(ask, short, &mut pieces, &told).unwrap();
    let expected: String = (0..10).map(|n| page(&n.to_string(), "x").rows).collect();
    assert_eq!(String::from_utf8(pieces.0.concat()).unwrap(), expected);
    let waited = Event::Waiting(Trouble::Unreachable);
    let waits = told
        .borrow()
        .iter()
        .filter(|event| **event == waited)
        .count();
    assert_eq!(waits, 20);
}

#[test]
fn a_server_that_stays_away_is_given_up() {
    let ask = async |address: &str| match address {
        "3" => Err(Trouble::Unreachable),
        address => Ok(page(address, "x")),
    };
    // The pause between two tries lasts, the one after which it is given up is over.
    let pause = async |pause: Duration| {
        if pause != PATIENCE {
            pending::<()>().await;
        }
    };
    let answer = gathered(ask, pause, &mut Pieces::default(), &RefCell::default());
    assert_eq!(answer, Err(Failure::Server(Trouble::Unreachable)));
}

#[test]
fn who_was_signed_out_meanwhile_is_told_so_when_it_is_given_up() {
    let signed_out = Trouble::Refused(Problem {
        kind: "/problems/unauthorized".into(),
        title: "Unauthorized".into(),
        status: 401,
        detail: None,
    });
    let ask = async |_: &str| Err(signed_out.clone());
    let pause = async |pause: Duration| {
        if pause != PATIENCE {
            pending::<()>().await;
        }
    };
    let answer = gathered(ask, pause, &mut Pieces::default(), &RefCell::default());
    assert_eq!(answer, Err(Failure::Server(signed_out)));
}

#[test]
fn a_file_of_all_rows_that_lacks_some_is_none() {
    let ask = async |address: &str| {
        let mut page = page(address, "x");
        page.next = page.next.filter(|next| next != "4");
        Ok(page)
    };
    let mut pieces = Pieces::default();
    let answer = gathered(ask, short, &mut pieces, &RefCell::default());
    assert_eq!(answer, Err(Failure::NotWhole { came: 4 }));
    assert!(pieces.0.is_empty());
}

#[test]
fn what_another_try_would_not_change_ends_it() {
    let refused = Trouble::Unreadable { status: 404 };
    let ask = async |_: &str| Err(refused.clone());
    let answer = gathered(ask, short, &mut Pieces::default(), &RefCell::default());
    assert_eq!(answer, Err(Failure::Server(refused.clone())));
    let ask = async |_: &str| {
        Ok(Page {
            rows: "nonsense\n".into(),
            next: None,
        })
    };
    let answer = gathered(ask, short, &mut Pieces::default(), &RefCell::default());
    assert_eq!(
        answer,
        Err(Failure::Server(Trouble::Unreadable { status: 200 }))
    );
    let ask = async |address: &str| Ok(page(address, "x"));
    let answer = gathered(ask, short, &mut Full, &RefCell::default());
    assert_eq!(answer, Err(Failure::Unwritable));
}
