//! A warning if other users can read a file of secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Warns on stderr if other users of this machine can read a file of headers.
pub(crate) fn warn_if_readable_by_others(path: &Path) {
    let is_shared =
        |metadata: fs::Metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0;
    if fs::metadata(path).is_ok_and(is_shared) {
        let path = path.display();
        eprintln!(
            "rollcall: other users of this machine can read {path}, which holds headers: run `chmod 600 {path}`"
        );
    }
}
