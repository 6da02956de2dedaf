//! What the page shows of a list: counts and masked lines.

use std::borrow::Cow;

use contract::InvalidReason::{self, LeadingZerosLost};
use contract::list::{ReadOptions, Row};
use contract::mask_all;
use contract::text::pluralize;
use lists::{Source, read_value};

use crate::protocol::{Line, ListSummary, LostZeros};
use crate::table::shortened;

/// Lines in the preview.
const PREVIEW: usize = 10;
/// Invalid lines in the summary; the page requests more.
const INVALID_LINES: usize = 50;
/// Reasons in the summary of a list without a number.
const REASONS: usize = 3;
/// Columns that are named of a list with nothing but a header.
const NAMES: usize = 5;

/// Summarizes a list. `read_as` says how it was read.
///
/// The summary has at least `shown` invalid lines, if there are so many.
pub(crate) fn summarize(list: u32, source: &Source, read_as: String, shown: usize) -> ListSummary {
    let table = source.table.as_ref().filter(|table| table.column_count > 1);
    let columns = table.map_or(Vec::new(), |table| {
        let name = |index| {
            let header = table.headers.as_ref().and_then(|names| names.get(index));
            header.map_or_else(|| format!("column {}", index + 1), String::clone)
        };
        (0..table.column_count).map(name).collect()
    });
    let rows = 0..source.list.rows.len().min(PREVIEW);
    let zeros = lost_zeros(source);
    let unrestored = zeros.as_ref().map_or(0, |zeros| zeros.lines);
    ListSummary {
        list,
        rows: source.list.rows.len() as u64,
        items: source.list.items.len() as u64,
        duplicates: source.list.duplicates() as u64,
        invalid: (source.list.invalid as u64).saturating_sub(unrestored),
        warnings: source.warnings() as u64,
        zeros_restored: (source.zeros_lost() as u64).saturating_sub(unrestored),
        zeros,
        read_as,
        no_number_message: match source.list.items.is_empty() {
            true => no_number_message(source),
            false => String::new(),
        },
        columns,
        column: table.map_or(0, |table| table.ssn_column),
        preview: rows
            .map(|row| Line {
                // Nobody corrects a line there, and a draft may be eight digits of a number.
                draft: None,
                ..line(source, row)
            })
            .collect(),
        invalid_lines: invalid_lines(source, 0, shown.max(INVALID_LINES)),
    }
}

/// The next `count` invalid lines after the first `after` ones, without those that lost their zeros.
pub(crate) fn invalid_lines(source: &Source, after: usize, count: usize) -> Vec<Line> {
    let rows = source.list.rows.iter().enumerate();
    rows.filter(|(_, row)| matches!(row, Row::Invalid(reason) if *reason != LeadingZerosLost))
        .skip(after)
        .take(count)
        .map(|(row, _)| line(source, row))
        .collect()
}

/// The lines with seven or eight digits whose zeros weren't restored.
fn lost_zeros(source: &Source) -> Option<LostZeros> {
    let is_lost = |row: &Row| *row == Row::Invalid(LeadingZerosLost);
    let first = source.list.rows.iter().position(is_lost)?;
    let (from, to) = zeros_of(&source.raw_value(first))?;
    let rows = source.list.rows.iter();
    Some(LostZeros {
        lines: rows.filter(|row| is_lost(row)).count() as u64,
        from,
        to,
    })
}

/// A number without its leading zeros, masked, and the same with them: `•••4567`, `00•-••-4567`.
fn zeros_of(value: &str) -> Option<(String, String)> {
    let restore = ReadOptions {
        restore_leading_zeros: true,
        ..Default::default()
    };
    let restored = read_value(value, &restore).ok()?.ssn.to_string();
    // A fraction of zeros may follow: `1234567.0`.
    let whole = value.split('.').next().unwrap_or_default();
    let digits = whole.chars().filter(|c| c.is_numeric()).count();
    let zeros = 9_usize.saturating_sub(digits).min(2);
    let (stars, last_four) = restored.split_at_checked(7)?;
    let from = "•".repeat(5 - zeros) + last_four;
    let to = "0".repeat(zeros) + &stars[zeros..].replace('*', "•") + last_four;
    Some((from, to))
}

/// Says why a list has no valid number. Empty if it has neither lines nor a header.
fn no_number_message(source: &Source) -> String {
    let table = source.table.as_ref();
    let headers = table.and_then(|table| table.headers.as_deref());
    if source.list.rows.is_empty() {
        return headers.map_or_else(String::new, |names| {
            let names = names.get(..NAMES).unwrap_or(names).join(", ");
            format!(
                "It has a header ({}), but no line below it.",
                shortened(&names)
            )
        });
    }
    let mut counts = InvalidReason::ALL.map(|reason| (reason, 0));
    for row in &source.list.rows {
        if let Row::Invalid(reason) = row {
            counts[*reason as usize].1 += 1;
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let reasons: Vec<String> = counts
        .take(REASONS)
        .map(|(reason, count)| format!("{} ({})", reason.message(), pluralize(*count, "line")))
        .collect();
    let column = table.filter(|table| table.column_count > 1);
    let column = column.and_then(|table| headers?.get(table.ssn_column));
    let place = column.map_or_else(String::new, |name| format!(" in the column “{name}”"));
    format!(
        "No line has a Social Security Number{place}: {}.",
        reasons.join("; ")
    )
}

/// The line of this row, as the page shows it.
fn line(source: &Source, row: usize) -> Line {
    let mut line = Line {
        row,
        number: source.line_number(row).into(),
        label: label(source, row),
        text: String::new(),
        draft: None,
        reason: None,
    };
    match source.list.rows.get(row) {
        Some(Row::Item { .. }) => {
            let ssn = source.list.ssn(row);
            line.text = ssn.map_or_else(String::new, |ssn| ssn.to_string().replace('*', "•"));
        }
        Some(Row::Invalid(reason)) => {
            let typed = source.raw_value(row);
            let typed = typed.trim();
            // Only its zeros are missing, so it is masked like a number.
            let zeros = zeros_of(typed).filter(|_| *reason == LeadingZerosLost);
            // Masked before it is cut, or a number at the end would no longer look like one.
            let masked = mask_all(typed);
            line.text = match (zeros, typed.is_empty()) {
                (Some((from, _)), _) => from,
                (None, true) => "(empty)".to_owned(),
                (None, false) => shortened(&masked.replace("***-**-", "•••-••-")),
            };
            line.reason = Some(reason.message().to_owned());
            line.draft = source.is_replaceable(row).then(|| match masked {
                Cow::Borrowed(_) if shortened(typed) == typed => typed.to_owned(),
                _ => String::new(),
            });
        }
        None => {}
    }
    line
}

/// The row's first other cell with a letter and fewer than five digits, which can't be an SSN.
fn label(source: &Source, row: usize) -> String {
    let Some(table) = &source.table else {
        return String::new();
    };
    let cells = source.cells(row);
    let mut others = cells
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != table.ssn_column)
        .map(|(_, cell)| cell.trim());
    let label = others.find(|cell| {
        let digits = cell.chars().filter(|c| c.is_numeric()).count();
        digits < 5 && cell.chars().any(char::is_alphabetic)
    });
    label.map_or_else(String::new, shortened)
}

#[cfg(test)]
mod tests;
