//! The data folder. Only its owner can read it, and one process at a time uses it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use store::Store;

/// The folder can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("the folder {0} can't be used: {1}. Name one that this user can write to or create")]
    Unusable(PathBuf, io::Error),
    #[error("another process uses the folder {0}: end it, or name another folder")]
    InUse(PathBuf),
    #[error("this user has no data folder: name one with --data")]
    NoFolder,
}

/// An open data folder. Locked until it is dropped.
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, and creates it if it doesn't exist.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let unusable = |error| DataError::Unusable(path.to_owned(), error);
        // Every file that is written from now on is readable by its owner only.
        rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let folder = Self { path, _lock: lock };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder.objects())
            .map_err(unusable)?;
        remove_partial_files(&folder.objects()).map_err(unusable)?;
        Ok(folder)
    }

    /// Returns the default path: `rollcall` in the user's data folder.
    pub(crate) fn default_path() -> Result<PathBuf, DataError> {
        use etcetera::BaseStrategy;
        let folders = etcetera::choose_base_strategy().map_err(|_| DataError::NoFolder)?;
        Ok(folders.data_dir().join("rollcall"))
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.path.join("objects")
    }

    pub(crate) fn store(&self) -> Result<Store, DataError> {
        let objects = LocalFileSystem::new_with_prefix(self.objects())
            // Removes the empty folder of an erased execution.
            .map(|objects| objects.with_automatic_cleanup(true));
        let objects = objects
            .map_err(|error| DataError::Unusable(self.path.clone(), io::Error::other(error)))?;
        Ok(Store::new(Arc::new(objects)))
    }

    /// Returns the token of the page and the API.
    ///
    /// It is stored, so that an open page still works after a restart.
    pub(crate) fn token(&self) -> Result<String, DataError> {
        let path = self.path.join("token");
        let unusable = |error| DataError::Unusable(path.clone(), error);
        let mut token = String::new();
        match File::open(&path).and_then(|mut file| file.read_to_string(&mut token)) {
            Ok(_) if token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                return Ok(token);
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(error)),
        }
        let token = format!("{:032x}", rand::random::<u128>());
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        file.write_all(token.as_bytes()).map_err(unusable)?;
        Ok(token)
    }
}

/// Removes the incomplete files that a killed process left.
///
/// `object_store` writes `name#1`, and then renames it to `name`.
fn remove_partial_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_partial_files(&entry.path())?;
        } else if entry.file_name().as_encoded_bytes().contains(&b'#') {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn one_process_uses_a_folder_and_only_its_owner_can_read_it() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let open = DataFolder::open(&path).unwrap();
        assert!(matches!(DataFolder::open(&path), Err(DataError::InUse(_))));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        let token = open.token().unwrap();
        assert_eq!(
            fs::metadata(path.join("token"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        drop(open);
        let again = DataFolder::open(&path).unwrap();
        assert_eq!(again.token().unwrap(), token);
    }

    #[test]
    fn opening_removes_partial_files() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("objects/executions/x");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("items#1"), "123456789\n").unwrap();
        fs::write(folder.join("items"), "123456789\n").unwrap();
        let _open = DataFolder::open(parent.path()).unwrap();
        assert!(!folder.join("items#1").exists() && folder.join("items").exists());
    }
}
