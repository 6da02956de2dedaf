//! What a fetcher learnt of one item: a line of a segment.

use contract::wire::{ErrorKind, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What a fetcher learnt of one item. Names it by index; the number itself is in no result.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<Body = Option<Box<RawValue>>> {
    /// Index of the item in the whole list.
    pub item: u32,
    /// SUCCEEDED, NOT_FOUND, FAILED, or PENDING where it was put off.
    pub outcome: Outcome,
    /// Status of the last attempt that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// Why there is no usable answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
    /// Milliseconds the last attempt took.
    pub duration_ms: u32,
    /// Attempts made in this pass.
    pub attempts: u32,
    /// Not to be asked again before this, in milliseconds since 1970; only where PENDING.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<u64>,
    /// The answer: the upstream's JSON, or its text as a JSON string.
    pub body: Body,
}

/// A record without its body, for all who only count or decide.
pub type RecordHead = Record<serde::de::IgnoredAny>;

impl Record {
    /// Adds the record as one line of a segment, with its newline. A line break in JSON text is
    /// white space, since strings hold none unescaped, so a body of many lines becomes one of one.
    pub fn write_line(&self, lines: &mut Vec<u8>) {
        let start = lines.len();
        serde_json::to_writer(&mut *lines, self)
            .expect("a record has string keys only, so it is JSON");
        for byte in &mut lines[start..] {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        lines.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_many_lines_is_one_line_and_the_same_json() {
        let pretty = "{\r\n  \"a\": \"x\\ny\",\n  \"b\": [1,\n 2]\n}";
        let record = Record {
            item: 7,
            outcome: Outcome::Succeeded,
            status_code: Some(200),
            error: None,
            duration_ms: 3,
            attempts: 1,
            not_before_ms: None,
            body: Some(RawValue::from_string(pretty.to_owned()).unwrap()),
        };
        let mut line = Vec::new();
        record.write_line(&mut line);
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let back: Record = serde_json::from_slice(&line).unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(back.body.unwrap().get()), value(pretty));
        let head: RecordHead = serde_json::from_slice(&line).unwrap();
        assert_eq!((head.item, head.status_code), (7, Some(200)));
    }
}
