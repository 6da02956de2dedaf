//! An execution's files.
