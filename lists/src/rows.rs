//! Reads the rows of a text.

use std::ops::Range;

use contract::InvalidReason;
use contract::list::{ListBuilder, ParsedSsn, ReadOptions};
use memchr::memchr_iter;

use crate::cell::{clean, count_digits};
use crate::classify::{CellKind, classify, is_plain_dashed};
use crate::evidence::{Evidence, Verdict};
use crate::header::{HeaderKind, header_kind};
use crate::line_counts::LineCounts;
use crate::lines::Lines;
use crate::numbers::{LineNumbers, find_numbers};
use crate::plan::{Check, Input, Plan};
use crate::preamble::repeats_header;
use crate::records::{Records, is_shifted};
use crate::source::Place;
use crate::tally::Tally;
use crate::value::{accept, parse_number};
use crate::words::{is_column_name, is_control, may_be_control};
use crate::{ReadError, TableLayout};

/// The rows of a text, and what was counted while they were read.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) list: ListBuilder,
    pub(crate) places: Vec<Place>,
    pub(crate) records: Option<Records>,
    pub(crate) zeros_lost: usize,
    pub(crate) warnings: usize,
    /// What the cells of the column are. Only filled for [`Check::Header`].
    evidence: Evidence,
    /// How many numbers the lines have. Only filled for [`Check::Lines`].
    counts: LineCounts,
    /// What the cells of all columns are, for [`Check::Columns`].
    tally: Option<Tally>,
    /// Whether the last header was one of another table.
    is_other_table: bool,
}

impl Rows {
    /// Reads at most `limit` rows.
    pub(crate) fn read(
        input: &Input<'_>,
        plan: &Plan,
        limit: usize,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let text = input.text;
        let table = plan.table.as_ref().filter(|_| plan.has_records);
        let column = table.map_or(0, |table| table.ssn_column);
        let new_records = |table: &TableLayout| {
            Records::new(table.delimiter, input.start).max_fields(plan.max_fields)
        };
        let mut records = table.map(new_records);
        let mut lines = Lines::new(input.start);
        // It may have several columns, so a line with one number may have that of another column.
        let may_be_table = !plan.has_records && !plan.splits_lines;
        // The usual number of rows, so that those of a long list aren't copied again and again.
        let capacity = memchr_iter(b'\n', text.as_bytes()).count().min(limit);
        let mut read = Self {
            list: ListBuilder::with_capacity(capacity),
            places: Vec::with_capacity(capacity),
            ..Self::default()
        };
        if let Check::Columns(tally) = &plan.check {
            read.tally = Some(tally.clone());
        }
        let (mut index, mut rows) = (0, 0);
        loop {
            // The value is empty if the record ends before the column.
            let place = match &mut records {
                None => lines.next_row(text).map(|line| Place {
                    start: line.span.start,
                    value: line.span,
                    line: line.number,
                }),
                Some(records) => records.next(text).map(|record| Place {
                    start: record.start,
                    value: records.fields().get(column).cloned().unwrap_or_default(),
                    line: record.line,
                }),
            };
            let Some(mut place) = place else { break };
            if let Some(table) = input.table {
                place.line = table.lines.get(index).copied().unwrap_or_default();
            }
            let is_before_header = plan.header.is_some_and(|header| index < header);
            let is_header = plan.header == Some(index);
            let is_below_header = plan.header.is_some_and(|header| index == header + 1);
            index += 1;
            let fields = records.as_ref().map_or(&[][..], Records::fields);
            if let Some(tally) = &mut read.tally {
                tally.add(text, fields);
            }
            if is_header || (is_below_header && is_rule(text, fields)) {
                continue;
            }
            let cell = &text[place.value.clone()];
            let number = parse_number(cell);
            let several = match number.is_err() && records.is_none() && !is_before_header {
                true => find_numbers(cell),
                false => LineNumbers::default(),
            };
            if plan.check == Check::Lines {
                match number.is_ok() {
                    true => read.counts.add_value(cell),
                    false => read.counts.add(cell, &several),
                }
            }
            let is_split = match several.spans.len() {
                0 => false,
                _ => plan.splits_lines && !several.are_records(),
            };
            rows += if is_split { several.spans.len() } else { 1 };
            if rows > limit {
                continue;
            }
            if is_split {
                for span in several.spans {
                    let value = place.value.start + span.start..place.value.start + span.end;
                    let cell = &text[value.clone()];
                    let number = parse_number(cell);
                    let number = read.value(cell, number, plan, options, || false);
                    read.list.push(number, place.line);
                    read.places.push(Place {
                        value,
                        ..place.clone()
                    });
                }
                continue;
            }
            if number.is_err() && plan.header.is_some() && is_other_header(text, fields, column) {
                read.is_other_table = true;
            }
            // Most numbers of most tables have dashes, and no other cell matters then.
            let is_dashed = records.is_some() && is_plain_dashed(cell.as_bytes());
            let value = if is_before_header {
                Err(InvalidReason::Preamble)
            } else if !several.spans.is_empty() || (may_be_table && number.is_ok()) {
                Err(InvalidReason::SeveralNumbers)
            } else if is_shifted(text, fields, plan.max_fields)
                || (number.is_ok() && !is_dashed && read.is_uncertain(text, fields, cell, plan))
            {
                // The whole record is shown, because its value may be in any of its fields.
                place.value = place.start..fields.last().map_or(place.start, |field| field.end);
                Err(InvalidReason::Shifted)
            } else {
                read.value(cell, number, plan, options, || {
                    let has_dashed = plan.has_dashed.get(column).copied().unwrap_or_default();
                    !is_dashed && is_control_record(text, fields, column, has_dashed)
                })
            };
            read.list.push(value, place.line);
            read.places.push(place);
        }
        if rows > limit {
            return Err(ReadError::TooManyRows { rows, limit });
        }
        read.records = records;
        Ok(read)
    }

