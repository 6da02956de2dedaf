//! Rows as CSV, NDJSON or JSON.

use std::io::{self, Write};

use contract::wire::{CSV_HEADER, Joined, ResultRow, defused};

use crate::cli::Format;

/// Rows on their way out, beside the list's other columns where there are any.
pub(super) struct Rows<'a, W: Write> {
    out: Out<W>,
    joined: Option<&'a Joined<'a>>,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    /// The buffer holds one row.
    Ndjson(W, Vec<u8>),
    Json(W, Vec<u8>),
}

impl<'a, W: Write> Rows<'a, W> {
    pub(super) fn begin(
        format: Format,
        joined: Option<&'a Joined<'a>>,
        mut out: W,
    ) -> io::Result<Self> {
        let out = match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                for name in joined.into_iter().flat_map(Joined::names) {
                    writer.write_field(defused(name).as_bytes())?;
                }
                writer.write_record(CSV_HEADER)?;
                Out::Csv(Box::new(writer))
            }
            Format::Ndjson => Out::Ndjson(out, Vec::new()),
            Format::Json => {
                out.write_all(b"[")?;
                Out::Json(out, Vec::new())
            }
        };
        Ok(Self { out, joined })
    }

    pub(super) fn write(&mut self, row: &ResultRow) -> io::Result<()> {
        match &mut self.out {
            Out::Csv(writer) => {
                let joined = self.joined.map(|joined| joined.cells(place(row)));
                for cell in joined.into_iter().flatten() {
                    writer.write_field(defused(&cell).as_bytes())?;
                }
                Ok(writer.write_record(row.csv_record())?)
            }
            Out::Ndjson(out, json) => {
                object(row, self.joined, json)?;
                json.push(b'\n');
                out.write_all(json)
            }
            Out::Json(out, json) => {
                object(row, self.joined, json)?;
                out.write_all(if row.row == 0 { b"\n" } else { b",\n" })?;
                out.write_all(json)
            }
        }
    }

    pub(super) fn end(self) -> io::Result<()> {
        match self.out {
            Out::Csv(mut writer) => writer.flush(),
            Out::Ndjson(mut out, _) => out.flush(),
            Out::Json(mut out, _) => out.write_all(b"\n]\n").and_then(|()| out.flush()),
        }
    }
}

fn object(row: &ResultRow, joined: Option<&Joined<'_>>, json: &mut Vec<u8>) -> io::Result<()> {
    json.clear();
    serde_json::to_writer(&mut *json, row)?;
    if let Some(joined) = joined {
        joined.add_to_object(place(row), json);
    }
    Ok(())
}

fn place(row: &ResultRow) -> usize {
    usize::try_from(row.row).unwrap_or(usize::MAX)
}
