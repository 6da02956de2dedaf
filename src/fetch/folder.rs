//! A run in a folder of its own, to go on with where it was interrupted.
//!
//! The folder is a data folder as a server has one. Which run it is for stands in a file of its own,
//! written first: whatever a killed process was about to do after that is done by the next.

mod upstream;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use contract::list::{List, Validation};
use contract::text::pluralize;
use contract::wire::{ExecutionId, RedriveRequest, RunSettings};
use serde::{Deserialize, Serialize};
use store::{Meta, Pass, RedrivePlan, Store};
use tempfile::NamedTempFile;

use super::FetchError;
use super::local::Local;
use crate::Embedded;
use crate::data::DataFolder;
use upstream::Kept;

pub(super) use upstream::Upstream;

/// The owner of everything on one machine.
const OWNER: &str = "local";
/// The file that says which run the folder is for.
const FILE: &str = "fetch.json";

/// An open folder with one run in it. Locked until it is dropped.
pub(super) struct RunFolder {
    path: PathBuf,
    data: DataFolder,
}

/// The run that is wanted.
pub(super) struct Begin<'a> {
    pub(super) upstream: Upstream,
    pub(super) list: &'a List,
    pub(super) settings: RunSettings,
    /// What failed or was not tried is to be asked again, where the run is over.
    pub(super) redrive: bool,
    /// It is to go on with other headers than it began with.
    pub(super) new_headers: bool,
}

/// Which run the folder is for.
#[derive(Serialize, Deserialize)]
struct Which {
    execution: ExecutionId,
    upstream: Kept,
}

impl RunFolder {
    /// Opens the folder, making it where it isn't there.
    pub(super) fn open(path: &Path) -> Result<Self, FetchError> {
        let unusable = |why: String| FetchError::Folder(path.to_owned(), why);
        match fs::read_dir(path).map(Iterator::count) {
            // A slip of the pen must not spread files in a folder that is somebody's.
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

    /// The run that is wanted, begun or gone on with.
    pub(super) async fn run(
        self,
        store: Store,
        engine: Embedded,
        wanted: Begin<'_>,
    ) -> Result<Local, FetchError> {
        let Begin {
            upstream,
            list,
            settings,
            redrive,
            new_headers,
        } = wanted;
        let mut fresh = Meta::new(OWNER, None, None, None, list, settings);
        let mut which = match self.which()? {
            Some(which) => which,
            None => self.claim(Which {
                execution: fresh.id.clone(),
                upstream: upstream.kept(),
            })?,
        };
        if new_headers {
            which.upstream.take_headers(&upstream);
        }
        if store.is_erased(&which.execution).await? {
            let why = "its run was erased; name a new one".to_owned();
            return Err(FetchError::Folder(self.path, why));
        }
        let meta = match store.meta(&which.execution).await? {
            Some(meta) => meta,
            None => {
                fresh.id = which.execution.clone();
                store.write_list(&fresh, list).await?;
                fresh.clone()
            }
        };
        let mut differs = differences(&meta.settings, &fresh.settings);
        differs.extend(which.upstream.differences(&upstream));
        if !store.is_same_list(&meta, list).await? {
            differs.push(format!(
                "its list is another one, of {} and {}",
                pluralize(meta.rows, "line"),
                pluralize(meta.items, "number")
            ));
        }
        if !differs.is_empty() {
            return Err(FetchError::OtherRun(self.path, differs));
        }
        if new_headers {
            self.claim(which)?;
        }
        let pass = pass(&store, &meta, redrive).await?;
        Ok(Local {
            engine,
            store,
            meta,
            pass,
            folder: Some(self),
        })
    }

    /// Which run the folder is for, if it is for one.
    fn which(&self) -> Result<Option<Which>, FetchError> {
        let place = self.path.join(FILE);
        let bad = |why: String| FetchError::Folder(self.path.clone(), format!("{FILE}: {why}"));
        match fs::read(&place) {
            Ok(json) => serde_json::from_slice(&json)
                .map(Some)
                .map_err(|_| bad("it was not written by this program".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(bad(error.to_string())),
        }
    }

    /// Says which run the folder is for, whole or not at all.
    fn claim(&self, which: Which) -> Result<Which, FetchError> {
        let write = || -> io::Result<()> {
            let mut file = NamedTempFile::new_in(&self.path)?;
            serde_json::to_writer(&mut file, &which)?;
            file.flush()?;
            file.as_file().sync_all()?;
            file.persist(self.path.join(FILE))
                .map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| FetchError::Folder(self.path.clone(), error.to_string()))?;
        Ok(which)
    }
}

/// Whether a folder is one of a fetch, or of one that was killed before it said so. A server's runs
/// are no fetch's to go on with.
fn is_ours(folder: &Path) -> bool {
    let objects = fs::read_dir(folder.join("objects"));
    folder.join(FILE).is_file() || objects.is_ok_and(|mut objects| objects.next().is_none())
}

/// The pass to run or to read: the one under way, or one more.
async fn pass(store: &Store, meta: &Meta, redrive: bool) -> Result<Pass, FetchError> {
    // In the history before it has a pass, as every run is.
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

/// What these settings differ in, in the words of the command line.
fn differences(kept: &RunSettings, wanted: &RunSettings) -> Vec<String> {
    let rate = |settings: &RunSettings| match settings.requests_per_second {
        Some(rate) => format!("--requests-per-second {rate}"),
        None => "no --requests-per-second".to_owned(),
    };
    let switch = |is_on: bool, flag: &str| match is_on {
        true => flag.to_owned(),
        false => format!("no {flag}"),
    };
    let told = |settings: &RunSettings| {
        [
            switch(settings.validation == Validation::Issued, "--issued-only"),
            switch(settings.restore_leading_zeros, "--restore-leading-zeros"),
            format!("--max-concurrency {}", settings.max_concurrency),
            rate(settings),
            format!(
                "--tolerated-failure-percentage {}",
                settings.tolerated_failure_percentage
            ),
        ]
    };
    let pairs = told(kept).into_iter().zip(told(wanted));
    pairs
        .filter(|(kept, wanted)| kept != wanted)
        .map(|(kept, wanted)| format!("it has {kept}, not {wanted}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_that_differs_is_told() {
        let kept = RunSettings::default();
        assert!(differences(&kept, &kept).is_empty());
        let wanted = RunSettings {
            validation: Validation::Issued,
            restore_leading_zeros: true,
            max_concurrency: 5,
            requests_per_second: Some(2.5),
            tolerated_failure_percentage: 10.0,
        };
        let told = differences(&kept, &wanted);
        assert_eq!(told.len(), 5);
        assert_eq!(
            told[3],
            "it has no --requests-per-second, not --requests-per-second 2.5"
        );
    }
}
