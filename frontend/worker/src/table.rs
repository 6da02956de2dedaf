//! The table that the page shows to ask which column holds the numbers.

use contract::text::{group_digits, pluralize};
use lists::{Encoding, PreviewColumn, TablePreview};

use crate::protocol::{ListTable, TableColumn, TableLine};

/// Columns after which only candidates are shown.
const MAX_COLUMNS: usize = 30;
/// Candidates that are shown at most.
const MAX_CANDIDATES: usize = 30;
/// Characters of a cell after which it is cut.
const MAX_CHARACTERS: usize = 40;

/// Makes the page's table of a preview. `read_as` says how it was read.
pub(crate) fn list_table(preview: &TablePreview, read_as: &str) -> ListTable {
    let mut candidates = 0;
    let mut is_shown = |index: usize, column: &PreviewColumn| {
        candidates += usize::from(column.is_candidate);
        index < MAX_COLUMNS || (column.is_candidate && candidates <= MAX_CANDIDATES)
    };
    let columns = preview.columns.iter().enumerate();
    let columns: Vec<_> = columns
        .filter(|(index, column)| is_shown(*index, column))
        .map(|(index, column)| TableColumn {
            index,
            name: shortened(&column.name.replace('*', "•")),
            note: note(column, preview.record_count),
            is_candidate: column.is_candidate,
            is_likely: preview.likely == Some(index),
        })
        .collect();
    let records = preview.records.iter().map(|record| TableLine {
        number: record.line.into(),
        cells: columns
            .iter()
            .map(|column| record.cells.get(column.index))
            .map(|cell| cell.map_or_else(String::new, |cell| shortened(cell)))
            .collect(),
    });
    let lines = records.collect();
    ListTable {
        read_as: format!(
            "{}, {read_as}",
            pluralize(preview.record_count as u64, "line")
        ),
        columns,
        lines,
    }
}

/// The advice for the choice of a column.
pub(crate) fn advice(table: &ListTable, may_be_lines: bool) -> String {
    const CHOOSE: &str = "Choose the right one; the others stay in this browser.";
    let mut candidates = table.columns.iter().filter(|column| column.is_candidate);
    let advice = match (candidates.next(), candidates.count()) {
        (None, _) => {
            "No column looks like Social Security Numbers. Choose one, or add another list."
                .to_owned()
        }
        (Some(only), 0) => format!(
            "It may be “{}”, but that isn't certain. {CHOOSE}",
            only.name
        ),
        (Some(_), more) => format!(
            "It may be one of {} columns. {CHOOSE}",
            small_number(more + 1)
        ),
    };
    match may_be_lines {
        false => advice,
        true => advice + " If each line has several numbers, write one per line.",
    }
}

fn small_number(number: usize) -> String {
    const WORDS: [&str; 4] = ["two", "three", "four", "five"];
    let word = number.checked_sub(2).and_then(|index| WORDS.get(index));
    word.map_or_else(|| group_digits(number as u64), |word| (*word).to_owned())
}

/// How many cells of a column are numbers, and in which form.
fn note(column: &PreviewColumn, total: usize) -> String {
    let group = |count: usize| group_digits(count as u64);
    let numbers = match (column.dashed, column.bare) {
        (0, 0) => None,
        (dashed, 0) => Some((dashed, "are written as 123-45-6789")),
        (0, bare) => Some((bare, "have nine digits")),
        (dashed, bare) => Some((dashed + bare, "are numbers")),
    };
    let nearly = [
        (column.changed, "changed by a spreadsheet"),
        (column.masked, "masked"),
    ];
    let mut parts = Vec::new();
    parts.extend(
        numbers.map(|(count, what)| format!("{} of {} {what}", group(count), group(total))),
    );
    for (count, what) in nearly.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(match parts.is_empty() {
            true => format!("{} of {} {what}", group(count), group(total)),
            false => format!("{} {what}", group(count)),
        });
    }
    match parts.is_empty() {
        true => "no numbers".to_owned(),
        false => parts.join(", "),
    }
}

/// Says how a list was read: `read as Windows-1252, semicolons`. A list that isn't text is JSON.
pub(crate) fn read_as(encoding: Encoding, delimiter: Option<u8>, is_text: bool) -> String {
    let shape = match (is_text, delimiter) {
        (false, _) => ", JSON",
        (_, None) => "",
        (_, Some(b';')) => ", semicolons",
        (_, Some(b'\t')) => ", tabs",
        (_, Some(b'|')) => ", vertical bars",
        (_, Some(_)) => ", commas",
    };
    format!("read as {}{shape}", encoding.name())
}

/// Replaces control characters with spaces, and cuts a long text.
pub(crate) fn shortened(text: &str) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(MAX_CHARACTERS).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use lists::preview_table;

    use super::*;

    fn table(text: &[u8]) -> ListTable {
        let preview = preview_table(text).unwrap();
        let read_as = read_as(preview.encoding, preview.delimiter, true);
        list_table(&preview, &read_as)
    }

    #[test]
    fn a_table_has_a_note_for_each_column() {
        let table = table(
            b"Name;Employee No;Tax ID;Old\nJos\xe9;800100001;900-70-1001;900701001\n\
              Bob;800100002;;900-70-1002\nCy;8001003;900-70-1003;XXX-XX-1003\n",
        );
        assert_eq!(table.read_as, "3 lines, read as Windows-1252, semicolons");
        let notes: Vec<_> = table.columns.iter().map(|column| &*column.note).collect();
        assert_eq!(
            notes,
            [
                "no numbers",
                "2 of 3 have nine digits, 1 changed by a spreadsheet",
                "2 of 3 are written as 123-45-6789",
                "2 of 3 are numbers, 1 masked",
            ]
        );
        assert_eq!(table.lines[0].number, 2);
        assert_eq!(
            table.lines[0].cells,
            ["José", "•••••0001", "•••-••-1001", "•••••1001"]
        );
    }

    #[test]
    fn the_advice_names_how_many_columns_it_may_be() {
        for (text, expected) in [
            (
                "Name,Code\nx,900701001\n",
                "It may be “Code”, but that isn't certain.",
            ),
            (
                "Number,Code\n900701001,900701001\n",
                "It may be one of two columns. Choose",
            ),
            ("Name,Code\nx,y\n", "No column looks like"),
        ] {
            let advice = advice(&table(text.as_bytes()), false);
            assert!(advice.starts_with(expected), "{advice}");
        }
        let text = b"900701001,900701002\n900701003,900701004\n";
        assert!(advice(&table(text), true).ends_with("write one per line."));
    }

    #[test]
    fn a_very_wide_table_keeps_its_candidates() {
        let mut names: Vec<_> = (0..100).map(|index| format!("x{index}")).collect();
        names[0] = "name".to_owned();
        let mut cells = vec!["x"; 100];
        (cells[50], cells[70]) = ("900701001", "900701002");
        let table = table(format!("{}\n{}\n", names.join(","), cells.join(",")).as_bytes());
        let columns: Vec<_> = table.columns.iter().map(|column| column.index).collect();
        assert_eq!(columns[29..], [29, 50, 70]);
        assert_eq!(table.lines[0].cells[30..], ["•••••1001", "•••••1002"]);
    }
}
