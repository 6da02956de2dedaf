//! Commas that JSON doesn't allow, but people write.

/// Returns a text with spaces in place of extra commas, so that all positions stay.
///
/// These are commas before a closing bracket, and commas behind objects that are in no array. Arrays
/// in no array may be the tuples of another format, so a comma behind one stays.
pub(super) fn without_extra_commas(text: &str) -> String {
    let mut mended = text.to_owned();
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    // The last character that isn't white space, and its position.
    let (mut last, mut last_at) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        let mut extra = None;
        match byte {
            b'"' if !is_escaped => is_string = !is_string,
            _ if is_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                extra = (last == b',').then_some(last_at);
            }
            b',' if depth == 0 && last == b'}' => extra = Some(at),
            _ => {}
        }
        is_escaped = is_string && byte == b'\\' && !is_escaped;
        if !byte.is_ascii_whitespace() {
            (last, last_at) = (byte, at);
        }
        if let Some(at) = extra {
            mended.replace_range(at..=at, " ");
        }
    }
    mended
}
