//! The folder of `--resume`: a run that a later call resumes where an earlier one was interrupted.
//!
//! It is a data folder like a server's, but it has only one run, of one list at one upstream. A later
//! call must have the same list, and the same address of the upstream apart from its query. All other
//! options may change. The file `fetch.json` names the run. It is written first, so that the next call
//! completes the missing steps if the process is killed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use contract::list::List;
use contract::text::pluralize;
use contract::wire::{ExecutionId, RedriveRequest, RunSettings};
use serde::{Deserialize, Serialize};
use store::{Meta, Pass, RedrivePlan, Store};
use tempfile::NamedTempFile;

use super::FetchError;
use crate::data::DataFolder;

/// The owner of everything on one machine.
const OWNER: &str = "local";
/// The file that names the run.
const FILE: &str = "fetch.json";

/// An open folder with one run in it. Locked until it is dropped.
pub(super) struct RunFolder {
    path: PathBuf,
    data: DataFolder,
}

/// The run that the arguments ask for.
pub(super) struct RequestedRun<'a> {
    /// The upstream's scheme, host, port and path.
    pub(super) upstream: String,
    pub(super) list: &'a List,
    pub(super) settings: RunSettings,
    /// Whether to retry what failed or was not tried, if the run is over.
    pub(super) redrive: bool,
}

/// The content of [`FILE`].
#[derive(Serialize, Deserialize)]
struct RunFile {
    execution: ExecutionId,
    /// As [`RequestedRun::upstream`].
    upstream: String,
}

impl RunFolder {
    /// Opens the folder, and creates it if it doesn't exist.
    pub(super) fn open(path: &Path) -> Result<Self, FetchError> {
        let unusable = |why: String| FetchError::Folder(path.to_owned(), why);
        match fs::read_dir(path).map(Iterator::count) {
            // A mistyped name must not put files into another folder.
            Ok(1..) if !is_ours(path) => {
                return Err(unusable("it holds something else; name a new one".into()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(error.to_string())),
        }
        Ok(Self {
            data: DataFolder::open(path)?,
            path: path.to_owned(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn store(&self) -> Result<Store, FetchError> {
        Ok(self.data.store()?)
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.data.objects()
    }

    /// Prepares the run's first pass, or the one to resume with these settings.
    pub(super) async fn prepare(
        &self,
        store: &Store,
        requested: RequestedRun<'_>,
    ) -> Result<(Meta, Pass), FetchError> {
        let RequestedRun {
            upstream,
            list,
            settings,
            redrive,
        } = requested;
        let mut fresh = Meta::new(OWNER, None, None, None, list, settings.clone());
        let file = match self.read_file()? {
            Some(file) => file,
            None => self.write_file(RunFile {
                execution: fresh.id.clone(),
                upstream: upstream.clone(),
            })?,
        };
        if store.is_erased(&file.execution).await? {
            let why = "its run was erased; name a new one".to_owned();
            return Err(FetchError::Folder(self.path.clone(), why));
        }
        let mut differences = Vec::new();
        if file.upstream != upstream {
            differences.push(format!("its upstream is {}, not {upstream}", file.upstream));
        }
        let written = store.meta(&file.execution).await?;
        if let Some(meta) = &written
            && !store.is_same_list(meta, list).await?
        {
            differences.push(format!(
                "its list is another one, with {} and {}",
                pluralize(meta.rows, "line"),
                pluralize(meta.items, "number")
            ));
        }
        if !differences.is_empty() {
            return Err(FetchError::OtherRun(self.path.clone(), differences));
        }
        let mut meta = match written {
            Some(meta) => meta,
            // An earlier call may have been killed before it wrote the list. The list is written only
            // after the checks above, so that a refused call doesn't write its own.
            None => {
                fresh.id = file.execution;
                store.write_list(&fresh, list).await?;
                fresh
            }
        };
        if meta.settings != settings {
            meta.settings = settings;
            store.write_meta(&meta).await?;
        }
        if !store.has_lines(&meta, &list.lines).await? {
            store.replace_lines(&mut meta, &list.lines).await?;
        }
        let pass = choose_pass(store, &meta, redrive).await?;
        Ok((meta, pass))
    }

    fn read_file(&self) -> Result<Option<RunFile>, FetchError> {
        let bad = |why: String| FetchError::Folder(self.path.clone(), format!("{FILE}: {why}"));
        match fs::read(self.path.join(FILE)) {
            Ok(json) => serde_json::from_slice(&json)
                .map(Some)
                .map_err(|_| bad("it was not written by this program".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(bad(error.to_string())),
        }
    }

    /// Writes the file completely or not at all.
    fn write_file(&self, content: RunFile) -> Result<RunFile, FetchError> {
        let write = || -> io::Result<()> {
            let mut file = NamedTempFile::new_in(&self.path)?;
            serde_json::to_writer(&mut file, &content)?;
            file.flush()?;
            file.as_file().sync_all()?;
            file.persist(self.path.join(FILE))
                .map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| FetchError::Folder(self.path.clone(), error.to_string()))?;
        Ok(content)
    }
}

/// Whether an earlier call with `--resume` created this folder.
///
/// That call may have been killed before it wrote [`FILE`]. A server's folder, which has runs but no
/// [`FILE`], is not ours.
fn is_ours(folder: &Path) -> bool {
    let objects = fs::read_dir(folder.join("objects"));
    folder.join(FILE).is_file() || objects.is_ok_and(|mut objects| objects.next().is_none())
}

/// Returns the pass to run or to read: the current one, or a new one for a redrive.
async fn choose_pass(store: &Store, meta: &Meta, redrive: bool) -> Result<Pass, FetchError> {
    // Every run is in the history before it has a pass.
    store.add_to_history(&meta.owner, &meta.id).await?;
    let Some(current) = store.current_pass(&meta.id).await? else {
        let first = Pass::first();
        store.create_pass(&meta.id, &first).await?;
        return Ok(first);
    };
    if !redrive {
        return Ok(current);
    }
    let planned = store.plan_redrive(meta, &current, RedriveRequest::default());
    match planned.await? {
        RedrivePlan::Ready(next) => {
            store.create_pass(&meta.id, &next).await?;
            Ok(next)
        }
        RedrivePlan::StillRunning | RedrivePlan::NothingToDo => Ok(current),
    }
}
