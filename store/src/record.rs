//! A record: the result of one item as a fetcher wrote it. Each line of a segment is one record.

use contract::wire::{ErrorKind, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The result of one item. It holds the index of the item, never its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<Body = Option<Box<RawValue>>> {
    /// Index of the item among all items of the execution.
    pub item: u32,
    /// SUCCEEDED, NOT_FOUND, FAILED, or PENDING if the item waits for another attempt.
    pub outcome: Outcome,
    /// HTTP status of the last attempt, if it received a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// Why the last attempt brought no usable response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
    /// Duration of the last attempt in milliseconds.
    pub duration_ms: u32,
    /// Attempts made in this pass.
    pub attempts: u32,
    /// Earliest time of the next attempt, in milliseconds since 1970. Only set if PENDING.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<u64>,
    /// Body of the response: the upstream's JSON, or its text as a JSON string.
    pub body: Body,
}

/// A record without its body, for code that only counts or decides.
pub type RecordHead = Record<serde::de::IgnoredAny>;

impl Record {
    /// Appends the record to a segment as one line, with its newline.
    ///
    /// Line breaks in the body become spaces. That keeps the JSON's meaning: a string can't contain an
    /// unescaped line break, so every line break is white space between values.
    pub fn write_line(&self, lines: &mut Vec<u8>) {
        let start = lines.len();
        serde_json::to_writer(&mut *lines, self)
            .expect("a record has only string keys, so it serializes to JSON");
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
    fn a_body_of_many_lines_becomes_one_line_of_the_same_json() {
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
