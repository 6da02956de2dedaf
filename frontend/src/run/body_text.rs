//! A response's body as text: indented for the panel, on one line for the table. Made from the text, not
//! from parsed values, so that numbers keep every digit and fields their order.

/// A token of JSON.
#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    Open(char),
    Close(char),
    Comma,
    Colon,
    /// A string with its quotes, a number, `true`, `false` or `null`.
    Scalar(&'a str),
}

/// Splits valid JSON into tokens.
fn tokens(json: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = json;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let (token, length) = match first {
            '{' | '[' => (Token::Open(first), 1),
            '}' | ']' => (Token::Close(first), 1),
            ',' => (Token::Comma, 1),
            ':' => (Token::Colon, 1),
            '"' => {
                let length = string_length(rest);
                (Token::Scalar(&rest[..length]), length)
            }
            _ => {
                let end = |c: char| c.is_whitespace() || ",:{}[]\"".contains(c);
                let length = rest.find(end).unwrap_or(rest.len());
                (Token::Scalar(&rest[..length]), length)
            }
        };
        rest = &rest[length..];
        Some(token)
    })
}

/// The length in bytes of the string at the start, with its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (position, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return position + 1,
            _ => {}
        }
    }
    text.len()
}

/// The whole body: JSON indented by two spaces, a text as it is.
pub(crate) fn pretty(json: &str) -> String {
    if let Ok(text) = serde_json::from_str::<String>(json) {
        return text;
    }
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0usize;
    let mut just_opened = false;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    for token in tokens(json) {
        match token {
            Token::Close(bracket) => {
                depth = depth.saturating_sub(1);
                if !just_opened {
                    line(&mut out, depth);
                }
                out.push(bracket);
            }
            Token::Comma => {
                out.push(',');
                line(&mut out, depth);
            }
            Token::Colon => out.push_str(": "),
            Token::Open(_) | Token::Scalar(_) => {
                if just_opened {
                    line(&mut out, depth);
                }
                match token {
                    Token::Open(bracket) => {
                        out.push(bracket);
                        depth += 1;
                    }
                    Token::Scalar(text) => out.push_str(text),
                    _ => {}
                }
            }
        }
        just_opened = matches!(token, Token::Open(_));
    }
    out
}

/// The start of the body on one line, without outer brackets and quotes: `name: Ada, state: active`. Cut
/// after this many characters.
pub(crate) fn preview(json: &str, characters: usize) -> String {
    if let Ok(text) = serde_json::from_str::<String>(json) {
        return cut(text.split_whitespace(), " ", characters);
    }
    let mut depth = 0usize;
    let words = tokens(json).map(|token| match token {
        Token::Open(bracket) => {
            depth += 1;
            if depth == 1 {
                String::new()
            } else {
                bracket.to_string()
            }
        }
        Token::Close(bracket) => {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                String::new()
            } else {
                bracket.to_string()
            }
        }
        Token::Comma => ", ".to_owned(),
        Token::Colon => ": ".to_owned(),
        Token::Scalar(text) => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
    });
    cut(words, "", characters)
}

fn cut<T: AsRef<str>>(words: impl Iterator<Item = T>, between: &str, characters: usize) -> String {
    let mut out = String::new();
    let mut left = characters;
    for word in words {
        let between = if out.is_empty() { "" } else { between };
        for character in between.chars().chain(word.as_ref().chars()) {
            if left == 0 {
                out.push('…');
                return out;
            }
            out.push(if character.is_control() {
                ' '
            } else {
                character
            });
            left -= 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_otherwise_unchanged() {
        let json = r#"{"z":12345678901234567890.10,"a":[1,{"b":null}],"e":[],"o":{}}"#;
        assert_eq!(
            pretty(json),
            "{\n  \"z\": 12345678901234567890.10,\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"e\": [],\n  \"o\": {}\n}"
        );
    }

    #[test]
    fn brackets_and_quotes_in_a_string_are_text() {
        let json = r#"{"a":"x \"} ] , : \\"}"#;
        assert_eq!(pretty(json), "{\n  \"a\": \"x \\\"} ] , : \\\\\"\n}");
        assert_eq!(preview(json, 99), r#"a: x "} ] , : \"#);
    }

    #[test]
    fn indented_json_has_the_same_value() {
        let json = r#"[{"a":"ü\u00e9\n"},[],[[1.50,-2e9]],true,"",{}]"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&pretty(json)).unwrap(),
            value
        );
    }

    #[test]
    fn a_text_is_shown_as_it_is() {
        assert_eq!(pretty(r#""service\nunavailable""#), "service\nunavailable");
        assert_eq!(
            preview(r#""service\n  unavailable""#, 99),
            "service unavailable"
        );
    }

    #[test]
    fn a_preview_has_no_quotes_and_is_cut() {
        let json = r#"{"name":"Ada Example","state":"active","score":712,"more":{"x":[1]}}"#;
        assert_eq!(
            preview(json, 99),
            "name: Ada Example, state: active, score: 712, more: {x: [1]}"
        );
        assert_eq!(preview(json, 7), "name: A…");
        assert_eq!(preview("17", 99), "17");
    }

    #[test]
    fn half_a_surrogate_pair_is_shown_as_it_was_sent() {
        let body = r#"{"a":"x\ud83d"}"#;
        assert_eq!(pretty(body), "{\n  \"a\": \"x\\ud83d\"\n}");
        assert_eq!(preview(body, 99), r#"a: "x\ud83d""#);
        assert_eq!(preview(r#""\ud83d""#, 99), r#""\ud83d""#);
    }

    #[test]
    fn invalid_json_does_not_panic() {
        for broken in ["{\"a", "]]]", "\"\\", "", "{{{{"] {
            pretty(broken);
            preview(broken, 10);
        }
    }
}
