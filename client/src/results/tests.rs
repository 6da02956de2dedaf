use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::*;
use crate::script::{RETRY, Reply, Script, id, json, refused};

fn row(row: u64) -> ResultRow {
    ResultRow {
        row,
        line: row + 1,
        ssn: None,
        outcome: Outcome::NotFound,
        status_code: Some(404),
        body: None,
        error: None,
        warning: None,
        duration_ms: None,
        attempts: 1,
    }
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// Responds as a server with this many rows that returns at most `page_rows` rows per page.
fn serve(request: &Request, rows: u64, page_rows: u64) -> Result<crate::Response, ClientError> {
    let number = |name| parameter(request, name).map(|text| text.parse::<u64>().unwrap());
    let first = number("cursor").or(number("first")).unwrap_or(0);
    let count = number("count").unwrap();
    let until = rows.min(first + count.min(page_rows));
    json(&ResultsPage {
        rows: (first..until).map(row).collect(),
        next: (until < rows).then(|| until.to_string()),
    })
}

fn all(script: &Script, rows: u64) -> Result<Vec<u64>, ClientError> {
    let (client, run) = (script.client(RETRY), id('r'));
    let pages = client.all_results(&run, rows, false);
    let pages: Vec<Vec<ResultRow>> = script.run(pages.try_collect())?;
    Ok(pages.into_iter().flatten().map(|row| row.row).collect())
}

#[test]
fn pages_are_yielded_in_order_whichever_arrives_first() {
    let script = Script::new(|request| Reply {
        after: match parameter(request, "first").as_deref() {
            Some("0" | "2000") => Duration::from_secs(2),
            _ => Duration::from_secs(1),
        },
        result: serve(request, 3_500, 1_000),
    });
    assert_eq!(all(&script, 3_500).unwrap(), (0..3_500).collect::<Vec<_>>());
    let queries = script.take_sent();
    assert_eq!(queries.len(), 4);
    assert!(queries[3].ends_with("results?count=500&first=3000"));
}

#[test]
fn the_next_page_is_requested_before_the_caller_needs_it() {
    let script = Script::new(|request| Reply {
        after: Duration::from_secs(1),
        result: serve(request, 3_000, 1_000),
    });
    let (client, run) = (script.client(RETRY), id('r'));
    let mut pages = std::pin::pin!(client.all_results(&run, 3_000, false));
    script.run(pages.next()).unwrap().unwrap();
    assert_eq!(script.take_times().len(), PAGES_IN_FLIGHT);
}

#[test]
fn a_short_page_is_completed_by_its_cursor() {
    let script = Script::new(|request| serve(request, 2_100, 700).into());
    assert_eq!(all(&script, 2_100).unwrap(), (0..2_100).collect::<Vec<_>>());
    // No row is requested twice.
    let queries = script.take_sent();
    assert!(
        queries
            .iter()
            .any(|query| query.ends_with("?count=300&cursor=700"))
    );
    assert_eq!(queries.len(), 5);
}

#[test]
fn missing_rows_are_an_error() {
    let script = Script::new(|request| serve(request, 1_500, 1_000).into());
    let missing = ClientError::RowsMissing {
        received: 1_500,
        expected: 1_600,
    };
    assert_eq!(all(&script, 1_600), Err(missing));
}

#[test]
fn pages_before_an_error_are_yielded() {
    let script = Script::new(|request| match parameter(request, "first").as_deref() {
        Some("2000") => refused(404, "unknown-execution").into(),
        _ => serve(request, 5_000, 1_000).into(),
    });
    let (client, run) = (script.client(RETRY), id('r'));
    let pages = client.all_results(&run, 5_000, false);
    let pages: Vec<_> = script.run(pages.take(3).collect());
    assert!(pages[0].is_ok() && pages[1].is_ok());
    assert!(pages[2].as_ref().is_err_and(ClientError::is_not_found));
}

#[test]
fn a_page_whose_response_was_lost_is_requested_again() {
    let calls = Rc::new(Cell::new(0));
    let script = Script::new(move |request| {
        calls.set(calls.get() + 1);
        match calls.get() % 2 {
            1 => crate::script::lost().into(),
            _ => serve(request, 2_500, 1_000).into(),
        }
    });
    assert_eq!(all(&script, 2_500).unwrap(), (0..2_500).collect::<Vec<_>>());
}

#[test]
fn filtered_results_follow_the_cursors() {
    let script = Script::new(|request| serve(request, 2_500, 1_000).into());
    let (client, run) = (script.client(RETRY), id('r'));
    let filter = ResultsFilter {
        outcome: Some(Outcome::Failed),
        error: Some(ErrorKind::TimedOut),
        ..Default::default()
    };
    let pages = client.filtered_results(&run, filter, true);
    let pages: Vec<Vec<ResultRow>> = script.run(pages.try_collect()).unwrap();
    assert_eq!(pages.concat().len(), 2_500);
    let query =
        |rest: &str| format!("GET /api/executions/{run}/results?count=1000{rest}&reveal=true");
    assert_eq!(
        script.take_sent(),
        [
            query("&outcome=FAILED&error=TIMED_OUT"),
            query("&cursor=1000"),
            query("&cursor=2000"),
        ]
    );
}
