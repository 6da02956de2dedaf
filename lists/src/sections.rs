//! Follows the headings above numbers, to find out whether some are other numbers than SSNs.

use crate::cell::{digit, is_ignored};
use crate::header::{HeaderKind, header_kind};
use crate::label::names_only_ssns;
use crate::sql::{ListColumn, list_column};
use crate::words::is_column_name;

/// Maximum size of a heading, in bytes.
const MAX_HEADING: usize = 1_000;

/// What a line above numbers names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    /// SSNs.
    Ssns,
    /// Other numbers: `EIN`, `## Client IDs`.
    Others,
    /// Other numbers, at the start of a list: `WHERE client_id IN (`, `employee_ids = [`, `EIN:`.
    ListOfOthers,
    /// Nothing that matters.
    Nothing,
}

/// The sections of a list: headings with numbers below them.
///
/// Only the last line with words before a number is a heading. Other numbers are certain if their
/// heading begins a list, or isn't the only one. A list with nothing but numbers below a first line such
/// as `EIN` is a table with one column and its header.
#[derive(Default)]
pub(crate) struct Sections {
    /// The last line with words, and its number.
    heading: (String, u32),
    /// Whether no number followed that line yet.
    is_above_numbers: bool,
    /// The line of the first heading, if it may be the header of other numbers.
    header: Option<u32>,
    /// The line of the first heading that certainly names other numbers.
    others: Option<u32>,
}

impl Sections {
    /// Returns the line of a heading that names other numbers, if they follow it.
    pub(crate) fn other_numbers(&self) -> Option<u32> {
        self.others
    }

    /// Whether the next number is the first one below a line with words.
    pub(crate) fn is_above_numbers(&self) -> bool {
        self.is_above_numbers
    }

    /// Adds a line without a number.
    pub(crate) fn add_text(&mut self, line: &str, number: u32) {
        // A line of dashes is part of the heading above it.
        if line.chars().any(char::is_alphabetic) {
            let (heading, line_number) = &mut self.heading;
            heading.clear();
            heading.push_str(if line.len() > MAX_HEADING { "" } else { line });
            *line_number = number;
            self.is_above_numbers = true;
        }
    }

    /// Adds a line with a labelled number, so that the words above it aren't a heading.
    pub(crate) fn add_labelled(&mut self) {
        self.is_above_numbers = false;
    }

    /// Adds a line with a number of nine digits, which may be any. `is_first` if no number is above it.
    pub(crate) fn add_bare(&mut self, is_first: bool) {
        if !std::mem::take(&mut self.is_above_numbers) {
            return;
        }
        let (text, line) = (&self.heading.0, self.heading.1);
        let others = match heading(text) {
            Heading::Nothing => None,
            Heading::Ssns => self.header,
            Heading::ListOfOthers => Some(line),
            Heading::Others if is_first => {
                self.header = Some(line);
                None
            }
            Heading::Others => Some(line),
        };
        self.others = self.others.or(others);
    }
}

/// Finds out what a line above numbers names.
fn heading(line: &str) -> Heading {
    let is_bracket = |c: char| is_ignored(c) || "([{".contains(c);
    let mut text = line.trim_end_matches(is_ignored);
    if text.ends_with(',') {
        // The first numbers of a list may follow its start.
        let is_of_number = |c: char| digit(c).is_some() || is_ignored(c) || ",;-".contains(c);
        text = text.trim_end_matches(is_of_number);
    }
    let has_bracket = text.ends_with('(');
    let text_start = text.trim_end_matches(is_bracket);
    match list_column(text_start, has_bracket) {
        ListColumn::Ssns => return Heading::Ssns,
        ListColumn::Others => return Heading::ListOfOthers,
        ListColumn::Unnamed | ListColumn::NoList => {}
    }
    let begins_list = text_start.len() < text.len() || text_start.ends_with([':', '=']);
    let name = match begins_list {
        true => text_start.split([':', '=']).next().unwrap_or_default(),
        false => text_start,
    };
    if names_only_ssns(name) {
        return Heading::Ssns;
    }
    let singular = name.trim_end().trim_end_matches(['s', 'S']);
    // Other words in a line of its own may be a note, such as “account closed”.
    let is_heading = |name: &&str| begins_list || is_column_name(name);
    let mut names = [name, singular].into_iter().filter(is_heading);
    match names.any(|name| header_kind(name) == HeaderKind::OtherNumber) {
        true if begins_list => Heading::ListOfOthers,
        true => Heading::Others,
        false => Heading::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_names_what_is_below_it() {
        use Heading::*;
        for (kind, lines) in [
            (
                Ssns,
                &[
                    "SSN",
                    "## SSNs",
                    "ssns = [",
                    "ssns:",
                    "SELECT employee_id FROM people WHERE ssn IN (",
                    "INSERT INTO people (ssn) VALUES",
                ][..],
            ),
            (Others, &["EIN", "## EINs", "Employee IDs", "Account"]),
            (
                ListOfOthers,
                &[
                    "SELECT ssn FROM people WHERE employee_id IN (",
                    "WHERE customer IN (123456789,",
                    "INSERT INTO people (employee_id) VALUES",
                    "INSERT INTO people (employee_id) VALUES (",
                    "employee_ids = [",
                    "employee_ids: List[int] = [",
                    "const employeeIds = [",
                    "Employee IDs:",
                    "EIN:",
                ],
            ),
            (
                Nothing,
                &[
                    "Ann Lee",
                    "account closed",
                    "no phone",
                    "data = [",
                    "IN (",
                    "INSERT INTO people VALUES",
                    "Employee ID: 123456789",
                    "Total SSNs",
                ],
            ),
        ] {
            for line in lines {
                assert_eq!(heading(line), kind, "{line}");
            }
        }
    }
}
