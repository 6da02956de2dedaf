//! Where rows go, whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use contract::list::Source;
use contract::wire::{Joined, ResultRow};
use tempfile::{NamedTempFile, TempPath};
use tokio::sync::mpsc;

use super::FetchError;
use super::rows::Rows;
use crate::cli::Format;

/// The rows in list order, a page at a time, or why there are no more.
pub(super) type Pages = mpsc::Receiver<Result<Vec<ResultRow>, FetchError>>;

/// Where rows go.
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A file that takes its name once it is whole, or else is gone. Made for its owner alone: it
    /// holds numbers.
    File(File, TempPath, PathBuf),
    /// A device or a pipe, which can't be replaced by a file.
    Device(File, PathBuf),
}

impl Output {
    /// Opens the output, so that what is wrong with it is said before anything is asked.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, FetchError> {
        let Some(path) = path else {
            return Ok(Self::Stdout);
        };
        let bad = |error| FetchError::OutputFile(path.to_owned(), error);
        match path.metadata() {
            Ok(there) if there.is_dir() => Err(bad(io::ErrorKind::IsADirectory.into())),
            Ok(there) if !there.is_file() => {
                let device = OpenOptions::new().write(true).open(path).map_err(bad)?;
                Ok(Self::Device(device, path.to_owned()))
            }
            Ok(_) => {
                // What a link leads to is replaced, not the link.
                let path = path.canonicalize().map_err(bad)?;
                let (file, hidden) = beside(&path).map_err(bad)?;
                Ok(Self::File(file, hidden, path))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (file, hidden) = beside(path).map_err(bad)?;
                Ok(Self::File(file, hidden, path.to_owned()))
            }
            Err(error) => Err(bad(error)),
        }
    }

    /// Writes all rows in list order, beside the list's other columns where it has any. Put aside,
    /// it leaves no file behind, though a thread may be held up by who doesn't read.
    pub(super) async fn write(self, rows: Wanted) -> Result<(), FetchError> {
        match self {
            Self::Stdout => rows.write(io::stdout(), FetchError::Output).await.map(drop),
            Self::Device(device, path) => {
                let bad = move |error| FetchError::OutputFile(path.clone(), error);
                rows.write(device, bad).await.map(drop)
            }
            Self::File(file, hidden, path) => {
                let name = path.clone();
                let bad = move |error| FetchError::OutputFile(name.clone(), error);
                let file = rows.write(file, bad.clone()).await?;
                file.sync_all().map_err(&bad)?;
                hidden.persist(&path).map_err(|error| bad(error.error))?;
                Ok(())
            }
        }
    }
}

fn beside(path: &Path) -> io::Result<(File, TempPath)> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    Ok(file.into_parts())
}

/// The rows to write, and how.
pub(super) struct Wanted {
    pub(super) pages: Pages,
    pub(super) format: Format,
    /// The list, where its other columns go along.
    pub(super) source: Option<Source>,
    /// Whether these hold no number.
    pub(super) masked: bool,
}

impl Wanted {
    /// Writes them on a thread of their own, since a pipe takes no more than is read from it.
    async fn write<W: Write + Send + 'static>(
        self,
        out: W,
        bad: impl Fn(io::Error) -> FetchError + Clone + Send + 'static,
    ) -> Result<W, FetchError> {
        let ended = bad.clone();
        let written = tokio::task::spawn_blocking(move || self.write_all(out, bad));
        written.await.map_err(|error| ended(error.into()))?
    }

    fn write_all<W: Write>(
        mut self,
        out: W,
        bad: impl Fn(io::Error) -> FetchError,
    ) -> Result<W, FetchError> {
        let joined = self.source.as_ref();
        let joined = joined.and_then(|source| Joined::of(source, self.masked));
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut rows = Rows::begin(self.format, joined.as_ref(), &mut out).map_err(&bad)?;
        while let Some(page) = self.pages.blocking_recv() {
            for row in &page? {
                rows.write(row).map_err(&bad)?;
            }
        }
        rows.end().map_err(&bad)?;
        out.into_inner().map_err(|error| bad(error.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::wire::Outcome;
    use std::os::unix::fs::PermissionsExt;

    fn wanted(last: Option<FetchError>) -> Wanted {
        let (send, pages) = mpsc::channel(2);
        let row = ResultRow {
            row: 0,
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
        Wanted {
            pages,
            format: Format::Csv,
            source: None,
            masked: false,
        }
    }

    #[tokio::test]
    async fn an_existing_file_is_replaced_by_what_is_whole_and_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("rows.csv"), folder.path().join("link"));
        std::fs::write(&file, "before").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let read = || std::fs::read_to_string(&file).unwrap();

        let broken = Output::open(Some(&link)).unwrap();
        let why = FetchError::Empty;
        let result = broken.write(wanted(Some(why))).await;
        assert!(matches!(result, Err(FetchError::Empty)));
        assert_eq!(read(), "before");

        let whole = Output::open(Some(&link)).unwrap();
        whole.write(wanted(None)).await.unwrap();
        assert!(read().contains("100010001"));
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(link.is_symlink());
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    }

    #[test]
    fn a_folder_is_no_place_for_rows() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Output::open(Some(folder.path())).is_err());
        assert!(Output::open(Some(&folder.path().join("no/where"))).is_err());
    }

    #[tokio::test]
    async fn a_full_device_is_told_and_stays_a_device() {
        let device = Output::open(Some(Path::new("/dev/full"))).unwrap();
        let result = device.write(wanted(None)).await;
        assert!(matches!(result, Err(FetchError::OutputFile(..))));
        assert!(!Path::new("/dev/full").is_file());
    }
}
