//! The template and the state machines before judges that others wrote: `cfn-lint`, which knows what
//! CloudFormation takes, and `statelint`, which knows the Amazon States Language's specification.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn tool(name: &str) -> PathBuf {
    let python = env::var("ROLLCALL_E2E_PYTHON").expect("started by `cargo xtask test`");
    Path::new(&python).with_file_name(name)
}

#[test]
fn cfn_lint_finds_nothing_in_the_template() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/infra/template.yaml");
    let said = Command::new(tool("cfn-lint")).arg(template).output();
    let said = said.expect("cfn-lint");
    assert!(said.status.success(), "{said:?}");
    let template = fs::read_to_string(template).expect("the template");
    // CreateStack takes no more of it in the request (CloudFormation quotas, template body).
    assert!(template.len() <= 51_200, "{} bytes", template.len());
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
        let said = Command::new(&statelint)
            .arg(text)
            .output()
            .expect("statelint");
        assert!(said.status.success(), "{}: {said:?}", machine.display());
    }
}
