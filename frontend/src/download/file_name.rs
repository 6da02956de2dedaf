//! The name of a downloaded file.

/// Characters of the run's name that go into the file's.
const CHARACTERS: usize = 60;

/// Extensions of lists' files, which are removed from a run's name.
const EXTENSIONS: [&str; 4] = [".csv", ".tsv", ".txt", ".CSV"];

/// A file's name, made of the run's name and start: `Staff 2026-11-24 10.01.csv`.
///
/// It has `so far` in it while the run isn't over. A run's name with nine digits or more could hold a
/// number, so `Rollcall` replaces it.
pub(crate) fn file_name(
    label: Option<&str>,
    started: &str,
    is_running: bool,
    extension: &str,
) -> String {
    let label = label.unwrap_or_default();
    // Most runs are named after their list's file.
    let label = EXTENSIONS
        .iter()
        .find_map(|extension| label.strip_suffix(extension))
        .unwrap_or(label);
    let digits = label.chars().filter(|c| c.is_numeric()).count();
    let allowed = |c: char| match c {
        c if c.is_alphanumeric() => c,
        ' ' | '.' | ',' | '(' | ')' | '_' | '+' => c,
        // Systems refuse some characters, and a control character could hide the real extension.
        _ => '-',
    };
    let label: String = label.chars().map(allowed).take(CHARACTERS).collect();
    let label = label.trim_matches([' ', '.', '-']);
    let label = match digits < 9 && !label.is_empty() {
        true => label,
        false => "Rollcall",
    };
    let so_far = if is_running { " so far" } else { "" };
    format!("{label} {started}{so_far}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(label: &str) -> String {
        file_name(Some(label), "2026-11-24 10.01", false, "csv")
    }

    #[test]
    fn a_file_is_named_after_its_run_and_start() {
        assert_eq!(
            named("Staff, Zürich (2026)"),
            "Staff, Zürich (2026) 2026-11-24 10.01.csv"
        );
        assert_eq!(named("Staff.csv"), "Staff 2026-11-24 10.01.csv");
        assert_eq!(
            file_name(None, "2026-11-24 10.01", true, "ndjson"),
            "Rollcall 2026-11-24 10.01 so far.ndjson"
        );
    }

    #[test]
    fn a_name_is_valid_on_every_system() {
        assert_eq!(
            named("../a\\b:c*\u{202e}fdp"),
            "a-b-c--fdp 2026-11-24 10.01.csv"
        );
        assert_eq!(named(" ... "), "Rollcall 2026-11-24 10.01.csv");
        assert!(named(&"ü".repeat(500)).len() < 150);
    }

    #[test]
    fn no_number_is_in_a_name() {
        for label in [
            "123-45-6789",
            "Ada 123 45 6789",
            "123456789",
            "１２３４５６７８９",
        ] {
            assert_eq!(named(label), "Rollcall 2026-11-24 10.01.csv");
        }
    }
}
