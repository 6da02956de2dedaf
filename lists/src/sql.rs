//! Recognizes the parts of an SQL statement before its first number.

use crate::label::names_only_ssns;

/// What the list of values in an SQL statement holds, by the words before its first bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListColumn {
    /// The values of a column for SSNs.
    Ssns,
    /// The values of another column.
    Others,
    /// The values of a column that isn't named, or records of several columns.
    Unnamed,
    /// It isn't such a list.
    NoList,
}

/// Returns what the values behind `IN` or `VALUES` are. `IN` needs a bracket behind it.
pub(crate) fn list_column(start: &str, has_bracket: bool) -> ListColumn {
    let named = |names_ssns| match names_ssns {
        true => ListColumn::Ssns,
        false => ListColumn::Others,
    };
    if let Some(before) = strip_word(start, "in").filter(|_| has_bracket) {
        let before = strip_word(before, "not").unwrap_or(before);
        let name = after_clause(before, &["where", "and", "or", "on", "having", "when"]);
        match name.is_empty() {
            true => ListColumn::Unnamed,
            false => named(names_ssn_column(name)),
        }
    } else if let Some(before) = strip_word(start, "values") {
        match value_columns(before) {
            Some(columns) if !columns.contains(',') => named(names_only_ssns(columns)),
            _ => ListColumn::Unnamed,
        }
    } else {
        ListColumn::NoList
    }
}

/// Returns the columns in brackets at the end of the text before `VALUES`.
pub(crate) fn value_columns(before: &str) -> Option<&str> {
    before.strip_suffix(')')?.rsplit('(').next()
}

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
fn names_ssn_column(expression: &str) -> bool {
    let expression = expression.trim_start_matches('(');
    // `(id, ssn)` is several columns. `REPLACE(ssn, '-', '')` is one.
    let is_row = expression
        .split_once(',')
        .is_some_and(|(first, _)| !first.contains('('));
    let argument = match expression.rsplit_once('(') {
        // `CAST(ssn AS text)`
        Some((_, argument)) => argument.split([',', ')', ' ']).next().unwrap_or_default(),
        None => expression,
    };
    !is_row && names_only_ssns(last_name(argument))
}

/// Returns the last name of a path with dots, such as `ssn` in `people.ssn`.
pub(crate) fn last_name(path: &str) -> &str {
    let is_name = |c: char| c.is_alphanumeric() || "_[]`\"".contains(c);
    let separates =
        |at: &usize| path[..*at].ends_with(is_name) && path[at + 1..].starts_with(is_name);
    let mut dots = path.match_indices('.').map(|(at, _)| at);
    &path[dots.rfind(separates).map_or(0, |at| at + 1)..]
}
