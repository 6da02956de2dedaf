//! Linters check the template and the state machines.
//!
//! `cfn-lint` has CloudFormation's rules, `checkov` has security rules, and `statelint` has those of the
//! Amazon States Language.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use crate::support::aws::setting;

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/infra/template.yaml");

fn tool(name: &str) -> PathBuf {
    Path::new(&setting("PYTHON")).with_file_name(name)
}

/// A tool's JSON output, with or without findings.
fn json(command: &mut Command) -> Value {
    let output = command.output().expect("the tool starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn cfn_lint_finds_nothing_in_the_template_for_any_region() {
    // Everything including informational rules, except I4010, which asks for metadata.
    let found = json(Command::new(tool("cfn-lint")).arg(TEMPLATE).args([
        "--regions=ALL_REGIONS",
        "--include-checks=I",
        "--ignore-checks=I4010",
        "--format=json",
    ]));
    let (mut unsupported, mut wrong) = (0, Vec::new());
    for finding in found.as_array().expect("findings") {
        let message = finding["Message"].as_str().expect("a message");
        // China has no Cognito user pools, and AWS GovCloud has no CloudFront.
        let is_unsupported = ["'cn-", "'us-gov-"].iter().any(|at| message.contains(at));
        match finding["Rule"]["Id"] == "E3006" && is_unsupported {
            true => unsupported += 1,
            false => wrong.push(format!("{}: {message}", finding["Rule"]["Id"])),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(unsupported > 0, "the unsupported regions weren't checked");
}

#[test]
fn the_template_fits_a_request() {
    let template = fs::read_to_string(TEMPLATE).expect("the template");
    // CreateStack accepts at most this in the request (CloudFormation quotas, template body).
    assert!(template.len() <= 51_200, "{} bytes", template.len());
}

#[test]
fn checkov_finds_only_explained_exceptions_in_the_template() {
    // The environment is empty because checkov uploads its findings if it finds an API key there.
    let found = json(
        Command::new(setting("CHECKOV"))
            .env_clear()
            .env("PATH", env::var_os("PATH").expect("a search path"))
            .args(["--framework=cloudformation", "--skip-download"])
            .args(["--quiet", "--compact", "--output=json", "--file", TEMPLATE]),
    );
    assert_eq!(found["results"]["failed_checks"], Value::Array(Vec::new()));
    let sums = &found["summary"];
    assert_eq!(
        (&sums["failed"], &sums["parsing_errors"]),
        (&0.into(), &0.into())
    );
    assert!(sums["passed"].as_u64() > Some(50), "{sums}");
    // Each exception suppresses a finding, and has a reason.
    let template = fs::read_to_string(TEMPLATE).expect("the template");
    let exceptions: Vec<_> = template
        .lines()
        .filter(|line| line.contains("{id: CKV"))
        .collect();
    assert_eq!(
        sums["skipped"],
        exceptions.len(),
        "an exception is for no check"
    );
    assert!(exceptions.iter().all(|line| line.contains(", comment: '")));
}

#[test]
fn statelint_finds_nothing_in_the_state_machines() {
    let statelint = tool("statelint");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/infra");
    let machines: Vec<_> = fs::read_dir(folder)
        .expect("infra/")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".asl.json"))
        .collect();
    assert_eq!(machines.len(), 2);
    for machine in machines {
        let text = fs::read_to_string(&machine).expect("a readable machine");
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:fetcher";
        let text = text
            .replace("${FetcherArn}", arn)
            .replace("${Partition}", "aws");
        assert!(!text.contains("${"), "{machine:?} has another placeholder");
        let output = Command::new(&statelint)
            .arg(text)
            .output()
            .expect("statelint");
        assert!(output.status.success(), "{}: {output:?}", machine.display());
    }
}
