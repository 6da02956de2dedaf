//! Limits for the size of the page's files in brotli.

use std::collections::BTreeMap;

/// Files that are loaded together.
pub(crate) struct Load {
    /// Its name in the report.
    pub(crate) name: String,
    /// The names of its files.
    pub(crate) files: Vec<String>,
    /// Its limit in bytes of brotli.
    pub(crate) limit: usize,
}

/// The sizes of all loads as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// A line for each load.
    pub(crate) lines: Vec<String>,
    /// The lines of the loads that are larger than their limit.
    pub(crate) over: Vec<String>,
}

/// Adds up the loads. `sizes` has bytes in brotli by the names of files.
pub(crate) fn report(loads: &[Load], sizes: &BTreeMap<String, usize>) -> Report {
    let mut report = Report {
        lines: Vec::new(),
        over: Vec::new(),
    };
    for load in loads {
        let size: usize = load.files.iter().map(|name| sizes[name]).sum();
        let [size_kb, limit_kb] = [size, load.limit].map(|bytes| bytes as f64 / 1000.0);
        let line = format!("{}: {size_kb:.1} KB of {limit_kb:.0}", load.name);
        if size > load.limit {
            report.over.push(line.clone());
        }
        report.lines.push(line);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_over_its_limit_is_named() {
        let load = |name: &str, files: &[&str]| Load {
            name: name.to_owned(),
            files: files.iter().map(|&file| file.to_owned()).collect(),
            limit: 1_000,
        };
        let sizes = [("a", 600), ("b", 400), ("c", 1)];
        let sizes = sizes.map(|(name, size)| (name.to_owned(), size)).into();
        let report = report(
            &[load("first", &["a", "b"]), load("all", &["a", "b", "c"])],
            &sizes,
        );
        assert_eq!(report.lines, ["first: 1.0 KB of 1", "all: 1.0 KB of 1"]);
        assert_eq!(report.over, ["all: 1.0 KB of 1"]);
    }
}
