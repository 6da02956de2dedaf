//! Decides which array of a JSON text is the list.

use crate::ReadError;
use crate::cell::count_digits;
use crate::classify::{CellKind, classify};
use crate::header::{HeaderKind, header_kind, may_hold_ssns};
use crate::json::element::{Element, Elements, Kind, flatten};
use crate::value::parse_number;

/// Returns the elements of the list in a JSON value.
///
/// A list of SSNs beside another SSN is an error, because only one of the two would be read.
pub(super) fn elements<'t>(value: &Element<'t>) -> Result<Elements<'t>, ReadError> {
    if value.kind == Kind::Array {
        return Ok(Elements::of_array(value.json));
    }
    let (mut first_array, mut arrays) = (None, 0_usize);
    let (mut is_list_of_ssns, mut has_ssn_member, mut has_ssn) = (false, false, false);
    let read = flatten(value.json, &mut |path, member| {
        let name = path.rsplit('.').next().unwrap_or_default();
        if member.kind == Kind::Array {
            first_array.get_or_insert(member);
            arrays += 1;
            is_list_of_ssns |= holds_ssns(name, &member);
        } else {
            has_ssn_member |= is_ssn_member(name, &member);
            has_ssn |= is_ssn(name, &member);
        }
    });
    match first_array.filter(|_| read.is_ok()) {
        Some(_) if has_ssn && is_list_of_ssns => Err(ReadError::JsonArrays),
        Some(array) if is_list_of_ssns || !has_ssn_member => match arrays {
            1 => Ok(Elements::of_array(array.json)),
            _ => Err(ReadError::JsonArrays),
        },
        _ => Ok(Elements::of_one(*value)),
    }
}

/// Whether a member is one of a person: its name or its value is that of an SSN.
fn is_ssn_member(name: &str, member: &Element<'_>) -> bool {
    may_hold_ssns(name) || classify(&member.text()) == CellKind::Dashed
}

/// Whether a member has a value that must be read as an SSN.
fn is_ssn(name: &str, member: &Element<'_>) -> bool {
    let text = member.text();
    match header_kind(name) {
        _ if classify(&text) == CellKind::Dashed => true,
        // Not a count or a boolean, such as `"ssnCount": 2`.
        HeaderKind::Ssn | HeaderKind::MaybeSsn => {
            !text.trim().is_empty() && (member.json.starts_with('"') || count_digits(&text) > 4)
        }
        HeaderKind::TaxId => parse_number(&text).is_ok(),
        _ => false,
    }
}

/// Whether an array is a list of SSNs by its name, its values, or the members of its objects.
fn holds_ssns(name: &str, array: &Element<'_>) -> bool {
    let is_dashed = |element: &Element<'_>| classify(&element.text()) == CellKind::Dashed;
    let elements = Elements::of_array(array.json).kept;
    !elements.is_empty() && may_hold_ssns(name)
        || elements.iter().any(|element| match element.kind {
            Kind::Object => {
                let mut has_ssn = false;
                let _ = flatten(element.json, &mut |path, member| {
                    let name = path.rsplit('.').next().unwrap_or_default();
                    has_ssn |= is_ssn_member(name, &member);
                });
                has_ssn
            }
            Kind::Array => {
                let cells = Elements::of_array(element.json).kept;
                cells.iter().any(is_dashed)
            }
            _ => is_dashed(element),
        })
}
