//! Headers that are sent to the upstream. They may be secrets: no error repeats one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use http::{HeaderName, HeaderValue};

/// What a header looks like.
const TAKES: &str = "it takes `Name: value`, such as `X-Api-Key: …`";

/// A header as `Name: value`; else what it takes.
pub(crate) fn header(line: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = line.split_once(':').ok_or(TAKES)?;
    let name = name.trim().parse().map_err(|_| TAKES)?;
    let mut value: HeaderValue = value.trim().parse().map_err(|_| TAKES)?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The headers in a file, one a line; else what is wrong with it.
pub(crate) fn from_file(path: &Path) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| format!("{shown}, which can't be read: {error}"))?;
    warn_if_open_to_others(path);
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            header(line)
                .map_err(|takes| format!("{shown}, whose line {} is no header: {takes}", at + 1))
        })
        .collect()
}

/// Says on stderr that others on this machine can read a file of secrets.
pub(crate) fn warn_if_open_to_others(path: &Path) {
    let is_open =
        |metadata: fs::Metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0;
    if fs::metadata(path).is_ok_and(is_open) {
        let shown = path.display();
        eprintln!(
            "rollcall: others on this machine can read {shown}, which holds headers: `chmod 600 {shown}`"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_taken_and_its_value_is_in_no_error() {
        let (name, value) = header("X-Api-Key: s3cret").unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("x-api-key", "s3cret")
        );
        assert!(!format!("{value:?}").contains("s3cret"));
        for bad in ["s3cret", ": s3cret", "X Y: s3cret", "X: s3cret\u{7}"] {
            assert!(!header(bad).unwrap_err().contains("s3cret"), "{bad}");
        }
    }

    #[test]
    fn a_file_has_a_header_a_line_and_an_error_names_the_line_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("headers");
        fs::write(&path, "X-Api-Key: s3cret\n\nX-Tenant: 7\r\n").unwrap();
        let names: Vec<_> = from_file(&path)
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["x-api-key", "x-tenant"]);
        fs::write(&path, "X-Api-Key: a\ns3cret\n").unwrap();
        let told = from_file(&path).unwrap_err();
        assert!(
            told.contains("line 2") && !told.contains("s3cret"),
            "{told}"
        );
        fs::remove_file(&path).unwrap();
        assert!(from_file(&path).unwrap_err().contains("can't be read"));
    }
}
