//! The documents: their links have targets, and they stay short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What the tests check of a document.
#[derive(Default)]
struct Document {
    /// The anchors of the headings.
    anchors: BTreeSet<String>,
    links: Vec<String>,
    /// The inline code.
    code: Vec<String>,
    words: usize,
    lines: usize,
}

fn read(path: &Path) -> Document {
    let text = fs::read_to_string(path).unwrap();
    let mut document = Document {
        lines: text.lines().count(),
        ..Default::default()
    };
    let mut heading = None::<String>;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let text = heading.take().unwrap_or_default();
                document.anchors.insert(anchor(&text));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                document.links.push(dest_url.into_string());
            }
            Event::Text(text) | Event::Code(text) if heading.is_some() => {
                document.words += text.split_whitespace().count();
                heading.as_mut().unwrap().push_str(&text);
            }
            Event::Text(text) => document.words += text.split_whitespace().count(),
            Event::Code(code) => {
                document.words += code.split_whitespace().count();
                document.code.push(code.into_string());
            }
            _ => {}
        }
    }
    document
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().chars().collect::<Vec<_>>();
    kept.into_iter()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document of the project, by its path from the root.
fn documents() -> BTreeMap<PathBuf, Document> {
    let folders = ["", "docs"].map(|folder| root().join(folder));
    let files = folders.iter().flat_map(|folder| {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path())
    });
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_owned();
            (name, read(&path))
        })
        .collect()
}

#[test]
fn every_link_within_the_project_has_a_target() {
    let documents = documents();
    assert!(documents.contains_key(Path::new("README.md")));
    let mut broken = Vec::new();
    for (path, document) in &documents {
        for link in &document.links {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                _ => path.parent().unwrap().join(file),
            };
            let has_anchor = || documents.get(&target)?.anchors.get(anchor);
            if !root().join(&target).exists() || (!anchor.is_empty() && has_anchor().is_none()) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_path_in_the_architecture_exists() {
    let document = read(&root().join("ARCHITECTURE.md"));
    let is_path = |code: &&String| {
        let is_word = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
        code.chars().all(is_word) && code.contains('/') && !code.starts_with('/')
    };
    let paths: Vec<&String> = document.code.iter().filter(is_path).collect();
    assert!(paths.len() > 10, "the map of the folders is missing");
    let missing: Vec<_> = paths
        .iter()
        .filter(|path| !root().join(path).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn readme_and_architecture_stay_short() {
    assert!(read(&root().join("README.md")).lines <= 120);
    let words = read(&root().join("ARCHITECTURE.md")).words;
    assert!(words <= 1_500, "{words} words");
}
