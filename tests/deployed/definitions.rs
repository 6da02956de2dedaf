//! The state machines before the judge that others wrote: `statelint`, which holds them against
//! the Amazon States Language's specification.

use std::process::Command;
use std::{env, fs};

#[test]
fn statelint_finds_nothing_in_the_state_machines() {
    let python = env::var("ROLLCALL_E2E_PYTHON").expect("started by `cargo xtask test`");
    let statelint = std::path::Path::new(&python).with_file_name("statelint");
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
