//! Lists that are uploaded in parts. A part is read when it arrives: what was typed is not kept.

use contract::list::{List, ListBuilder, ParsedSsn, ReadOptions};
use contract::wire::{CreateListRequest, ExecutionId};
use contract::{InvalidReason, Ssn, limits};

use crate::id::created_at_ms;
use crate::{Key, Store, StoreError, new_id, now_ms};

/// One character of kind, nine digits of number or reason, a newline.
const LINE: usize = 11;

/// An uploaded list, whole.
#[derive(Clone, Debug)]
pub struct UploadedList {
    /// How it was read.
    pub options: ReadOptions,
    /// Its rows and items.
    pub list: List,
}

/// What there is of an uploaded list.
#[derive(Clone, Debug)]
pub enum Upload {
    /// The owner has no such list: never begun, used, or older than a day.
    Unknown,
    /// This part is missing, and later ones are there.
    MissingPart(u32),
    /// More rows than a list may have.
    TooLong,
    /// All parts.
    Complete(UploadedList),
}

impl Store {
    /// Begins a list.
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

    /// How the parts of a list are to be read; `None` where the owner has no such list.
    pub async fn upload_options(
        &self,
        owner: &str,
        id: &ExecutionId,
    ) -> Result<Option<ReadOptions>, StoreError> {
        let options: Option<CreateListRequest> =
            self.get_json(Key::UploadOptions(owner, id)).await?;
        Ok(options.map(|options| ReadOptions {
            validation: options.validation,
            restore_leading_zeros: options.restore_leading_zeros,
        }))
    }

    /// Keeps one part, in place of an earlier one of its number.
    pub async fn put_part(
        &self,
        owner: &str,
        id: &ExecutionId,
        part: u32,
        values: &[Result<ParsedSsn, InvalidReason>],
    ) -> Result<(), StoreError> {
        let mut body = Vec::with_capacity(values.len() * LINE);
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

    /// All of a list.
    pub async fn read_upload(&self, owner: &str, id: &ExecutionId) -> Result<Upload, StoreError> {
        let Some(options) = self.upload_options(owner, id).await? else {
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
        let rows = (bytes / LINE as u64).min(limits::MAX_LIST_ROWS as u64);
        let mut list = ListBuilder::with_capacity(rows as usize);
        let mut count = 0;
        for part in parts {
            let key = Key::UploadPart(owner, id, part);
            let body = self.get(key).await?.ok_or_else(|| StoreError::Missing {
                key: key.path().to_string(),
            })?;
            count += body.len() / LINE;
            if count > limits::MAX_LIST_ROWS {
                return Ok(Upload::TooLong);
            }
            for line in body.chunks(LINE) {
                let value = decode(line).ok_or_else(|| StoreError::Damaged {
                    key: key.path().to_string(),
                    why: "a line is no row",
                })?;
                list.push(value);
            }
        }
        Ok(Upload::Complete(UploadedList {
            options,
            list: list.finish(),
        }))
    }

    /// Erases a list: it was used.
    pub async fn delete_upload(&self, owner: &str, id: &ExecutionId) -> Result<(), StoreError> {
        let listing = self.list(Key::UploadDir(owner, id)).await?;
        self.delete_all(listing.into_iter().map(|object| object.location).collect())
            .await
    }

    /// Erases the lists of all owners that were begun more than `age_ms` ago.
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
