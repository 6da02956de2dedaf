//! JSON values as parts of the text.

use std::borrow::Cow;
use std::fmt;

use contract::limits;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Maximum depth of objects whose members become columns: `address.state` has depth 2.
const MAX_DEPTH: usize = 4;

/// A JSON value in the text.
#[derive(Clone, Copy)]
pub(super) struct Element<'t> {
    pub(super) json: &'t str,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    /// A text, a number or a boolean.
    Scalar,
    Null,
    /// A line that isn't valid.
    Broken,
}

impl<'t> Element<'t> {
    pub(super) fn new(value: &'t RawValue) -> Self {
        let json = value.get();
        let kind = match json.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            _ if json == "null" => Kind::Null,
            _ => Kind::Scalar,
        };
        Self { json, kind }
    }

    pub(super) fn broken(json: &'t str) -> Self {
        Self {
            json,
            kind: Kind::Broken,
        }
    }

    /// Whether it has no value: `null`, `[]`, `{}`, or a line that isn't valid.
    pub(super) fn is_empty(&self) -> bool {
        let mut is_empty = true;
        match self.kind {
            Kind::Object => {
                let _ = flatten(self.json, &mut |_, _| is_empty = false);
            }
            Kind::Array => is_empty = Elements::of_array(self.json).count == 0,
            Kind::Scalar => is_empty = false,
            Kind::Null | Kind::Broken => {}
        }
        is_empty
    }

    /// Whether it is an array or object with as many digits as the shortest number has.
    pub(super) fn may_nest_numbers(&self) -> bool {
        let mut digits = self.json.bytes().filter(u8::is_ascii_digit);
        matches!(self.kind, Kind::Array | Kind::Object) && digits.nth(6).is_some()
    }

    /// Returns the text of a scalar. `null` is empty, and an array or object is its JSON.
    pub(super) fn text(&self) -> Cow<'t, str> {
        match self.json.strip_prefix('"') {
            Some(_) => serde_json::from_str(self.json).map_or(Cow::Borrowed(self.json), Cow::Owned),
            None if self.kind == Kind::Null => Cow::Borrowed(""),
            None => Cow::Borrowed(self.json),
        }
    }
}

/// Values, of which no more than a list may have are kept. The others are only counted.
#[derive(Default)]
pub(super) struct Elements<'t> {
    pub(super) kept: Vec<Element<'t>>,
    pub(super) count: usize,
    pub(super) has_scalar: bool,
}

impl<'t> Elements<'t> {
    /// Returns the values of a text that is valid JSON: one, or several, one after another.
    pub(super) fn of_text(text: &'t str) -> Result<Self, serde_json::Error> {
        let mut elements = Self::default();
        for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            elements.push(Element::new(value?));
        }
        Ok(elements)
    }

    /// Returns the elements of an array.
    pub(super) fn of_array(array: &'t str) -> Self {
        serde_json::from_str(array).unwrap_or_default()
    }

    pub(super) fn of_one(element: Element<'t>) -> Self {
        let mut elements = Self::default();
        elements.push(element);
        elements
    }

    pub(super) fn push(&mut self, element: Element<'t>) {
        self.count += 1;
        self.has_scalar |= element.kind == Kind::Scalar;
        if self.kept.len() < limits::MAX_LIST_ROWS {
            self.kept.push(element);
        }
    }
}

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementsVisitor;

        impl<'de> Visitor<'de> for ElementsVisitor {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Elements::default();
                while let Some(element) = seq.next_element()? {
                    elements.push(Element::new(element));
                }
                Ok(elements)
            }
        }

        deserializer.deserialize_seq(ElementsVisitor)
    }
}

/// Receives the path and value of a member that isn't an object.
type Visit<'f, 'v> = dyn FnMut(&str, Element<'v>) + 'f;

/// Calls `visit` with the path and value of each member that isn't an object, in their order.
///
/// # Errors
///
/// Returns an error if a name isn't valid text. The members before it were visited.
pub(super) fn flatten<'v>(
    object: &'v str,
    visit: &mut Visit<'_, 'v>,
) -> Result<(), serde_json::Error> {
    flatten_at("", 1, object, visit)
}

fn flatten_at<'v>(
    path: &str,
    depth: usize,
    object: &'v str,
    visit: &mut Visit<'_, 'v>,
) -> Result<(), serde_json::Error> {
    let members = Members { path, depth, visit };
    serde_json::Deserializer::from_str(object).deserialize_map(members)
}

/// Visits the members of an object. A map would keep one of two members with the same name.
struct Members<'p, 'f, 'v> {
    path: &'p str,
    depth: usize,
    visit: &'p mut Visit<'f, 'v>,
}

impl<'de> Visitor<'de> for Members<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        use serde::de::Error as _;

        while let Some((name, member)) = map.next_entry::<String, &RawValue>()? {
            let path = match self.path {
                "" => name,
                path => format!("{path}.{name}"),
            };
            let member = Element::new(member);
            match member.kind {
                Kind::Object if self.depth < MAX_DEPTH => {
                    let read = flatten_at(&path, self.depth + 1, member.json, self.visit);
                    read.map_err(A::Error::custom)?;
                }
                _ => (self.visit)(&path, member),
            }
        }
        Ok(())
    }
}
