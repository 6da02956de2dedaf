//! Writes rows, whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::limits::MAX_RESULTS_COUNT;
use contract::wire::{CSV_HEADER, ResultRow};
use store::{Filters, PageLimits, ResultsReader, StoreError};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use crate::cli::Format;
use crate::fetch::FetchError;

/// Where rows go.
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A file that takes its name once it is whole. Made for its owner alone: it holds numbers.
    File(NamedTempFile, PathBuf),
}

impl Output {
    /// Opens the output, so that what is wrong with it is said before anything is asked.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, FetchError> {
        let Some(path) = path else {
            return Ok(Self::Stdout);
        };
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        Ok(Self::File(NamedTempFile::new_in(folder)?, path.to_owned()))
    }

    /// Writes all rows in list order.
    pub(super) async fn write(
        self,
        reader: ResultsReader,
        format: Format,
    ) -> Result<(), FetchError> {
        match self {
            Self::Stdout => {
                // Not the lock: it can't be held where this may be put aside.
                let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout());
                write_all(reader, format, &mut stdout).await?;
                Ok(stdout.flush()?)
            }
            Self::File(mut file, path) => {
                let mut writer = BufWriter::with_capacity(1 << 16, file.as_file_mut());
                write_all(reader, format, &mut writer).await?;
                writer.flush()?;
                drop(writer);
                file.as_file().sync_all()?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
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
