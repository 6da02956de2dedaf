//! Checks by arithmetic that the state machines stay within the limits of AWS Step Functions.
//!
//! The emulator doesn't enforce these limits.

use backend::PassStart;
use serde_json::{Value, json};

/// Maximum number of events in the history of an execution (AWS Step Functions, service quotas).
const MAX_HISTORY_EVENTS: usize = 25_000;
/// Maximum size of a state's input or output, in bytes (the same page).
const MAX_PAYLOAD_BYTES: usize = 256 * 1024;
/// Maximum number of batches for an inline Map: its maximum concurrency.
const MAX_INLINE_BATCHES: usize = 40;
/// Maximum number of invocations per batch of a pass that isn't `wide`.
///
/// With a low rate, an invocation takes ten minutes, and a pass that takes over six hours is wide.
const MAX_INLINE_INVOCATIONS: usize = 36;

fn machine(text: &str) -> Value {
    serde_json::from_str(text).expect("a state machine is JSON")
}

fn pass_machine() -> Value {
    machine(include_str!("../../infra/state-machine.asl.json"))
}

/// Returns the number of events that a state adds to the history, with this number of retries.
///
/// Every state has an event for its start and one for its end. A task also has TaskScheduled,
/// TaskStarted and TaskSucceeded. A retry has TaskFailed, TaskScheduled and TaskStarted.
///
/// Source: AWS Step Functions API, HistoryEvent.
fn events(state: &Value, retries: usize) -> usize {
    match state["Type"].as_str().expect("a state has a type") {
        "Task" => 5 + 3 * retries,
        _ => 2,
    }
}

/// Returns the number of events from state `from` to state `to`, if every choice goes to `chosen`.
fn count_events(states: &Value, from: &str, to: &str, chosen: &str) -> usize {
    let (mut at, mut sum) = (from, 0);
    for _ in 0..100 {
        let state = &states[at];
        sum += events(state, 0);
        if at == to {
            return sum;
        }
        at = match state["Type"].as_str() {
            Some("Choice") => chosen,
            _ => state["Next"].as_str().expect("a state has a next one"),
        };
    }
    panic!("{from} never leads to {to}");
}

#[test]
fn forty_batches_with_all_retries_fit_one_history() {
    let machine = pass_machine();
    let map = &machine["States"]["Fetch all"];
    let states = &map["ItemProcessor"]["States"];
    let fetch = &states["Fetch batch"];

    let pending = count_events(states, "Fetch batch", "Wait for it", "Wait for it");
    let last = count_events(states, "Fetch batch", "Batch over", "Batch over");
    let retries = fetch["Retry"].as_array().unwrap().iter();
    let retries: u64 = retries
        .map(|retry| retry["MaxAttempts"].as_u64().unwrap())
        .sum();

    // One invocation of each batch is retried as often as possible. Each batch also has
    // MapIterationStarted and MapIterationSucceeded.
    let batch = 2 + (MAX_INLINE_INVOCATIONS - 1) * pending + last + 3 * retries as usize;
    // ExecutionStarted and ExecutionSucceeded, `Read the input`, the Map with two more events,
    // `Finish` with more retries than it can have, `How did it end?` and `Succeeded`.
    let others = 2 + 2 + 4 + events(&machine["States"]["Finish"], 100) + 2 + 2;
    let total = MAX_INLINE_BATCHES * batch + others;
    assert!(total < MAX_HISTORY_EVENTS, "{total} events");
}

#[test]
fn a_wide_batch_may_be_invoked_two_thousand_times() {
    let machine = pass_machine();
    // In a distributed Map each batch is an execution with its own history.
    let states = &machine["States"]["Fetch all (wide)"]["ItemProcessor"]["States"];
    let pending = count_events(
        states,
        "Fetch batch (wide)",
        "Wait for it (wide)",
        "Wait for it (wide)",
    );
    assert!(
        2_000 * pending < MAX_HISTORY_EVENTS,
        "{pending} events per invocation"
    );
}

#[test]
fn the_input_and_outputs_of_1000_batches_fit_a_payload() {
    let start = PassStart {
        execution_id: "01jd0000000000000000000abc".parse().unwrap(),
        pass: u32::MAX,
        batches: (0..1_000).map(|batch| 999_000 + batch).collect(),
        lanes: 1_000,
        wide: true,
    };
    let input = json!(start).to_string();
    assert!(input.len() < MAX_PAYLOAD_BYTES / 2, "{} bytes", input.len());

    let machine = pass_machine();
    for map in ["Fetch all", "Fetch all (wide)"] {
        let map = &machine["States"][map];
        // A batch outputs `{}`, and the state discards the outputs of all batches.
        let ends: Vec<&Value> = map["ItemProcessor"]["States"]
            .as_object()
            .unwrap()
            .values()
            .filter(|state| state["Type"] == "Succeed" || state["End"] == true)
            .collect();
        assert_eq!(ends.len(), 1);
        assert_eq!(ends[0].get("OutputPath"), Some(&Value::Null));
        assert_eq!(map.get("ResultPath"), Some(&Value::Null));
    }
}

#[test]
fn the_state_machine_reads_every_field_of_a_pass_start() {
    let start = json!(PassStart {
        execution_id: "01jd0000000000000000000abc".parse().unwrap(),
        pass: 1,
        batches: vec![0],
        lanes: 1,
        wide: false,
    });
    let text = pass_machine().to_string();
    for field in start.as_object().unwrap().keys() {
        assert!(
            text.contains(&format!("$.{field}")),
            "{field} is never read"
        );
    }
}

#[test]
fn all_tasks_retry_alike_and_those_in_a_map_catch_errors() {
    let direct = machine(include_str!("../../infra/direct.asl.json"));
    let mut tasks = Vec::new();
    collect_tasks(&pass_machine(), &mut tasks);
    collect_tasks(&direct, &mut tasks);
    assert_eq!(tasks.len(), 6);
    for (name, task) in &tasks {
        assert_eq!(task["Retry"], tasks[0].1["Retry"], "{name}");
        let caught = task["Catch"][0]["ErrorEquals"] == json!(["States.ALL"]);
        // Other batches or numbers continue if one of them fails.
        let is_in_map = name.starts_with("Fetch") || name.starts_with("Ask");
        assert_eq!(caught, is_in_map, "{name}");
    }
}

fn collect_tasks(value: &Value, into: &mut Vec<(String, Value)>) {
    let Some(fields) = value.as_object() else {
        return;
    };
    for (name, field) in fields {
        if field["Type"] == "Task" {
            into.push((name.clone(), field.clone()));
        }
        collect_tasks(field, into);
    }
}

#[test]
fn four_hundred_direct_results_fit_a_payload() {
    let direct = machine(include_str!("../../infra/direct.asl.json"));
    let limit = direct["States"]["How many?"]["Choices"][0]["NumericGreaterThan"].as_u64();
    assert_eq!(limit, Some(400));
    for map in ["Ask all", "Ask all (wide)"] {
        let map = &direct["States"][map];
        let bytes = map["ItemSelector"]["maxBytes"].as_u64().unwrap() as usize;
        // A Map gets no more numbers than it fetches at the same time.
        let numbers = map["MaxConcurrency"].as_u64().unwrap() as usize;
        // The results, a comma after each, and the brackets of the array.
        assert!(numbers * (bytes + 1) + 2 < MAX_PAYLOAD_BYTES);
    }
}
