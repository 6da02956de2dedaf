//! Reads the list that the command line names.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{self, Read};
use std::panic;
use std::path::Path;

use contract::list::{ReadOptions, Row, Validation};
use contract::text::pluralize;
use contract::{InvalidReason, limits};
use lists::{
    FileKind, ReadError, Sheet, Source, TableLayout, WorkbookError, extract_sheet, file_kind,
    read_sheet, read_source,
};

use super::FetchError;
use crate::cli::FetchArgs;

/// The options for reading the list.
pub(super) fn options(args: &FetchArgs) -> ReadOptions {
    ReadOptions {
        validation: if args.issued_only {
            Validation::Issued
        } else {
            Validation::Format
        },
        restore_leading_zeros: args.restore_leading_zeros,
    }
}

/// Reads the list; one without a number is an error.
///
/// Also returns which sheet it is, if that isn't plain.
pub(super) fn read(args: &FetchArgs) -> Result<(Source, Option<String>), FetchError> {
    let bytes = bytes(&args.list)?;
    let (options, column) = (options(args), args.column.as_ref());
    let mut message = None;
    let source = if file_kind(&bytes) == Some(FileKind::Workbook) {
        let sheet = without_panic_messages(|| extract_sheet(&bytes, args.sheet.as_ref()));
        let mut sheet = sheet.map_err(|error| match error {
            WorkbookError::AmbiguousSheet { .. }
            | WorkbookError::UnknownSheet { .. }
            | WorkbookError::EmptySheet { .. } => FetchError::Sheet(error),
            error => FetchError::Workbook(error),
        })?;
        // The file and the rows need not be in memory at the same time.
        drop(bytes);
        message = describe_sheet(&sheet);
        read_sheet(&mut sheet, &options, column)
    } else if args.sheet.is_some() {
        return Err(FetchError::SheetOfText);
    } else {
        read_source(&bytes, &options, column)
    };
    let source = source.map_err(|error| match error {
        ReadError::AmbiguousColumn { .. }
        | ReadError::NoColumn { .. }
        | ReadError::UnknownColumn { .. } => FetchError::Column(error),
        error => FetchError::Read(error),
    })?;
    Ok((check_numbers(source)?, message))
}

/// Prints no message if a panic is caught, because it could contain a number.
///
/// The reader of workbooks panics on some damaged ones.
fn without_panic_messages<T>(read: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = read();
    panic::set_hook(hook);
    result
}

/// Says which sheet is read, if there are several, and that rows of it are hidden.
fn describe_sheet(sheet: &Sheet) -> Option<String> {
    let properties = &sheet.properties;
    let is_plain = properties.sheet_count == 1 && properties.hidden_rows == 0;
    (!is_plain).then(|| format!("reading {properties}"))
}

/// Returns the list if it has a number. Otherwise there is nothing to look up, which is an error.
fn check_numbers(source: Source) -> Result<Source, FetchError> {
    let table = source.table.as_ref();
    if source.list.rows.is_empty() {
        return Err(match table.is_some_and(|table| table.headers.is_some()) {
            true => FetchError::HeaderOnly,
            false => FetchError::Empty,
        });
    }
    if !source.list.items.is_empty() {
        return Ok(source);
    }
    let column = table.filter(|table| table.column_count > 1);
    if column.is_none() && source.has_embedded_number() {
        return Err(FetchError::EmbeddedNumbers {
            reasons: describe_reasons(&source),
        });
    }
    Err(FetchError::NoNumber {
        column: column.map_or_else(String::new, |table| format!(" in {}", name_column(table))),
        reasons: describe_reasons(&source),
    })
}

/// Names the column that is read: `column 2 of 4, “SSN”`.
fn name_column(table: &TableLayout) -> String {
    let (index, count) = (table.ssn_column, table.column_count);
    let name = table.headers.as_ref().and_then(|names| names.get(index));
    let name = name.map_or_else(String::new, |name| format!(", “{name}”"));
    format!("column {} of {count}{name}", index + 1)
}

/// Says which column is read and why, if the list has several.
pub(super) fn describe_column(source: &Source) -> Option<String> {
    let table = source
        .table
        .as_ref()
        .filter(|table| table.column_count > 1)?;
    let (column, why) = (name_column(table), table.basis.message());
    Some(format!("reading {column}: {why}"))
}

