//! Lists that are uploaded in parts. Each part is parsed when it arrives; its text is not stored.

use contract::list::{LineNumbers, List, ListBuilder, ParsedSsn, ReadOptions};
use contract::wire::{CreateListRequest, ExecutionId};
use contract::{InvalidReason, Ssn, limits};

use crate::id::created_at_ms;
use crate::{Key, Store, StoreError, new_id, now_ms};

/// Bytes of a stored row: its kind, nine digits, and a newline.
///
/// The kind is `=` for a number, `0` for a number with restored leading zeros, or `!` for an INVALID
/// line, whose digits are the code of the reason.
const ROW_BYTES: usize = 11;

/// An uploaded list of which all parts have arrived.
#[derive(Clone, Debug)]
pub struct UploadedList {
    /// How its parts were parsed.
    pub options: ReadOptions,
    /// The line of each row, if the client sent them. The count isn't checked against the rows yet.
    pub lines: Option<LineNumbers>,
    /// Its rows and items. Row _n_ is on line _n_ + 1.
    pub list: List,
}

/// The state of an upload.
#[derive(Clone, Debug)]
pub enum Upload {
    /// The owner has no such upload: it never existed, was used for a run, or is older than a day.
    Unknown,
    /// The part with this number is missing, although a later one has arrived.
    MissingPart(u32),
    /// The parts have more rows than a list may have.
    TooLong,
    /// All parts have arrived.
    Complete(UploadedList),
}

impl Store {
    /// Begins an upload and returns its id.
    pub async fn begin_upload(
        &self,
        owner: &str,
        options: &CreateListRequest,
    ) -> Result<ExecutionId, StoreError> {
        let id = new_id();
        self.put_json(Key::UploadOptions(owner, &id), options)
            .await?;
        Ok(id)
    }

    /// Reads the parser options of an upload; `None` if the owner has no such upload.
    pub async fn upload_options(
        &self,
        owner: &str,
        id: &ExecutionId,
    ) -> Result<Option<ReadOptions>, StoreError> {
        let request = self.upload_request(owner, id).await?;
        Ok(request.as_ref().map(read_options))
    }

    async fn upload_request(
        &self,
        owner: &str,
        id: &ExecutionId,
    ) -> Result<Option<CreateListRequest>, StoreError> {
        self.get_json(Key::UploadOptions(owner, id)).await
    }

    /// Stores one part. It replaces an earlier part with the same number.
    pub async fn put_part(
        &self,
        owner: &str,
        id: &ExecutionId,
        part: u32,
        values: &[Result<ParsedSsn, InvalidReason>],
    ) -> Result<(), StoreError> {
        let mut body = Vec::with_capacity(values.len() * ROW_BYTES);
        for value in values {
            match value {
                Ok(ParsedSsn { ssn, restored }) => {
                    body.push(if *restored { b'0' } else { b'=' });
                    body.extend_from_slice(&ssn.expose_digits());
                }
                Err(reason) => {
                    let code = InvalidReason::ALL
                        .iter()
                        .position(|other| other == reason)
                        .unwrap_or(0);
                    body.extend_from_slice(format!("!{code:09}").as_bytes());
                }
            }
            body.push(b'\n');
        }
        self.put(Key::UploadPart(owner, id, part), body).await
    }

    /// Reads all parts of an upload.
    pub async fn read_upload(&self, owner: &str, id: &ExecutionId) -> Result<Upload, StoreError> {
        let Some(request) = self.upload_request(owner, id).await? else {
            return Ok(Upload::Unknown);
        };
        let listing = self.list(Key::UploadDir(owner, id)).await?;
        let parts: Vec<u32> = listing
            .iter()
            .filter_map(|object| object.location.filename()?.parse().ok())
            .collect();
        let bytes: u64 = listing.iter().map(|object| object.size).sum();
        if let Some(gap) = (0..parts.len() as u32).find(|part| !parts.contains(part)) {
            return Ok(Upload::MissingPart(gap));
        }
        let rows = (bytes / ROW_BYTES as u64).min(limits::MAX_LIST_ROWS as u64);
        let mut list = ListBuilder::with_capacity(rows as usize);
        let (mut count, mut line) = (0, 0);
        for part in parts {
            let key = Key::UploadPart(owner, id, part);
            let body = self.get(key).await?.ok_or_else(|| StoreError::Missing {
                key: key.path().to_string(),
            })?;
            count += body.len() / ROW_BYTES;
            if count > limits::MAX_LIST_ROWS {
                return Ok(Upload::TooLong);
            }
            for bytes in body.chunks(ROW_BYTES) {
                let value = decode(bytes).ok_or_else(|| StoreError::Damaged {
                    key: key.path().to_string(),
                    why: "a line is not a row",
                })?;
                line += 1;
                list.push(value, line);
            }
        }
        Ok(Upload::Complete(UploadedList {
            options: read_options(&request),
            lines: request.lines,
            list: list.finish(),
        }))
    }

    /// Deletes an upload, once an execution has been started with it.
    pub async fn delete_upload(&self, owner: &str, id: &ExecutionId) -> Result<(), StoreError> {
        let listing = self.list(Key::UploadDir(owner, id)).await?;
        self.delete_all(listing.into_iter().map(|object| object.location).collect())
            .await
    }

    /// Deletes the uploads of all owners that were begun at least `age_ms` milliseconds ago.
    pub async fn delete_old_uploads(&self, age_ms: u64) -> Result<(), StoreError> {
        for object in self.list(Key::UploadsDir).await? {
            let id = object
                .location
                .parts()
                .nth(2)
                .and_then(|part| part.as_ref().parse().ok());
            if id.is_some_and(|id| now_ms().saturating_sub(created_at_ms(&id)) >= age_ms) {
                self.delete_path(&object.location).await?;
            }
        }
        Ok(())
    }
}

fn read_options(request: &CreateListRequest) -> ReadOptions {
    ReadOptions {
        validation: request.validation,
        restore_leading_zeros: request.restore_leading_zeros,
    }
}

fn decode(line: &[u8]) -> Option<Result<ParsedSsn, InvalidReason>> {
    let digits: &[u8; 9] = line.get(1..10)?.try_into().ok()?;
    match line[0] {
        kind @ (b'=' | b'0') => Some(Ok(ParsedSsn {
            ssn: Ssn::from_digits(digits)?,
            restored: kind == b'0',
        })),
        b'!' => {
            let code: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
            InvalidReason::ALL.get(code).copied().map(Err)
        }
        _ => None,
    }
}
