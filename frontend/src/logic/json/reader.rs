//! A place in the text, and what comes next there.

use serde::de::Visitor;

use super::scalars::unescaped;
use super::{Read, Unexpected};

/// What of the text is still to be read.
pub(super) struct Reader<'de> {
    pub(super) rest: &'de str,
}

impl<'de> Reader<'de> {
    pub(super) fn skip_space(&mut self) {
        let space = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
        self.rest = self.rest.trim_start_matches(space);
    }

    /// The next character, which stays.
    pub(super) fn peek(&mut self) -> u8 {
        self.skip_space();
        self.rest.as_bytes().first().copied().unwrap_or_default()
    }

    /// Takes this if it comes next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    pub(super) fn expect(&mut self, word: &str) -> Read<()> {
        if self.take(word) {
            Ok(())
        } else {
            Err(Unexpected)
        }
    }

    /// Takes so many bytes.
    pub(super) fn cut(&mut self, length: usize) -> Read<&'de str> {
        let (cut, rest) = self.rest.split_at_checked(length).ok_or(Unexpected)?;
        self.rest = rest;
        Ok(cut)
    }

    /// The inside of the string that comes next, escapes and all.
    pub(super) fn quoted(&mut self) -> Read<&'de str> {
        self.expect("\"")?;
        let mut escaped = false;
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let inside = self.cut(end.ok_or(Unexpected)?)?;
        self.cut(1)?;
        Ok(inside)
    }

    pub(super) fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let inside = self.quoted()?;
        if inside.contains('\\') {
            visitor.visit_str(&unescaped(inside)?)
        } else {
            visitor.visit_borrowed_str(inside)
        }
    }

    /// The text of the number that comes next; any other is found out by who reads it.
    pub(super) fn number(&mut self) -> Read<&'de str> {
        self.skip_space();
        let part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let end = self.rest.bytes().position(|byte| !part(byte));
        self.cut(end.unwrap_or(self.rest.len()))
    }

    /// The text of the value that comes next.
    pub(super) fn value(&mut self) -> Read<&'de str> {
        self.skip_space();
        let all = self.rest;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'"' => {
                    self.quoted()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.cut(1)?;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Unexpected)?;
                    self.cut(1)?;
                }
                b',' | b':' if depth > 0 => {
                    self.cut(1)?;
                }
                _ => {
                    let end = |c: char| c.is_whitespace() || ",:{}[]\"".contains(c);
                    match self.rest.find(end).unwrap_or(self.rest.len()) {
                        0 => return Err(Unexpected),
                        length => self.cut(length)?,
                    };
                }
            }
            if depth == 0 {
                return Ok(&all[..all.len() - self.rest.len()]);
            }
        }
    }
}