/// Maximum number of reasons that an error lists.
const MAX_REASONS: usize = 3;

/// Describes why lines are invalid, without their text: `2 lines: no digits (first: line 3)`.
fn describe_reasons(source: &Source) -> String {
    let mut reasons: Vec<(InvalidReason, u64, u32)> = Vec::new();
    for (index, row) in source.list.rows.iter().enumerate() {
        let Row::Invalid(reason) = row else { continue };
        match reasons.iter_mut().find(|(other, ..)| other == reason) {
            Some((_, count, _)) => *count += 1,
            None => reasons.push((*reason, 1, source.line_number(index))),
        }
    }
    reasons.sort_by_key(|(_, count, first)| (Reverse(*count), *first));
    let more = reasons.len().saturating_sub(MAX_REASONS);
    let mut parts: Vec<String> = reasons
        .iter()
        .take(MAX_REASONS)
        .map(|(reason, count, first)| {
            let (lines, message) = (pluralize(*count, "line"), reason.message());
            format!("{lines}: {message} (first: line {first})")
        })
        .collect();
    if more > 0 {
        parts.push(pluralize(more as u64, "more reason"));
    }
    parts.join("; ")
}

fn bytes(path: &Path) -> Result<Vec<u8>, FetchError> {
    let bytes = match path == Path::new("-") {
        true => read_up_to(limits::MAX_LIST_BYTES, io::stdin().lock()),
        false => File::open(path).and_then(|file| read_up_to(limits::MAX_LIST_BYTES, file)),
    };
    bytes
        .map_err(|error| FetchError::List(path.to_owned(), error))?
        .ok_or_else(|| FetchError::TooLarge(path.to_owned()))
}

/// Reads all bytes, or `None` if there are more than `limit`. Standard input may never end.
fn read_up_to(limit: u32, source: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(u64::from(limit) + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit as usize).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let source = read_source(text.as_bytes(), &ReadOptions::default(), None).unwrap();
        check_numbers(source)
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_list_is_read_up_to_the_largest_size() {
        let read = |limit| read_up_to(limit, &b"123"[..]).unwrap();
        assert_eq!(read(3).as_deref(), Some(&b"123"[..]));
        assert_eq!(read(2), None);
        // Such as `yes | rollcall fetch -`.
        assert_eq!(read_up_to(1_000, io::repeat(b'y')).unwrap(), None);
    }

    #[test]
    fn the_column_that_is_read_is_described() {
        let describe = |text: &str, column: Option<&str>| {
            let column = column.map(|name| name.parse().unwrap());
            let source = read_source(text.as_bytes(), &ReadOptions::default(), column.as_ref());
            describe_column(&source.unwrap())
        };
        let table = "Name,SSN\nAnn,123456789\n";
        for (text, column, expected) in [
            (
                table,
                None,
                "reading column 2 of 2, “SSN”: its header names SSNs",
            ),
            (
                table,
                Some("1"),
                "reading column 1 of 2, “Name”: it was selected",
            ),
            (
                "Ann,123-45-6789\n",
                None,
                "reading column 2 of 2: its cells are written as 123-45-6789",
            ),
        ] {
            assert_eq!(describe(text, column).as_deref(), Some(expected));
        }
        assert_eq!(describe("SSN\n123456789\n", None), None);
    }

    #[test]
    fn a_list_without_a_number_is_an_error_with_reasons() {
        assert_eq!(error_of("123456789\nx\n"), "");
        assert!(error_of("\n \n").contains("empty"));
        assert!(error_of("Name,SSN\n").contains("only a header"));
        assert_eq!(
            error_of("SSN,Name\nXXX-XX-6789,Ann\n,Bob\n***-**-1234,Cy\n"),
            "no line of the list holds a Social Security Number in column 1 of 2, “SSN”. \
             2 lines: not only digits (first: line 2); 1 line: empty (first: line 3)"
        );
        let embedded = error_of("123-45-6789 Ann Lee\n987-65-4321 Bob Roe\n");
        assert!(
            embedded.contains("among other text: write one number per line, or a table")
                && embedded.ends_with("2 lines: not only digits (first: line 1)"),
            "{embedded}"
        );
        let many = error_of("x\n1\n1234567890\n12345678\n1E8\n");
        assert!(
            many.ends_with("; 2 more reasons") && !many.contains("12345678"),
            "{many}"
        );
    }
}
