//! Executions as the API shows them.

use serde_json::{Value, json};

/// The execution's id.
pub fn id_of(execution: &Value) -> String {
    execution["id"].as_str().expect("an id").to_owned()
}

/// Checks that items = the sum of the counts and rows = items + duplicates + invalid.
#[track_caller]
pub fn check_sums(execution: &Value) {
    let number = |value: &Value| {
        value
            .as_u64()
            .unwrap_or_else(|| panic!("no number in {execution}"))
    };
    let counts: u64 = execution["counts"]
        .as_object()
        .unwrap()
        .values()
        .map(number)
        .sum();
    assert_eq!(counts, number(&execution["items"]), "{execution}");
    let parts = number(&execution["items"])
        + number(&execution["duplicates"])
        + number(&execution["invalid"]);
    assert_eq!(parts, number(&execution["rows"]), "{execution}");
}

/// The request body that starts a run of these lines.
pub fn list(lines: &[impl AsRef<str>]) -> Value {
    json!({ "ssnList": lines.iter().map(|line| line.as_ref()).collect::<Vec<_>>() })
}
