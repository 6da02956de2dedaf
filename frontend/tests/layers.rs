//! Holds which part of the page may use which other one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Each part (a folder or file of `src`) with the parts that it uses. A part may use only those above it,
/// so there are no circles. `compose` is the first load, `run` and `history` load later: none of these
/// uses another.
const PARTS: [(&str, &[&str]); 15] = [
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

/// The files that may use everything: they put the parts together.
const ABOVE_ALL: [&str; 3] = ["app", "lib", "main"];

#[test]
fn each_part_uses_only_its_own_lower_parts() {
    let mut uses = BTreeMap::new();
    collect_uses(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        None,
        &mut uses,
    );
    for part in ABOVE_ALL {
        uses.remove(part);
    }
    let expected = PARTS.map(|(part, used)| {
        let used = used.iter().map(|used| (*used).to_owned());
        (part.to_owned(), used.collect())
    });
    assert_eq!(uses, BTreeMap::from(expected));
}

#[test]
fn there_are_no_circles() {
    for (place, (part, uses)) in PARTS.iter().enumerate() {
        for used in *uses {
            let is_above = PARTS[..place].iter().any(|(above, _)| above == used);
            assert!(is_above, "{part} uses {used}, which is not above it");
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
