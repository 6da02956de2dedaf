//! Decides which array of a JSON text is the list.

use crate::ReadError;
use crate::cell::count_digits;
use crate::classify::{CellKind, classify};
use crate::header::{HeaderKind, header_kind};
use crate::json::element::{Element, Elements, Kind, flatten};
use crate::value::parse_number;

/// Maximum depth of arrays and objects in which numbers are looked for. Any digits below may be one.
const MAX_DEPTH: usize = 8;

/// Tests a text or a number, whose member's name is of a kind.
type Test = fn(HeaderKind, &Element<'_>) -> bool;

/// Returns the elements of the list in a JSON value.
///
/// Of several arrays, the list is the only one that may hold SSNs. A list of SSNs beside another SSN is
/// an error, because only one of the two would be read.
pub(super) fn elements<'t>(value: &Element<'t>) -> Result<Elements<'t>, ReadError> {
    if value.kind == Kind::Array {
        return Ok(Elements::of_array(value.json));
    }
    let (mut arrays, mut lists) = (Vec::new(), Vec::new());
    let (mut is_list_of_ssns, mut has_ssn_member, mut has_ssn) = (false, false, false);
    let read = flatten(value.json, &mut |path, member| {
        let kind = header_kind(last_name(path));
        if member.kind == Kind::Array {
            let holds_ssns = any_value(kind, &member, MAX_DEPTH, is_ssn_member);
            is_list_of_ssns |= holds_ssns;
            arrays.push(member);
            if holds_ssns || any_value(kind, &member, MAX_DEPTH, may_be_ssn) {
                lists.push(member);
            }
        } else {
            has_ssn_member |= is_ssn_member(kind, &member);
            has_ssn |= is_ssn(kind, &member);
        }
    });
    let is_person = has_ssn_member && !is_list_of_ssns;
    if read.is_err() || arrays.is_empty() || is_person {
        return Ok(Elements::of_one(*value));
    }
    match (&arrays[..], &lists[..]) {
        _ if has_ssn && is_list_of_ssns => Err(ReadError::JsonArrays),
        ([list], _) | (_, [list]) => Ok(Elements::of_array(list.json)),
        _ => Err(ReadError::JsonArrays),
    }
}

/// Refuses records that have an SSN and, deeper, an array or object with others.
///
/// Those are in a cell that isn't read. In an array of arrays, any cell may be the SSN.
pub(super) fn refuse_nested_lists(elements: &[Element<'_>], kind: Kind) -> Result<(), ReadError> {
    let any = |test: &dyn Fn(&str, &Element<'_>) -> bool| {
        let mut records = elements.iter().filter(|element| element.kind == kind);
        records.any(|record| any_member(record, test))
    };
    let is_list = |name: &str, member: &Element<'_>| {
        member.may_nest_numbers() && any_value(header_kind(name), member, MAX_DEPTH, is_ssn)
    };
    let is_ssn = |name: &str, member: &Element<'_>| {
        !member.may_nest_numbers() && is_ssn(header_kind(name), member)
    };
    match any(&is_list) && (kind == Kind::Array || any(&is_ssn)) {
        true => Err(ReadError::JsonArrays),
        false => Ok(()),
    }
}

/// Returns the last name of a path such as `person.ssn`.
fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Whether a test holds for a member of an object, or for an element of an array, which has no name.
fn any_member(value: &Element<'_>, test: &dyn Fn(&str, &Element<'_>) -> bool) -> bool {
    if value.kind == Kind::Array {
        let elements = Elements::of_array(value.json).kept;
        return elements.iter().any(|element| test("", element));
    }
    let mut found = false;
    // A name that isn't valid text ends the object.
    let _ = flatten(value.json, &mut |path, member| {
        found = found || test(last_name(path), &member);
    });
    found
}

/// Whether a test holds for a text or a number in a value. A name for SSNs is that of all values below.
fn any_value(kind: HeaderKind, value: &Element<'_>, depth: usize, test: Test) -> bool {
    if !matches!(value.kind, Kind::Array | Kind::Object) {
        return test(kind, value);
    }
    if depth == 0 {
        return value.may_nest_numbers();
    }
    any_member(value, &|name, member| {
        let kind = match name.is_empty() || names_ssns(kind) {
            true => kind,
            false => header_kind(name),
        };
        any_value(kind, member, depth - 1, test)
    })
}

fn names_ssns(kind: HeaderKind) -> bool {
    kind.is_ssn() || kind == HeaderKind::TaxId
}

/// Whether a member is one of a person: its name or its value is that of an SSN.
fn is_ssn_member(kind: HeaderKind, member: &Element<'_>) -> bool {
    names_ssns(kind) || classify(&member.text()) == CellKind::Dashed
}

/// Whether a member may be an SSN in any form.
fn may_be_ssn(kind: HeaderKind, member: &Element<'_>) -> bool {
    let is_other = |kind| matches!(kind, CellKind::Empty | CellKind::Missing | CellKind::Other);
    names_ssns(kind) || !is_other(classify(&member.text()))
}

/// Whether a member has a value that must be read as an SSN.
fn is_ssn(kind: HeaderKind, member: &Element<'_>) -> bool {
    let text = member.text();
    match kind {
        _ if classify(&text) == CellKind::Dashed => true,
        // Not a count or a boolean, such as `"ssnCount": 2`.
        HeaderKind::Ssn | HeaderKind::MaybeSsn => {
            !text.trim().is_empty() && (member.json.starts_with('"') || count_digits(&text) > 4)
        }
        HeaderKind::TaxId => parse_number(&text).is_ok(),
        _ => false,
    }
}
