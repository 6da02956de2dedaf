//! The service limits that no emulator checks, by arithmetic on the definitions themselves.

use backend::PassStart;
use serde_json::{Value, json};

/// Events in one execution's history (AWS Step Functions, service quotas).
const HISTORY: usize = 25_000;
/// Bytes of a state's input or output (the same page).
const PAYLOAD: usize = 256 * 1024;
/// Batches that an inline Map takes: its limit of concurrency.
const INLINE_BATCHES: usize = 40;
/// Invocations of each batch that a pass which isn't `wide` may need: a low rate's, of ten minutes
/// each, in the six hours past which the API makes it wide.
const INLINE_LOOPS: usize = 36;

fn machine(text: &str) -> Value {
    serde_json::from_str(text).expect("a state machine is JSON")
}

fn passes() -> Value {
    machine(include_str!("../../infra/state-machine.asl.json"))
}

/// The events that passing a state adds, with so many retries of it (AWS Step Functions API,
/// HistoryEvent): entered and exited; a task also scheduled, started and succeeded; a retry failed,
/// scheduled and started.
fn events(state: &Value, retries: usize) -> usize {
    match state["Type"].as_str().expect("a state has a type") {
        "Task" => 5 + 3 * retries,
        _ => 2,
    }
}

/// The events of going from `from` until `to` has been passed, along `next` where a state chooses.
fn walk(states: &Value, from: &str, to: &str, chosen: &str) -> usize {
    let (mut at, mut sum) = (from, 0);
    for _ in 0..100 {
        let state = &states[at];
        sum += events(state, 0);
        if at == to {
            return sum;
        }
        at = match state["Type"].as_str() {
            Some("Choice") => chosen,
            _ => state["Next"].as_str().expect("a state goes on"),
        };
    }
    panic!("{from} never comes to {to}");
}

#[test]
fn forty_batches_that_loop_and_are_throttled_fit_one_history() {
    let machine = passes();
    let map = &machine["States"]["Fetch all"];
    let states = &map["ItemProcessor"]["States"];
    let fetch = &states["Fetch batch"];

    let a_loop = walk(states, "Fetch batch", "Wait for it", "Wait for it");
    let the_last = walk(states, "Fetch batch", "Batch over", "Batch over");
    let retries = fetch["Retry"].as_array().unwrap();
    let throttled = retries
        .iter()
        .find(|retry| retry["ErrorEquals"] == json!(["Lambda.TooManyRequestsException"]));
    let throttled = throttled.unwrap()["MaxAttempts"].as_u64().unwrap() as usize;

    // MapIterationStarted and MapIterationSucceeded stand around each.
    let batch = 2 + (INLINE_LOOPS - 1) * a_loop + the_last + 3 * throttled;
    // Started, the input's choice, the Map with its own two, `finish` and what follows, ended.
    let around = 2 + 2 + 4 + events(&machine["States"]["Finish"], 100) + 2 + 2;
    let all = INLINE_BATCHES * batch + around;
    assert!(all < HISTORY, "{all} events");
}

#[test]
fn a_wide_batch_may_be_invoked_two_thousand_times() {
    let machine = passes();
    let states = &machine["States"]["Fetch all (wide)"]["ItemProcessor"]["States"];
    let a_loop = walk(
        states,
        "Fetch batch (wide)",
        "Wait for it (wide)",
        "Wait for it (wide)",
    );
    assert!(2_000 * a_loop < HISTORY, "{a_loop} events a loop");
}

#[test]
fn the_input_and_the_outputs_of_a_thousand_batches_fit_a_payload() {
    let start = PassStart {
        execution_id: "01jd0000000000000000000abc".parse().unwrap(),
        pass: u32::MAX,
        batches: (0..1_000).map(|batch| 999_000 + batch).collect(),
        lanes: 1_000,
        wide: true,
    };
    let input = json!(start).to_string();
    assert!(input.len() < PAYLOAD / 2, "{} bytes", input.len());

    let machine = passes();
    for map in ["Fetch all", "Fetch all (wide)"] {
        let map = &machine["States"][map];
        // A batch hands on `{}`, and of all of them the state keeps nothing.
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
fn the_state_machine_takes_what_a_pass_start_is() {
    let start = json!(PassStart {
        execution_id: "01jd0000000000000000000abc".parse().unwrap(),
        pass: 1,
        batches: vec![0],
        lanes: 1,
        wide: false,
    });
    let text = passes().to_string();
    for field in start.as_object().unwrap().keys() {
        assert!(
            text.contains(&format!("$.{field}")),
            "{field} is never read"
        );
    }
}

#[test]
fn every_invocation_retries_alike_and_a_lost_one_ends_no_other() {
    let direct = machine(include_str!("../../infra/direct.asl.json"));
    let mut tasks = Vec::new();
    collect_tasks(&passes(), &mut tasks);
    collect_tasks(&direct, &mut tasks);
    assert_eq!(tasks.len(), 6);
    for (name, task) in &tasks {
        assert_eq!(task["Retry"], tasks[0].1["Retry"], "{name}");
        let caught = task["Catch"][0]["ErrorEquals"] == json!(["States.ALL"]);
        let many = name.starts_with("Fetch") || name.starts_with("Ask");
        assert_eq!(caught, many, "{name}");
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
fn four_hundred_direct_answers_fit_a_payload() {
    let direct = machine(include_str!("../../infra/direct.asl.json"));
    let most = direct["States"]["How many?"]["Choices"][0]["NumericGreaterThan"].as_u64();
    assert_eq!(most, Some(400));
    for map in ["Ask all", "Ask all (wide)"] {
        let map = &direct["States"][map];
        let bytes = map["ItemSelector"]["maxBytes"].as_u64().unwrap() as usize;
        let numbers = map["MaxConcurrency"].as_u64().unwrap() as usize;
        assert!(numbers * (bytes + 1) + 2 < PAYLOAD);
    }
}