    /// Whether the cells confirm the plan.
    pub(crate) fn confirm(&self, plan: &Plan) -> bool {
        if plan.check == Check::Lines {
            return self.counts.confirms(plan.splits_lines);
        }
        let Some(table) = plan.table.as_ref().filter(|_| !self.places.is_empty()) else {
            return true;
        };
        match &plan.check {
            Check::Nothing | Check::Lines => true,
            Check::Header => self.evidence.confirms_header(),
            Check::Columns(_) => {
                let expected = Verdict::Certain(table.ssn_column, table.basis);
                self.tally
                    .as_ref()
                    .is_none_or(|tally| tally.confirms(&expected))
            }
        }
    }

    /// Whether a number without dashes may be that of another column.
    ///
    /// So it may if a dashed number is where none belongs, but not here, if the record is shorter than
    /// the others and has another number, and below the header of another table.
    fn is_uncertain(&self, text: &str, fields: &[Range<usize>], cell: &str, plan: &Plan) -> bool {
        let column = plan.table.as_ref().map_or(0, |table| table.ssn_column);
        let has_dashed = |column: usize| plan.has_dashed.get(column).copied().unwrap_or_default();
        let is_short = fields.len() < plan.usual_fields;
        if (!has_dashed(column) && !is_short && !self.is_other_table)
            || classify(cell) == CellKind::Dashed
        {
            return false;
        }
        let mut others = fields.iter().enumerate().filter(|(at, _)| *at != column);
        self.is_other_table
            || others.any(|(at, field)| match classify(&text[field.clone()]) {
                CellKind::Dashed => is_short || (has_dashed(column) && !has_dashed(at)),
                CellKind::Bare => is_short,
                _ => false,
            })
    }

    /// Reads the value of a row below the header, which was parsed as `number`.
    fn value(
        &mut self,
        cell: &str,
        number: Result<ParsedSsn, InvalidReason>,
        plan: &Plan,
        options: &ReadOptions,
        is_control: impl FnOnce() -> bool,
    ) -> Result<ParsedSsn, InvalidReason> {
        let header = plan.header_cell.as_deref().unwrap_or_default();
        if number.is_err() && repeats_header(header, cell) {
            self.is_other_table = false;
            return Err(InvalidReason::RepeatedHeader);
        }
        if plan.check == Check::Header {
            self.evidence.add(match number {
                Ok(number) if !number.restored && !cell.contains('.') => CellKind::Bare,
                _ => classify(cell),
            });
        }
        let number = number?;
        // In the record of a total, nine digits are a count or a sum. A number with dashes is an SSN.
        if is_control() && classify(cell) != CellKind::Dashed {
            return Err(InvalidReason::ControlRecord);
        }
        self.zeros_lost += usize::from(number.restored);
        let value = accept(number, options);
        self.warnings += usize::from(value.is_ok_and(|n| n.ssn.warning().is_some()));
        value
    }
}

/// Whether a record is the line below the header of a Markdown table: `| --- | :-: |`.
pub(crate) fn is_rule(text: &str, fields: &[Range<usize>]) -> bool {
    let mut has_dashes = false;
    let last = fields.len().saturating_sub(1);
    let are_rules = fields.iter().enumerate().all(|(at, field)| {
        let cell = text[field.clone()].trim();
        has_dashes |= cell.contains("---");
        // Only a pipe at the start or the end has nothing beside it.
        let is_outer = cell.is_empty() && (at == 0 || at == last) && last > 1;
        is_outer || (!cell.is_empty() && cell.bytes().all(|b| matches!(b, b'-' | b':')))
    });
    are_rules && has_dashes
}

/// Whether a record is the header of another table, whose column has other numbers or none.
///
/// Its cell must be a name of other numbers, in a record without digits, or any name beside one for SSNs.
fn is_other_header(text: &str, fields: &[Range<usize>], column: usize) -> bool {
    let Some(cell) = fields.get(column).map(|field| &text[field.clone()]) else {
        return false;
    };
    let mut cells = fields.iter().map(|field| &text[field.clone()]);
    is_column_name(cell)
        && match header_kind(cell) {
            HeaderKind::OtherNumber => {
                fields.len() > 1 && cells.all(|cell| count_digits(cell) == 0)
            }
            HeaderKind::Other => cells.any(|cell| header_kind(cell) == HeaderKind::Ssn),
            _ => false,
        }
}

/// Whether the first other cell with text says that the record is a total, a header or a trailer.
///
/// Where the numbers of people have dashes, a code such as `T` says so too.
fn is_control_record(text: &str, fields: &[Range<usize>], column: usize, has_dashed: bool) -> bool {
    let others = fields.iter().enumerate().filter(|(at, _)| *at != column);
    let mut cells = others.map(|(_, field)| clean(&text[field.clone()]));
    cells
        .find(|cell| !cell.is_empty())
        .is_some_and(|cell| is_control(cell) || (has_dashed && may_be_control(cell)))
}
