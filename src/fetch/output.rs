//! The output that rows are written to: a complete file or none.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use contract::wire::ResultRow;
use export::{Format, JoinedColumns, RowWriter, WriteOptions};
use lists::Source;
use tempfile::{NamedTempFile, TempPath};
use tokio::sync::mpsc;

use super::FetchError;
use crate::cli::FetchArgs;

/// The rows in list order, one page at a time; an error is the last item.
pub(super) type Pages = mpsc::Receiver<Result<Vec<ResultRow>, FetchError>>;

/// The output that rows are written to.
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A temporary file that is renamed to this path once complete, and removed on failure.
    ///
    /// Only its owner may read it: it holds numbers.
    File(File, TempPath, PathBuf),
    /// A device or a pipe, which a file can't replace.
    Device(File, PathBuf),
}

impl Output {
    /// Opens the output before the first request, so that a bad path costs nothing.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, FetchError> {
        let Some(path) = path else {
            return Ok(Self::Stdout);
        };
        let bad = |error| FetchError::OutputFile(path.to_owned(), error);
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => Err(bad(io::ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                let device = OpenOptions::new().write(true).open(path).map_err(bad)?;
                Ok(Self::Device(device, path.to_owned()))
            }
            Ok(_) => {
                // Replace the link's target, not the link.
                let path = path.canonicalize().map_err(bad)?;
                let (file, temporary) = temporary_beside(&path).map_err(bad)?;
                Ok(Self::File(file, temporary, path))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (file, temporary) = temporary_beside(path).map_err(bad)?;
                Ok(Self::File(file, temporary, path.to_owned()))
            }
            Err(error) => Err(bad(error)),
        }
    }

    /// Writes all rows in list order, beside the list's other columns if it has any.
    ///
    /// If the future is dropped, no file is left; a thread may stay blocked on a pipe without a
    /// reader.
    pub(super) async fn write(self, rows: Rows) -> Result<(), FetchError> {
        match self {
            Self::Stdout => rows.write(io::stdout(), FetchError::Output).await.map(drop),
            Self::Device(device, path) => {
                let bad = move |error| FetchError::OutputFile(path.clone(), error);
                rows.write(device, bad).await.map(drop)
            }
            Self::File(file, temporary, path) => {
                let name = path.clone();
                let bad = move |error| FetchError::OutputFile(name.clone(), error);
                let file = rows.write(file, bad.clone()).await?;
                file.sync_all().map_err(&bad)?;
                temporary.persist(&path).map_err(|error| bad(error.error))?;
                Ok(())
            }
        }
    }
}

/// A new temporary file in the folder of this path.
fn temporary_beside(path: &Path) -> io::Result<(File, TempPath)> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    Ok(file.into_parts())
}

/// The rows to write, and how.
pub(super) struct Rows {
    pub(super) pages: Pages,
    pub(super) options: WriteOptions,
    /// The list, if its other columns or the text of its INVALID rows are written beside the rows.
    pub(super) source: Option<Source>,
    /// Whether to mask the other columns. In `pages`, the numbers are already masked if they should be.
    pub(super) masked: bool,
}

/// Returns the options that the arguments select for the file.
///
/// # Errors
/// [`FetchError::SpreadsheetFormat`] if `--spreadsheet` comes with another format than CSV.
pub(super) fn options(args: &FetchArgs) -> Result<WriteOptions, FetchError> {
    match (args.spreadsheet, args.format) {
        (true, Format::Csv) => Ok(WriteOptions::spreadsheet()),
        (true, _) => Err(FetchError::SpreadsheetFormat),
        (false, format) => Ok(WriteOptions {
            dashes: args.dashes,
            ..WriteOptions::new(format)
        }),
    }
}

impl Rows {
    /// Writes the rows on a blocking thread, since writing to a pipe waits for its reader.
    async fn write<W: Write + Send + 'static>(
        self,
        out: W,
        bad: impl Fn(io::Error) -> FetchError + Clone + Send + 'static,
    ) -> Result<W, FetchError> {
        let join_error = bad.clone();
        let written = tokio::task::spawn_blocking(move || self.write_all(out, bad));
        written.await.map_err(|error| join_error(error.into()))?
    }

    fn write_all<W: Write>(
        mut self,
        out: W,
        bad: impl Fn(io::Error) -> FetchError,
    ) -> Result<W, FetchError> {
        let source = self.source.as_ref();
        let columns = source.and_then(|source| JoinedColumns::new(source, self.masked));
        let out = BufWriter::with_capacity(1 << 16, out);
        let mut writer = RowWriter::begin(out, self.options, columns).map_err(&bad)?;
        while let Some(page) = self.pages.blocking_recv() {
            for row in page? {
                writer.write(row).map_err(&bad)?;
            }
        }
        let out = writer.end().map_err(&bad)?;
        out.into_inner().map_err(|error| bad(error.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::Outcome;
    use std::os::unix::fs::PermissionsExt;

    fn rows(last: Option<FetchError>) -> Rows {
        let (send, pages) = mpsc::channel(2);
        let row = ResultRow {
            row: 0,
            line: 1,
            ssn: Some("100010001".into()),
            outcome: Outcome::Succeeded,
            status_code: Some(200),
            body: None,
            error: None,
            warning: None,
            duration_ms: None,
            attempts: 1,
        };
        send.try_send(Ok(vec![row])).unwrap();
        if let Some(error) = last {
            send.try_send(Err(error)).unwrap();
        }
        Rows {
            pages,
            options: WriteOptions::default(),
            source: None,
            masked: false,
        }
    }

    #[tokio::test]
    async fn only_a_complete_file_replaces_an_existing_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("rows.csv"), folder.path().join("link"));
        std::fs::write(&file, "before").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let read = || std::fs::read_to_string(&file).unwrap();

        let incomplete = Output::open(Some(&link)).unwrap();
        let why = FetchError::Empty;
        let result = incomplete.write(rows(Some(why))).await;
        assert!(matches!(result, Err(FetchError::Empty)));
        assert_eq!(read(), "before");

        let complete = Output::open(Some(&link)).unwrap();
        complete.write(rows(None)).await.unwrap();
        assert!(read().contains("100010001"));
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(link.is_symlink());
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    }

    #[test]
    fn folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Output::open(Some(folder.path())).is_err());
        assert!(Output::open(Some(&folder.path().join("no/where"))).is_err());
    }

    #[tokio::test]
    async fn full_device_is_an_error_and_stays_a_device() {
        let device = Output::open(Some(Path::new("/dev/full"))).unwrap();
        let result = device.write(rows(None)).await;
        assert!(matches!(result, Err(FetchError::OutputFile(..))));
        assert!(!Path::new("/dev/full").is_file());
    }
}
