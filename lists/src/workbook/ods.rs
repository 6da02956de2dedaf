//! Reads .ods workbooks.
//!
//! calamine repeats each cell and row in memory as often as the file says, without a limit for the
//! cells of a row, and doesn't say which rows are hidden.

use std::ops::Range;

use calamine::DataRef;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::package::Package;
use super::value::{TotalRow, UNSAVED, is_count, write_value};
use super::xml::{attribute, resolve, xml_reader};
use super::{
    HiddenRows, MAX_COLUMNS, MAX_ROWS, MAX_WHOLE_MB, Tab, Visitor, Workbook, WorkbookError,
};
use crate::cell::is_blank;

pub(super) struct OdsWorkbook {
    content: Vec<u8>,
    tabs: Vec<Tab>,
}

impl OdsWorkbook {
    pub(super) fn open(mut package: Package<'_>) -> Result<Self, WorkbookError> {
        let manifest = "META-INF/manifest.xml";
        if package.has(manifest) {
            let manifest = package.read(manifest, MAX_WHOLE_MB)?;
            let mark = b"encryption-data";
            if manifest.windows(mark.len()).any(|window| window == mark) {
                return Err(WorkbookError::Encrypted);
            }
        }
        let content = package.read("content.xml", MAX_WHOLE_MB)?;
        let tabs = read_tabs(&content)?;
        Ok(Self { content, tabs })
    }
}

impl Workbook for OdsWorkbook {
    fn tabs(&self) -> Vec<Tab> {
        self.tabs.clone()
    }

    fn visit_cells(
        &mut self,
        index: usize,
        visitor: &mut Visitor<'_>,
    ) -> Result<HiddenRows, WorkbookError> {
        let mut reader = xml_reader(&self.content[..]);
        let mut hidden = HiddenRows::new();
        let (mut tables, mut row) = (0, 0_u32);
        loop {
            match next(&mut reader)? {
                Event::Start(element) if is_cache(&element) => skip(&mut reader, &element)?,
                Event::Start(element) => match element.name().as_ref() {
                    "table:table" => {
                        tables += 1;
                        row = 0;
                    }
                    "table:table-row" if tables == index + 1 => {
                        let end = row.saturating_add(count(&element, "table:number-rows-repeated"));
                        let end = end.min(MAX_ROWS + 1);
                        let visibility = attribute(&element, "table:visibility");
                        if matches!(visibility.as_deref(), Some("collapse" | "filter")) {
                            hidden.push(row..end);
                        }
                        let cells = read_row(&mut reader)?;
                        for (row, (columns, value)) in
                            (row..end).flat_map(|row| cells.iter().map(move |cell| (row, cell)))
                        {
                            for column in columns.clone() {
                                if visitor(row, column, value).is_break() {
                                    return Ok(hidden);
                                }
                            }
                        }
                        row = end;
                    }
                    _ => {}
                },
                Event::Eof => return Ok(hidden),
                _ => {}
            }
        }
    }
}

fn next<'b>(reader: &mut Reader<&'b [u8]>) -> Result<Event<'b>, WorkbookError> {
    reader.read_event().map_err(|_| WorkbookError::Damaged)
}

/// Whether an element is the copy of another file's sheet, which LibreOffice keeps for formulas.
fn is_cache(element: &BytesStart<'_>) -> bool {
    let is_file = |name: String| name.starts_with("'file:");
    element.name().as_ref() == "table:table"
        && attribute(element, "table:name").is_some_and(is_file)
}

fn skip(reader: &mut Reader<&[u8]>, element: &BytesStart<'_>) -> Result<(), WorkbookError> {
    let skipped = reader.read_to_end(element.name());
    skipped.map(|_| ()).map_err(|_| WorkbookError::Damaged)
}

/// Returns how often an element is repeated.
fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    let count = attribute(element, name).and_then(|count| count.trim().parse().ok());
    count.unwrap_or(1)
}

