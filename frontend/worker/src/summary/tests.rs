use contract::list::ReadOptions;
use lists::read_source;

use super::*;

fn source(text: &str) -> Source {
    read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap()
}

fn summary(source: &Source) -> ListSummary {
    summarize(4, source, "read as UTF-8".to_owned(), 0)
}

fn parts(lines: &[Line]) -> Vec<(u64, &str, &str, Option<&str>)> {
    lines
        .iter()
        .map(|l| (l.number, &*l.label, &*l.text, l.reason.as_deref()))
        .collect()
}

#[test]
fn a_summary_counts_and_masks() {
    let text = "123-45-6789\n\nn/a\n123456789\n1234567\n900-10-1234\n";
    let summary = summary(&source(text));
    let counts = (
        summary.rows,
        summary.items,
        summary.duplicates,
        summary.invalid,
    );
    assert_eq!(counts, (5, 2, 1, 1));
    assert_eq!((summary.list, summary.warnings), (4, 1));
    assert_eq!(summary.read_as, "read as UTF-8");
    assert_eq!(summary.columns, [""; 0]);
    assert_eq!(
        parts(&summary.preview)[..3],
        [
            (1, "", "•••-••-6789", None),
            (3, "", "n/a", Some("no digits")),
            (4, "", "•••-••-6789", None),
        ]
    );
    let invalid_lines: Vec<_> = summary
        .invalid_lines
        .iter()
        .map(|line| line.number)
        .collect();
    assert_eq!(invalid_lines, [3]);
}

#[test]
fn the_label_of_a_line_is_another_cell_of_its_row() {
    let text = "id,spouse,name,ssn\n1,123456780,\"Lovelace, Ada\",123-45-6789\n2,,Bob,\n";
    let by = lists::ColumnSelector::Name("ssn".into());
    let source = read_source(text.as_bytes(), &ReadOptions::default(), Some(&by)).unwrap();
    let summary = summary(&source);
    assert_eq!(summary.columns, ["id", "spouse", "name", "ssn"]);
    assert_eq!(summary.column, 3);
    assert_eq!(
        parts(&summary.preview),
        [
            (2, "Lovelace, Ada", "•••-••-6789", None),
            (3, "Bob", "(empty)", Some("empty")),
        ]
    );
}

#[test]
fn invalid_lines_are_paged_and_long_ones_are_cut() {
    let text = format!("123-45-6789\nx\n123-45-6780\n{}\n", "y".repeat(100));
    let source = source(&text);
    assert_eq!(parts(&invalid_lines(&source, 0, 1))[0].0, 2);
    let rest = invalid_lines(&source, 1, 10);
    assert_eq!((rest.len(), rest[0].number), (1, 4));
    assert_eq!(rest[0].text, format!("{}…", "y".repeat(40)));
}

#[test]
fn lost_zeros_are_counted_once_and_show_what_they_become() {
    for (value, from, to) in [
        ("1234567", "•••4567", "00•-••-4567"),
        ("12345678", "••••5678", "0••-••-5678"),
        ("1234567.0", "•••4567", "00•-••-4567"),
    ] {
        let text = format!("123-45-6789\n{value}\nx\n9999999\n");
        let summary = summary(&source(&text));
        let zeros = summary.zeros.unwrap();
        assert_eq!((zeros.lines, &*zeros.from, &*zeros.to), (2, from, to));
        assert_eq!((summary.invalid, summary.zeros_restored), (1, 0));
        assert_eq!(summary.preview[1].text, from);
    }
    let restore = ReadOptions {
        restore_leading_zeros: true,
        ..Default::default()
    };
    let restored = summary(&read_source(b"1234567\nx\n", &restore, None).unwrap());
    assert_eq!((restored.zeros, restored.zeros_restored), (None, 1));
    assert_eq!(restored.invalid, 1);
}

#[test]
fn a_number_in_an_invalid_line_is_masked_before_the_line_is_cut() {
    let before = "x".repeat(32);
    let text = format!("123-45-6789 and 987-65-4320x\n{before} 123-45-6789\n123-45-678\n");
    let lines = summary(&source(&text)).invalid_lines;
    assert_eq!(lines[0].text, "•••-••-6789 and •••-••-4320x");
    assert_eq!(lines[1].text, format!("{before} •••-••-…"));
    let drafts: Vec<_> = lines.iter().map(|line| line.draft.as_deref()).collect();
    assert_eq!(drafts, [Some(""), Some(""), Some("123-45-678")]);
}

#[test]
fn a_list_without_a_number_says_why() {
    let found = summary(&source("SSN\nn/a\nn/a\n12\n1234567\n"));
    assert_eq!(
        found.no_number_message,
        "No line has a Social Security Number: no digits (2 lines); 7 or 8 digits: leading zeros \
         lost? (1 line); fewer than nine digits (1 line)."
    );
    for (text, message) in [
        ("n/a\n123-45-6789\n", ""),
        ("", ""),
        (
            "Name,SSN\n",
            "It has a header (Name, SSN), but no line below it.",
        ),
    ] {
        assert_eq!(summary(&source(text)).no_number_message, message, "{text}");
    }
    let by = lists::ColumnSelector::Name("SSN".into());
    let table = read_source(b"Name,SSN\nAnn,n/a\n", &ReadOptions::default(), Some(&by));
    assert_eq!(
        summary(&table.unwrap()).no_number_message,
        "No line has a Social Security Number in the column “SSN”: no digits (1 line)."
    );
}
