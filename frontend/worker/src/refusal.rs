//! What the page shows if an input can't be read as a list: why, and what to do or to choose.

use contract::text::pluralize;
use lists::{ReadError, WorkbookError};

use crate::input::{Input, InputError};
use crate::protocol::{Event, ListError};
use crate::table::{advice, list_table};
use crate::workbook::ExtractError;

const BAD_WORKBOOK: &str = "This workbook can't be read as a list";

/// Explains why an input can't be read as a list with this id.
///
/// If people must choose a sheet or a column, the event has all of them.
pub(crate) fn refuse(list: u32, error: &InputError, input: &Input) -> Event {
    let mut refusal = match error {
        InputError::Workbook(ExtractError::NotLoaded) => return Event::NotLoaded,
        InputError::Workbook(ExtractError::Stopped) => stopped(),
        InputError::Workbook(ExtractError::Refused(error)) => workbook_refusal(error),
        InputError::Read(error) => {
            column_choice(error, input).unwrap_or_else(|| list_refusal(error))
        }
    };
    refusal.list = list;
    Event::NotAList(refusal)
}

/// Asks for the column, if that isn't certain.
fn column_choice(error: &ReadError, input: &Input) -> Option<ListError> {
    let has_header = match error {
        ReadError::AmbiguousColumn { has_header, .. } => *has_header,
        ReadError::NoColumn { .. } | ReadError::UnknownColumn { .. } => true,
        _ => return None,
    };
    let preview = input.preview()?;
    let (encoding, delimiter) = (preview.encoding, preview.delimiter);
    let read_as = input.read_as(encoding, delimiter, delimiter.is_some());
    let table = list_table(&preview, &read_as);
    // A line of text may have several numbers.
    let may_be_lines = !has_header && delimiter.is_some();
    Some(ListError {
        table: Some(table.clone()),
        ..refusal(
            "Which column has the Social Security Numbers?",
            advice(&table, may_be_lines),
        )
    })
}

fn list_refusal(error: &ReadError) -> ListError {
    match error {
        ReadError::NotText(kind) => refusal(
            &format!("This is {kind}, not a list"),
            format!("{}.", kind.advice()),
        ),
        other => refusal(
            "This can't be read as a list",
            format!("{}.", capitalized(&other.to_string())),
        ),
    }
}

fn workbook_refusal(error: &WorkbookError) -> ListError {
    match error {
        WorkbookError::AmbiguousSheet { sheets } => ListError {
            sheets: sheets.clone(),
            ..refusal(
                "Which sheet has the Social Security Numbers?",
                format!(
                    "{} of the workbook have rows. Choose one; the others stay in this browser.",
                    pluralize(sheets.len() as u64, "sheet")
                ),
            )
        },
        other => refusal(
            BAD_WORKBOOK,
            format!("{}.", capitalized(&other.to_string())),
        ),
    }
}

/// Explains that several sheets of a workbook are a run's list.
pub(crate) fn several_sheets(names: &[String]) -> ListError {
    refusal(
        "Several sheets of this workbook match the run",
        format!(
            "They are “{}”. Save the right one as CSV, and choose that file.",
            names.join("”, “")
        ),
    )
}

/// Explains that the program for workbooks stopped. It does at some damaged ones.
fn stopped() -> ListError {
    let advice = "It is damaged, or this browser has too little memory for it. Open it in a spreadsheet \
                  program, save the sheet as CSV, and use that file.";
    refusal(BAD_WORKBOOK, advice.to_owned())
}

fn refusal(title: &str, advice: String) -> ListError {
    ListError {
        list: 0,
        title: title.to_owned(),
        advice,
        table: None,
        sheets: Vec::new(),
    }
}

/// Writes a message as a sentence, with a capital as its first letter.
fn capitalized(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use lists::SheetName;

    use super::*;
    use crate::protocol::ListOptions;

    fn refused(text: &[u8]) -> ListError {
        let input = Input::Text(text.to_vec());
        let error = input.read(&ListOptions::default()).err().unwrap();
        match refuse(2, &error, &input) {
            Event::NotAList(error) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_column_that_is_not_certain_is_asked_for() {
        let error = refused(b"a ssn,b ssn\n123-45-6789,987-65-4321\n");
        assert_eq!(error.list, 2);
        assert!(error.title.starts_with("Which column"));
        assert_eq!(error.table.unwrap().columns[1].name, "b ssn");
    }

    #[test]
    fn a_file_that_is_no_list_gets_advice() {
        let error = refused(b"%PDF-1.7");
        assert!(error.table.is_none());
        assert_eq!(error.title, "This is a PDF, not a list");
        assert!(error.advice.contains("CSV"));
    }

    #[test]
    fn a_workbook_without_a_certain_sheet_is_asked_for_one() {
        let input = Input::Text(Vec::new());
        let refuse = |error| match refuse(2, &InputError::Workbook(error), &input) {
            Event::NotAList(error) => error,
            other => panic!("{other:?}"),
        };
        let name = |index, name: &str| SheetName {
            index,
            name: name.to_owned(),
            is_hidden: false,
        };
        let sheets = vec![name(0, "Staff"), name(2, "Old")];
        let error = WorkbookError::AmbiguousSheet {
            sheets: sheets.clone(),
        };
        let asked = refuse(ExtractError::Refused(error));
        assert_eq!(asked.sheets, sheets);
        assert!(
            asked
                .advice
                .starts_with("2 sheets of the workbook have rows.")
        );
        let encrypted = refuse(ExtractError::Refused(WorkbookError::Encrypted));
        assert!(
            encrypted.sheets.is_empty() && encrypted.advice.starts_with("This is a workbook with"),
            "{encrypted:?}"
        );
        assert!(refuse(ExtractError::Stopped).advice.contains("CSV"));
    }
}
