//! Downloaded files and their rows.

use std::path::Path;

use serde_json::{Map, Value};

use crate::support::wait::wait_for;
use crate::visit::Visit;

/// Makes the page keep the size of the next file that it passes to the browser.
const KEEP_SIZE: &str = "(create => {
    window.savedSize = null;
    URL.createObjectURL = blob => {
        window.savedSize = blob.size;
        return create(blob);
    };
})(URL.createObjectURL.bind(URL)) ?? null";

impl Visit {
    /// Downloads what is selected in the open dialog; returns the file's name and content.
    pub async fn downloaded(&self, folder: &Path) -> (String, String) {
        self.browser.evaluate(KEEP_SIZE).await;
        self.browser.click("download-yes").await;
        self.browser
            .wait_for("document.querySelector('[data-testid=download-says]').innerText.startsWith('Downloaded')")
            .await;
        let size = self.browser.evaluate("window.savedSize").await;
        let file = wait_for("the downloaded file", async || {
            let mut files = std::fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().path());
            // The browser writes the file under a temporary name, but an empty one may have its name
            // before.
            files.find(|file| {
                let ending = file.extension().and_then(|ending| ending.to_str());
                let is_named = matches!(ending, Some("csv" | "ndjson" | "json"));
                is_named && file.metadata().is_ok_and(|file| size == file.len())
            })
        })
        .await;
        let content = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        self.browser.click("download-dismiss").await;
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        (name, content)
    }
}

/// The rows of a file; those of a CSV file have text values.
pub fn rows(format: &str, content: &str) -> Vec<Value> {
    match format {
        "ndjson" => content
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        "json" => serde_json::from_str(content).unwrap(),
        _ => {
            let content = content.strip_prefix('\u{feff}').expect("a byte order mark");
            let mut reader = csv::Reader::from_reader(content.as_bytes());
            let names: Vec<String> = reader
                .headers()
                .unwrap()
                .iter()
                .map(str::to_owned)
                .collect();
            let records = reader.records().map(Result::unwrap);
            records
                .map(|record| {
                    let cells = names.iter().zip(record.iter()).map(|(name, cell)| {
                        // The upstream's JSON keeps its spaces.
                        let json = serde_json::from_str(cell).ok().filter(Value::is_object);
                        let cell = json.map_or(cell.to_owned(), |json| json.to_string());
                        (name.clone(), Value::from(cell))
                    });
                    Value::Object(cells.collect())
                })
                .collect()
        }
    }
}

/// The API's row as CSV cells, with the joined columns.
pub fn as_cells(row: &Value, columns: &Value) -> Value {
    let row = row
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "row");
    let row = row.map(|(name, value)| {
        let cell = match (name.as_str(), value) {
            (_, Value::Null) => String::new(),
            ("ssn", Value::String(ssn)) if ssn.len() == 9 => {
                [&ssn[..3], &ssn[3..5], &ssn[5..]].join("-")
            }
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        };
        (name.clone(), Value::from(cell))
    });
    let mut cells: Map<String, Value> = row.collect();
    for (name, cell) in columns.as_object().into_iter().flatten() {
        let cell = cell.as_str().unwrap();
        // A spreadsheet would run it as a formula.
        let apostrophe = if cell.starts_with('=') { "'" } else { "" };
        cells.insert(name.clone(), format!("{apostrophe}{cell}").into());
    }
    Value::Object(cells)
}
