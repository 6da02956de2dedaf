//! Checks that each part of the page, and of its worker, uses only lower parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Each part (a folder or file of `src`) with the parts that it uses, the lowest layer first.
type Parts = [(&'static str, &'static [&'static str])];

/// The page's parts. `compose` is in the first load; `run` and `history` load later. None of these three
/// uses another of them.
const PAGE: &Parts = &[
    ("api", &[]),
    ("browser", &[]),
    ("worker_client", &[]),
    ("ui", &["api"]),
    ("frame", &["ui"]),
    ("polling", &["browser", "ui"]),
    ("router", &["ui"]),
    ("server", &["api", "polling"]),
    ("session", &["api", "worker_client"]),
    ("download", &["api", "browser", "ui", "worker_client"]),
    (
        "services",
        &["api", "download", "router", "server", "ui", "worker_client"],
    ),
    ("delete", &["services", "ui"]),
    (
        "compose",
        &[
            "browser",
            "router",
            "server",
            "services",
            "ui",
            "worker_client",
        ],
    ),
    (
        "run",
        &[
            "api", "browser", "delete", "download", "polling", "server", "services", "ui",
        ],
    ),
    (
        "history",
        &["api", "browser", "delete", "polling", "services", "ui"],
    ),
];

/// The worker's parts. Those before `sign_in` send no requests.
const WORKER: &Parts = &[
    ("browser", &[]),
    ("protocol", &[]),
    ("table", &["protocol"]),
    ("summary", &["protocol", "table"]),
    ("workbook", &["browser"]),
    ("input", &["protocol", "table", "workbook"]),
    ("refusal", &["input", "protocol", "table", "workbook"]),
    ("lists", &["input", "protocol", "refusal", "summary"]),
    ("sign_in", &["browser", "protocol"]),
    ("transport", &["protocol", "sign_in"]),
    ("save", &["input", "protocol", "refusal", "transport"]),
    ("start", &["browser", "lists", "protocol", "transport"]),
    (
        "serve",
        &[
            "browser", "input", "lists", "protocol", "save", "sign_in", "start",
        ],
    ),
];

/// The files that may use every part: they put the parts together.
const TOP: [&str; 3] = ["app", "lib", "main"];

#[test]
fn page_parts_use_only_lower_parts() {
    check("src", PAGE);
}

#[test]
fn worker_parts_use_only_lower_parts() {
    check("worker/src", WORKER);
}

/// Checks that each part in a folder uses exactly the listed parts, and that these are lower ones.
fn check(folder: &str, parts: &Parts) {
    let mut uses = BTreeMap::new();
    collect_uses(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        None,
        &mut uses,
    );
    for part in TOP {
        uses.remove(part);
    }
    let expected = parts.iter().map(|(part, used)| {
        let used: BTreeSet<_> = used.iter().map(|used| (*used).to_owned()).collect();
        ((*part).to_owned(), used)
    });
    assert_eq!(uses, BTreeMap::from_iter(expected));
    for (index, (part, uses)) in parts.iter().enumerate() {
        for used in *uses {
            let is_lower = parts[..index].iter().any(|(lower, _)| lower == used);
            assert!(is_lower, "{part} uses {used}, which is not a lower part");
        }
    }
}

/// Adds the parts that each file of a folder names as `crate::part`. Files in a folder belong to `part`.
fn collect_uses(folder: &Path, part: Option<&str>, uses: &mut BTreeMap<String, BTreeSet<String>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let part = part.unwrap_or(stem);
        if path.is_dir() {
            collect_uses(&path, Some(part), uses);
        } else if part != "fixtures" {
            let text = fs::read_to_string(&path).unwrap();
            let used = text.split("crate::").skip(1).map(|after| {
                let end = after.find(|c: char| !c.is_alphanumeric() && c != '_');
                after[..end.unwrap_or(after.len())].to_owned()
            });
            uses.entry(part.to_owned())
                .or_default()
                .extend(used.filter(|used| used != part && used != "fixtures"));
        }
    }
}
