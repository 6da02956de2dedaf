//! The parts of a workbook that is a ZIP archive, read within limits.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};

use zip::ZipArchive;

use super::xml::{attribute, events};
use super::{MB, WorkbookError};

/// A ZIP archive.
///
/// Sizes are counted while a part is unpacked. What the archive says of them may be false.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// The index of each part by its normalized name.
    parts: HashMap<String, usize>,
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, WorkbookError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| WorkbookError::Damaged)?;
        let mut parts = HashMap::new();
        // Indices are in the order of the names.
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(|_| WorkbookError::Damaged)?;
            parts.insert(normalize(&name), index);
        }
        Ok(Self { archive, parts })
    }

    /// Whether there is a part of that name; case is ignored.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&normalize(name))
    }

    /// Returns a reader of an XML part, which fails if the part is larger than the limit.
    pub(super) fn reader(
        &mut self,
        name: &str,
        limit_mb: u64,
    ) -> Result<BufReader<Bounded<impl Read + use<'_, 'b>>>, WorkbookError> {
        Ok(BufReader::new(Bounded::new(
            self.part(name)?,
            limit_mb * MB,
        )))
    }

    /// Returns the bytes of a part.
    pub(super) fn read(&mut self, name: &str, limit_mb: u64) -> Result<Vec<u8>, WorkbookError> {
        let mut bytes = Vec::new();
        let part = self.part(name)?.take(limit_mb * MB + 1);
        let read = BufReader::new(part).read_to_end(&mut bytes);
        read.map_err(|_| WorkbookError::Damaged)?;
        match bytes.len() as u64 > limit_mb * MB {
            true => Err(too_large(limit_mb)),
            false => Ok(bytes),
        }
    }

    fn part(&mut self, name: &str) -> Result<impl Read + use<'_, 'b>, WorkbookError> {
        let index = self.parts.get(&normalize(name));
        let index = *index.ok_or(WorkbookError::Damaged)?;
        let part = self.archive.by_index(index);
        part.map_err(|_| WorkbookError::Damaged)
    }

    /// Checks that all parts that `is_counted` names have together at most this unpacked size.
    pub(super) fn check_size(
        &mut self,
        limit_mb: u64,
        is_counted: impl Fn(&str) -> bool,
    ) -> Result<(), WorkbookError> {
        let counted = self.parts.iter().filter(|(name, _)| is_counted(name));
        let indices: Vec<usize> = counted.map(|(_, index)| *index).collect();
        let mut left = limit_mb * MB;
        for index in indices {
            let part = self.archive.by_index(index);
            let part = part.map_err(|_| WorkbookError::Damaged)?;
            let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink());
            let unpacked = unpacked.map_err(|_| WorkbookError::Damaged)?;
            left = left
                .checked_sub(unpacked)
                .ok_or_else(|| too_large(limit_mb))?;
        }
        Ok(())
    }

    /// Returns the targets of a part's relationships by their id and type.
    ///
    /// A target is the name of another part. There are none if the part has no relationships.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, WorkbookError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = format!("{folder}/_rels/{name}.rels");
        if !self.has(&path) {
            return Ok(Vec::new());
        }
        let bytes = self.read(&path, 10)?;
        let mut found = Vec::new();
        events(&bytes, |element| {
            if element.local_name().as_ref() == "Relationship" {
                let target = attribute(element, "Target").unwrap_or_default();
                found.push(Relationship {
                    id: attribute(element, "Id").unwrap_or_default(),
                    kind: attribute(element, "Type").unwrap_or_default(),
                    target: match target.strip_prefix('/') {
                        Some(absolute) => absolute.to_owned(),
                        None => format!("{folder}/{target}"),
                    },
                });
            }
        })?;
        Ok(found)
    }
}

/// A relationship from one part to another.
pub(super) struct Relationship {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
}

/// Returns the name of a part as programs compare it.
fn normalize(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.trim_start_matches('/').to_owned()
}

/// Maximum number of bytes of a part without `<`. More than that can't be in one cell.
const MAX_TEXT_BYTES: usize = 2 * MB as usize;

/// A reader that fails beyond a limit, or if one piece of XML is too long to be held in memory.
pub(super) struct Bounded<R> {
    part: R,
    left: u64,
    text_bytes: usize,
}

impl<R> Bounded<R> {
    fn new(part: R, limit: u64) -> Self {
        Self {
            part,
            left: limit,
            text_bytes: 0,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
        self.left = self.left.checked_sub(read as u64).ok_or_else(too_large)?;
        let last = buffer[..read].iter().rposition(|byte| *byte == b'<');
        self.text_bytes = match last {
            Some(last) => read - last,
            None => self.text_bytes + read,
        };
        match self.text_bytes > MAX_TEXT_BYTES {
            true => Err(io::ErrorKind::InvalidData.into()),
            false => Ok(read),
        }
    }
}

/// Returns the error of a part that [`Bounded`] read.
pub(super) fn bounded_error(error: &io::Error, limit_mb: u64) -> WorkbookError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(limit_mb),
        _ => WorkbookError::Damaged,
    }
}

pub(super) fn too_large(limit_mb: u64) -> WorkbookError {
    WorkbookError::TooLarge {
        content: "unpacked data".into(),
        limit_mb,
    }
}
