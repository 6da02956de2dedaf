//! The page's files: names with a hash, brotli variants, and the folder that holds them.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::Context;

/// Files by name.
#[derive(Default)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds a file under this name.
    pub(crate) fn add(&mut self, name: &str, content: Vec<u8>) {
        self.0.insert(name.to_owned(), content);
    }

    /// Adds a file and returns its name, `STEM-HASH.EXTENSION`.
    ///
    /// A browser may cache the file forever, since other content has another name.
    pub(crate) fn add_hashed(&mut self, stem: &str, extension: &str, content: Vec<u8>) -> String {
        let name = hashed_name(stem, extension, &[&content]);
        self.add(&name, content);
        name
    }

    /// Writes these files and a brotli variant of each, and removes all others from the folder.
    ///
    /// Returns the variants' sizes in bytes, by the files' names. If the folder is up to date, it isn't
    /// touched. The files are written beside the folder and then replace it as a whole.
    pub(crate) fn write(mut self, folder: &Path) -> anyhow::Result<BTreeMap<String, usize>> {
        let existing = read_folder(folder)?;
        let mut sizes = BTreeMap::new();
        for (name, content) in self.0.clone() {
            let variant = format!("{name}.br");
            let up_to_date = existing
                .get(&variant)
                .filter(|_| existing.get(&name) == Some(&content));
            let compressed = match up_to_date {
                Some(compressed) => compressed.clone(),
                None => brotli(&content)?,
            };
            sizes.insert(name, compressed.len());
            self.0.insert(variant, compressed);
        }
        if self.0 != existing {
            replace(folder, &self.0)
                .with_context(|| format!("could not write {}", folder.display()))?;
        }
        Ok(sizes)
    }
}

/// Returns `STEM-HASH.EXTENSION`, where the hash is that of these contents.
pub(crate) fn hashed_name(stem: &str, extension: &str, contents: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    for content in contents {
        hasher.write(content);
    }
    format!("{stem}-{:016x}.{extension}", hasher.finish())
}

/// Reads the files of a folder. A missing folder has none.
///
/// A folder within it counts as an empty file, so that [`Files::write`] removes it.
fn read_folder(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    let unreadable = || format!("could not read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().with_context(unreadable)?.is_file();
        let content = if is_file {
            fs::read(entry.path()).with_context(unreadable)?
        } else {
            Vec::new()
        };
        files.insert(name, content);
    }
    Ok(files)
}

/// Compresses at the highest quality, since a file is compressed once and served often.
fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &settings)?;
    Ok(compressed)
}

fn replace(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    let fresh = folder.with_extension("new");
    let old = folder.with_extension("old");
    for leftover in [&fresh, &old] {
        if leftover.exists() {
            fs::remove_dir_all(leftover)?;
        }
    }
    fs::create_dir_all(&fresh)?;
    for (name, content) in files {
        fs::write(fresh.join(name), content)?;
    }
    if folder.exists() {
        fs::rename(folder, &old)?;
    }
    fs::rename(&fresh, folder)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}
