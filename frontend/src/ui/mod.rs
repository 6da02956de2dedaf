//! Components, closures and texts that every page uses.

pub(crate) mod boxed;
pub(crate) mod confirm;
pub(crate) mod heading;
pub(crate) mod labels;
pub(crate) mod lazy;
pub(crate) mod mark;
pub(crate) mod notice;
pub(crate) mod toggle;
pub(crate) mod words;
