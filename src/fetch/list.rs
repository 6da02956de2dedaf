//! Reads the list that the command line names.

use std::io::{self, Read};
use std::path::Path;

use contract::list::{ReadOptions, Validation};
use lists::{ReadError, Source, read_source};

use super::FetchError;
use crate::cli::FetchArgs;

/// The options for reading the list.
pub(super) fn options(args: &FetchArgs) -> ReadOptions {
    ReadOptions {
        validation: if args.issued_only {
            Validation::Issued
        } else {
            Validation::Format
        },
        restore_leading_zeros: args.restore_leading_zeros,
    }
}

/// Reads the list; an empty one is an error.
pub(super) fn read(args: &FetchArgs) -> Result<Source, FetchError> {
    let bytes = bytes(&args.list).map_err(|error| FetchError::List(args.list.clone(), error))?;
    let source = read_source(&bytes, &options(args), args.column.as_ref());
    let source = source.map_err(|error| match error {
        ReadError::AmbiguousColumn { .. }
        | ReadError::NoColumn { .. }
        | ReadError::UnknownColumn { .. } => FetchError::Column(error),
        error => FetchError::Read(error),
    })?;
    match source.list.rows.is_empty() {
        true => Err(FetchError::Empty),
        false => Ok(source),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    } else {
        std::fs::read(path)
    }
}
