//! `cargo xtask test`: installs what the tests need and runs them.

use std::env;
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::emulator::Emulator;
use crate::lambda::{self, Architecture};
use crate::needs;
use crate::{Reported, page, workspace};

/// Features for the tests and the Lambdas. They are the same, so that no crate is compiled twice.
const FEATURES: &str = "rollcall/e2e,backend/lambda,fetcher/lambda";

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Deploy functions that are built as for AWS, by `cargo xtask build --lambda`; takes minutes
    /// longer
    #[arg(long)]
    deep: bool,
    /// Arguments for `cargo test`, such as `--test api` or a test's name
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    cargo: Vec<OsString>,
}

/// Installs what is missing, builds, starts the emulator and runs the tests.
pub(crate) fn test(args: Args) -> anyhow::Result<()> {
    // Tests hold thousands of connections, and many systems start programs with a limit of 1,024. An
    // error leaves the limit as it is.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    needs::for_tests()?;
    let python = needs::python()?;
    let checkov = needs::checkov()?;
    page::build_within_budget()?;
    // One test is built too, so that cargo enables the features that dev-dependencies need. Otherwise
    // `cargo test` would compile the crates again.
    workspace::call(native_cargo("build").args(["--bins", "--test", "deployed"]))?;

    let zips = make_zips(&python, args.deep)?;
    // Installed before the tests, so that none of them waits for it.
    needs::aws_python()?;

    let emulator = Emulator::start(&python, "emulator")?;
    let run_tests = |command: &mut Command| -> anyhow::Result<bool> {
        let status = command
            .env("ROLLCALL_E2E_ENDPOINT", emulator.endpoint())
            .env("ROLLCALL_E2E_PYTHON", &python)
            .env("ROLLCALL_E2E_CHECKOV", &checkov)
            // The deploy command of the same build.
            .env("ROLLCALL_E2E_XTASK", built("xtask"))
            .env("ROLLCALL_E2E_ZIPS", &zips)
            .envs(aws_variables(emulator.endpoint()))
            .env("RUST_TEST_THREADS", threads())
            // A difference from a snapshot is a failure, whatever this machine's variables say.
            .env("INSTA_UPDATE", "no")
            .env("INSTA_FORCE_PASS", "0")
            .status()?;
        Ok(status.success())
    };
    // The page and its worker are tested separately, since their features differ. They are tested
    // first, so that the summary of all other tests is printed last.
    let page_passed = !args.cargo.is_empty()
        || run_tests(cargo("test").args(["--package", "frontend", "--package", "worker"]))?;
    let rest_passed = run_tests(native_cargo("test").arg("--no-fail-fast").args(args.cargo))?;
    drop(emulator);
    if !(page_passed && rest_passed) {
        // cargo has printed which tests failed, so no other message is needed.
        return Err(Reported(1).into());
    }
    Ok(())
}

/// Returns how many tests run at once: `RUST_TEST_THREADS` if it is set, else two per core, since
/// most tests wait for the emulator or a browser.
fn threads() -> OsString {
    env::var_os("RUST_TEST_THREADS").unwrap_or_else(|| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        (2 * cores).to_string().into()
    })
}

/// Returns the path of a program of the tests' build.
fn built(name: &str) -> PathBuf {
    workspace::target().join("debug").join(name)
}

/// Makes the functions' zips and returns their folder.
fn make_zips(python: &Path, deep: bool) -> anyhow::Result<PathBuf> {
    let target = workspace::target();
    if deep {
        lambda::build(Architecture::host())?;
        return Ok(target.join("lambda"));
    }
    let folder = target.join("tmp/zips");
    lambda::pack(python, built, &folder)?;
    Ok(folder)
}

/// Returns a cargo command for all packages except the page's programs.
fn native_cargo(subcommand: &str) -> Command {
    let mut command = cargo(subcommand);
    command.args([
        "--workspace",
        "--exclude",
        "frontend",
        "--exclude",
        "worker",
        "--exclude",
        "workbook",
        "--features",
        FEATURES,
    ]);
    command
}

fn cargo(subcommand: &str) -> Command {
    let mut command = workspace::cargo();
    command
        .arg(subcommand)
        .arg("--target-dir")
        .arg(workspace::target());
    command
}

/// Variables that make the store and the engine of a test use the emulator as AWS.
fn aws_variables(endpoint: &str) -> [(&'static str, &str); 6] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
}