fn read_tabs(content: &[u8]) -> Result<Vec<Tab>, WorkbookError> {
    let mut reader = xml_reader(content);
    let mut hidden_styles = Vec::new();
    let mut style = None;
    let mut tabs = Vec::new();
    loop {
        match next(&mut reader)? {
            Event::Start(element) if is_cache(&element) => skip(&mut reader, &element)?,
            Event::Start(element) => match element.name().as_ref() {
                "style:style" => style = attribute(&element, "style:name"),
                "style:table-properties" => {
                    let display = attribute(&element, "table:display");
                    if display.as_deref() == Some("false") {
                        hidden_styles.extend(style.take());
                    }
                }
                "table:table" => {
                    let style = attribute(&element, "table:style-name");
                    tabs.push(Tab {
                        name: attribute(&element, "table:name").unwrap_or_default(),
                        is_hidden: style.is_some_and(|style| hidden_styles.contains(&style)),
                    });
                }
                _ => {}
            },
            Event::Eof => return Ok(tabs),
            _ => {}
        }
    }
}

/// Reads the cells of a row that aren't blank, and the columns of each.
fn read_row(reader: &mut Reader<&[u8]>) -> Result<Vec<(Range<u32>, String)>, WorkbookError> {
    let mut cells = Vec::new();
    let mut column = 0_u32;
    let mut total = TotalRow::default();
    loop {
        match next(reader)? {
            Event::Start(element)
                if matches!(
                    element.name().as_ref(),
                    "table:table-cell" | "table:covered-table-cell"
                ) =>
            {
                let repeated = count(&element, "table:number-columns-repeated");
                let end = column.saturating_add(repeated).min(MAX_COLUMNS + 1);
                let shown = read_text(reader, element.name().as_ref())?;
                let value = value(&element, shown, total.is_in(0));
                total.add(0, &value);
                // A few bytes may repeat a cell millions of times.
                if !is_blank(&value) {
                    cells.push((column..end, value));
                }
                column = end;
            }
            Event::End(element) if element.name().as_ref() == "table:table-row" => {
                return Ok(cells);
            }
            Event::Eof => return Err(WorkbookError::Damaged),
            _ => {}
        }
    }
}

/// Returns the value of a cell that shows a text.
fn value(element: &BytesStart<'_>, shown: String, is_in_total: bool) -> String {
    let kind = attribute(element, "office:value-type").unwrap_or_default();
    let named = |name: &str| attribute(element, name);
    let stored = match kind.as_str() {
        "float" | "percentage" | "currency" => {
            let number = named("office:value").and_then(|value| value.trim().parse().ok());
            number.map(|number: f64| {
                let mut text = String::new();
                write_value(&mut text, &DataRef::Float(number), None);
                match !is_in_total && shows_zeros_of(&shown, &text) {
                    true => shown.clone(),
                    false => text,
                }
            })
        }
        "date" => named("office:date-value").map(|date| {
            date.strip_suffix("T00:00:00")
                .map_or(date.clone(), str::to_owned)
        }),
        "time" => named("office:time-value"),
        "boolean" => named("office:boolean-value").map(|value| value.to_uppercase()),
        "string" if shown.is_empty() => named("office:string-value"),
        "" if shown.is_empty() => named("table:formula").map(|_| UNSAVED.to_owned()),
        _ => None,
    };
    stored.unwrap_or(shown)
}

/// Whether a cell shows its number with leading zeros: `001-01-0001` for 1010001, not for a count.
fn shows_zeros_of(shown: &str, number: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ' ');
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    shown.starts_with('0')
        && shown.chars().all(is_plain)
        && !number.is_empty()
        && !is_count(number, digits.len())
        && digits.trim_start_matches('0') == number.trim_start_matches('0')
}

/// Reads the text of an element up to its end. Comments and drawings aren't part of it.
fn read_text(reader: &mut Reader<&[u8]>, end: &str) -> Result<String, WorkbookError> {
    let mut text = String::new();
    let (mut paragraphs, mut is_inside) = (0, false);
    loop {
        match next(reader)? {
            Event::Start(element) => match element.name().as_ref() {
                name if name == "office:annotation" || name.starts_with("draw:") => {
                    skip(reader, &element)?;
                }
                "text:p" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    is_inside = true;
                }
                "text:s" => {
                    let spaces = count(&element, "text:c").min(100);
                    text.extend(std::iter::repeat_n(' ', spaces as usize));
                }
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                _ => {}
            },
            Event::Text(part) if is_inside => text.push_str(&part.xml10_content()),
            Event::CData(part) if is_inside => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) if is_inside => text.push_str(&resolve(&reference)),
            Event::End(element) if element.name().as_ref() == "text:p" => is_inside = false,
            Event::End(element) if element.name().as_ref() == end => return Ok(text),
            Event::Eof => return Err(WorkbookError::Damaged),
            _ => {}
        }
    }
}
