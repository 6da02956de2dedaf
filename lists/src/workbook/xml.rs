//! Reads the XML of a workbook's parts.

use std::io::BufRead;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::WorkbookError;

/// Returns a reader that reports an empty element as a start and an end.
pub(super) fn xml_reader<R: BufRead>(part: R) -> Reader<R> {
    let mut reader = Reader::from_reader(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    reader
}

/// Calls a function with the start of each element.
pub(super) fn events(
    part: &[u8],
    mut visit: impl FnMut(&BytesStart<'_>),
) -> Result<(), WorkbookError> {
    let mut reader = xml_reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => visit(&element),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(_) => return Err(WorkbookError::Damaged),
        }
    }
}

/// Returns an attribute by its name, with the prefix if that is given.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|attribute| {
        let key = attribute.key.as_ref();
        key == name || key.rsplit_once(':').is_some_and(|(_, local)| local == name)
    })?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Returns the text of an entity or character reference, such as `&amp;`. It is empty if unknown.
pub(super) fn resolve(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => resolve_xml_entity(&reference.xml10_content())
            .unwrap_or_default()
            .to_owned(),
    }
}
