//! Recognizes the parts of an SQL statement before its first number.

use crate::header::header_kind;

/// Returns what is before a text's last word, if it is this one in any case.
pub(crate) fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (before, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    let is_word = end.eq_ignore_ascii_case(word) && !before.ends_with(char::is_alphanumeric);
    is_word.then(|| before.trim_end())
}

/// Returns what is after the last of these words of SQL, or the whole text if it has none.
pub(crate) fn after_clause<'t>(text: &'t str, words: &[&str]) -> &'t str {
    let is_clause = |word: &str| words.iter().any(|clause| word.eq_ignore_ascii_case(clause));
    let mut end = text;
    while let Some(word) = end.split_whitespace().next_back() {
        if is_clause(word) {
            return &text[end.len()..];
        }
        let start = end.trim_end().len() - word.len();
        end = &end[..start];
    }
    text
}

/// Whether an SQL expression is a column named for SSNs, such as `p.ssn` or `TRIM(ssn)`.
pub(crate) fn names_ssn_column(expression: &str) -> bool {
    let expression = expression.trim_start_matches('(');
    // `(id, ssn)` is several columns. `REPLACE(ssn, '-', '')` is one.
    let is_row = expression
        .split_once(',')
        .is_some_and(|(first, _)| !first.contains('('));
    let is_table_end = |at: usize| {
        let is_name = |c: char| c.is_alphanumeric() || "_[]`\"".contains(c);
        expression[..at].ends_with(is_name) && expression[at + 1..].starts_with(is_name)
    };
    let mut dots = expression.match_indices('.').map(|(at, _)| at);
    let name = dots.rfind(|at| is_table_end(*at)).map_or(0, |at| at + 1);
    !is_row && header_kind(&expression[name..]).is_ssn()
}
