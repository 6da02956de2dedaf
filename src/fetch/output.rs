//! Writes rows, whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{CSV_HEADER, ResultRow};
use store::{Filters, PageLimits, ResultsReader, StoreError};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use crate::cli::Format;
use crate::fetch::FetchError;

/// Writes all rows in list order, to a file that takes its name once it is whole, or to standard
/// output.
pub(super) async fn write(
    reader: ResultsReader,
    format: Format,
    out: Option<&Path>,
) -> Result<(), FetchError> {
    let Some(path) = out else {
        let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write_all(reader, format, &mut stdout).await?;
        return Ok(stdout.flush()?);
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Made for its owner alone: it holds numbers.
    let mut file = NamedTempFile::new_in(folder)?;
    let mut writer = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write_all(reader, format, &mut writer).await?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Reads a page ahead of what is being written.
async fn write_all(
    reader: ResultsReader,
    format: Format,
    out: &mut impl Write,
) -> Result<(), FetchError> {
    let (send, mut pages) = mpsc::channel(2);
    let reading = tokio::spawn(read_all(reader, send));
    let mut rows = Rows::begin(format, out)?;
    while let Some(page) = pages.recv().await {
        for row in &page {
            rows.write(row)?;
        }
    }
    reading.await.map_err(io::Error::other)??;
    Ok(rows.end()?)
}

async fn read_all(
    mut reader: ResultsReader,
    pages: mpsc::Sender<Vec<ResultRow>>,
) -> Result<(), StoreError> {
    let limits = PageLimits {
        count: MAX_RESULTS_COUNT as usize,
        bytes: 16 << 20,
        time: Duration::MAX,
    };
    let mut at = Some(0);
    while let Some(first) = at {
        let page = reader.page(first, &Filters::default(), limits).await?;
        at = page.next;
        if pages.send(page.rows).await.is_err() {
            // Who was to write them has failed, and says so.
            return Ok(());
        }
    }
    Ok(())
}

/// Rows on their way out.
enum Rows<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Ndjson(W),
    Json(W),
}

impl<W: Write> Rows<W> {
    fn begin(format: Format, mut out: W) -> io::Result<Self> {
        match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(CSV_HEADER)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            Format::Ndjson => Ok(Self::Ndjson(out)),
            Format::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json(out))
            }
        }
    }

    fn write(&mut self, row: &ResultRow) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(row.csv_record())?),
            Self::Ndjson(out) => {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")
            }
            Self::Json(out) => {
                out.write_all(if row.row == 0 { b"\n" } else { b",\n" })?;
                Ok(serde_json::to_writer(out, row)?)
            }
        }
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush(),
            Self::Ndjson(_) => Ok(()),
            Self::Json(mut out) => out.write_all(b"\n]\n"),
        }
    }
}
