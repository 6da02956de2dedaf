//! Dependencies between the crates, and dependencies that the program must not have.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn crates_depend_on_each_other_as_documented() {
    let metadata: Value = serde_json::from_str(&cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))
    .unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    let dependencies: BTreeMap<&str, BTreeSet<&str>> = packages
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter();
            let normal = normal
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str());
            (
                package["name"].as_str().unwrap(),
                normal.filter(|name| ours.contains(name)).collect(),
            )
        })
        .collect();
    let allowed = BTreeMap::from([
        ("benches", BTreeSet::from([])),
        ("contract", BTreeSet::from([])),
        ("client", BTreeSet::from(["contract"])),
        ("store", BTreeSet::from(["contract"])),
        ("lists", BTreeSet::from(["contract"])),
        ("fetcher", BTreeSet::from(["contract", "lists", "store"])),
        ("export", BTreeSet::from(["contract", "lists"])),
        (
            "backend",
            BTreeSet::from(["contract", "export", "lists", "store"]),
        ),
        ("workbook", BTreeSet::from(["lists"])),
        (
            "worker",
            BTreeSet::from(["client", "contract", "export", "lists"]),
        ),
        (
            "frontend",
            BTreeSet::from(["client", "contract", "export", "worker"]),
        ),
        (
            "rollcall",
            BTreeSet::from([
                "backend", "client", "contract", "export", "fetcher", "lists", "store",
            ]),
        ),
        ("xtask", BTreeSet::from([])),
    ]);
    assert_eq!(dependencies, allowed);
}

#[test]
fn the_program_has_neither_aws_nor_a_second_tls_library() {
    let tree = cargo(&[
        "tree",
        "--package",
        "rollcall",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--locked",
    ]);
    for line in tree.lines() {
        for unwanted in ["aws-", "lambda_", "openssl-sys", "native-tls"] {
            assert!(!line.starts_with(unwanted), "{line}");
        }
    }
}
