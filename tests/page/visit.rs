//! A visit to the page: actions and checks.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, timeout};

use crate::browser::Browser;
use crate::site::Site;
use crate::support::app::EngineKind;
use crate::support::upstream::Upstream;
use crate::support::wait::LIMIT;

/// All that the browser stores of a page: storage, addresses, loaded files, the document.
const BROWSER_DATA: &str = "Promise.all([
    indexedDB.databases(),
    caches.keys(),
]).then(names => JSON.stringify([
    names,
    {...localStorage},
    {...sessionStorage},
    document.cookie,
    location.href,
    history.state,
    performance.getEntries().map(entry => entry.name),
    document.title,
    document.documentElement.outerHTML,
    [...document.querySelectorAll('input, textarea')].map(field => field.value),
]))";

/// All that the browser stores of a page: storage, addresses, loaded files, the document.
pub async fn browser_data(browser: &Browser) -> String {
    let data = browser.evaluate(BROWSER_DATA).await;
    let data = data.as_str().unwrap();
    assert!(data.contains("<html"), "the document isn't in it");
    data.to_owned()
}

/// A browser with access to the page.
pub struct Visit {
    pub browser: Browser,
    pub site: Site,
}

/// A row of the table: the text of each column.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Row {
    pub place: String,
    pub number: String,
    pub outcome: String,
    pub status: String,
    pub time: String,
    pub answer: String,
}

impl Visit {
    /// Opens the page over an API with this engine and upstream.
    pub async fn new(kind: EngineKind, upstream: &Upstream) -> Self {
        let (browser, site) = tokio::join!(Browser::open(), Site::new(kind, upstream));
        browser.goto(&site.printed()).await;
        let visit = Self { browser, site };
        visit
            .browser
            .wait_for_text("heading", "Look up Social Security Numbers")
            .await;
        visit
    }

    /// Starts the list, and returns the run's id from the address.
    pub async fn start(&self) -> String {
        self.browser.click("start").await;
        let id = self
            .browser
            .wait_for("location.pathname.match(/^\\/executions\\/([0-9a-z]{26})$/)?.[1]")
            .await;
        id.as_str().unwrap().to_owned()
    }

    /// Types a list and starts it; returns the run's id.
    pub async fn start_typed(&self, lines: &[impl AsRef<str>]) -> String {
        let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
        self.browser.type_in("numbers", &lines.join("\n")).await;
        self.start().await
    }

    /// Waits until the run has this status.
    pub async fn wait_for_status(&self, status: &str) {
        self.browser.wait_for_text("status", status).await;
    }

    /// Waits until this count of an outcome, such as `not-found`, is shown.
    pub async fn wait_for_count(&self, outcome: &str, number: &str) {
        self.browser
            .wait_for_text(&format!("count-{outcome}"), number)
            .await;
    }

    /// The rows in the document, once all of them are loaded.
    pub async fn rows(&self) -> Vec<Row> {
        let rows = self
            .browser
            .wait_for(
                "(() => {
                    const rows = [...document.querySelectorAll('[data-testid=row]')];
                    if (!rows.length || rows.some(row => row.children.length < 6)) return false;
                    return rows.map(row => {
                        const [place, number, outcome, status, time, answer] =
                            [...row.children].map(cell => cell.textContent.trim());
                        return {place, number, outcome, status, time, answer};
                    });
                })()",
            )
            .await;
        serde_json::from_value(rows).unwrap()
    }

    /// Waits until the rows in the document meet the condition.
    pub async fn wait_for_rows(&self, is_met: impl Fn(&[Row]) -> bool) -> Vec<Row> {
        let mut polls = tokio::time::interval(Duration::from_millis(50));
        polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let waited = timeout(LIMIT, async {
            loop {
                polls.tick().await;
                let rows = self.rows().await;
                if is_met(&rows) {
                    return rows;
                }
            }
        });
        match waited.await {
            Ok(rows) => rows,
            Err(_) => panic!("timed out; the rows are {:#?}", self.rows().await),
        }
    }

    /// Checks that nothing of a list was sent.
    ///
    /// The page requested only the settings, there is no run, and the upstream had no request.
    pub async fn check_nothing_sent(&self, upstream: &Upstream) {
        // A call is listed once its response has arrived.
        let calls = self
            .browser
            .wait_for(
                "(calls => calls.length > 0 && calls)
                (performance.getEntriesByType('resource')
                    .map(entry => new URL(entry.name).pathname)
                    .filter(path => path.startsWith('/api')))",
            )
            .await;
        assert_eq!(calls, json!(["/api/settings"]));
        let runs = self.site.app.get("/api/executions").await.expect(200);
        assert_eq!(runs["executions"], json!([]));
        assert_eq!(upstream.request_count(), 0);
    }

    /// Checks that none of these numbers, in any format, is in what the browser stores.
    pub async fn check_no_number(&self, numbers: &[impl AsRef<str>]) {
        let data = browser_data(&self.browser).await;
        for digits in numbers {
            let digits: String = digits
                .as_ref()
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            let (area, rest) = digits.split_at(3);
            let (group, serial) = rest.split_at(2);
            for separator in ["", "-", " "] {
                let number = [area, group, serial].join(separator);
                assert!(!data.contains(&number), "the page stores a number");
            }
        }
    }

    /// Takes a screenshot with the engine in its name.
    pub async fn screenshot(&self, name: &str) {
        let engine = match self.site.app.kind {
            EngineKind::StepFunctions => "step-functions",
            EngineKind::Disk | EngineKind::Memory => "embedded",
        };
        self.browser.screenshot(&format!("{name}-{engine}")).await;
    }

    /// Ends the visit; see [`Browser::close`].
    pub async fn close(self) {
        self.browser.close().await;
    }
}

/// The page's row for a row of the API; `answer` is the text of its last column.
pub fn expected_row(row: &Value, answer: &str) -> Row {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let outcome = match row["outcome"].as_str().unwrap() {
        "SUCCEEDED" => "Succeeded",
        "NOT_FOUND" => "Not found",
        "FAILED" => "Failed",
        "NOT_TRIED" => "Not tried",
        "PENDING" => "Pending",
        "INVALID" => "Invalid",
        other => panic!("an outcome called {other}"),
    };
    let number = match &row["ssn"] {
        Value::String(ssn) => {
            assert!(ssn.starts_with("***-**-"), "a number isn't masked");
            ssn.replace('*', "•")
        }
        _ => "—".to_owned(),
    };
    Row {
        place: row["line"].to_string(),
        number,
        outcome: outcome.to_owned(),
        status: text(&row["statusCode"]),
        time: match row["durationMs"].as_u64() {
            None => String::new(),
            Some(ms) if ms < 1_000 => format!("{ms} ms"),
            Some(ms) => match ms / 100 % 10 {
                0 => format!("{} s", ms / 1_000),
                tenth => format!("{}.{tenth} s", ms / 1_000),
            },
        },
        answer: answer.to_owned(),
    }
}
