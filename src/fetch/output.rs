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
    begin(format, out)?;
    while let Some(rows) = pages.recv().await {
        for row in &rows {
            write_row(format, row, out)?;
        }
    }
    reading.await.map_err(io::Error::other)??;
    Ok(end(format, out)?)
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

fn begin(format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Csv => write_csv(&CSV_HEADER, out),
        Format::Ndjson => Ok(()),
        Format::Json => out.write_all(b"["),
    }
}

fn write_row(format: Format, row: &ResultRow, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Csv => write_csv(&row.csv_record(), out),
        Format::Ndjson => {
            serde_json::to_writer(&mut *out, row)?;
            out.write_all(b"\n")
        }
        Format::Json => {
            out.write_all(if row.row == 0 { b"\n" } else { b",\n" })?;
            Ok(serde_json::to_writer(&mut *out, row)?)
        }
    }
}

fn end(format: Format, out: &mut impl Write) -> io::Result<()> {
    if matches!(format, Format::Json) {
        out.write_all(b"\n]\n")
    } else {
        Ok(())
    }
}

fn write_csv<T: AsRef<[u8]>>(record: &[T], out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(1 << 10)
        .from_writer(out);
    writer.write_record(record).map_err(io::Error::other)?;
    writer.flush()
}
