//! The tools that cargo doesn't install: a browser with its driver, Python packages, Node.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::workspace;

/// A tool that must be installed.
struct Tool {
    /// A command that succeeds if it is installed.
    check: &'static [&'static str],
    /// Its Debian package.
    package: &'static str,
}

const CHROMIUM: Tool = Tool {
    check: &["chromium", "--version"],
    package: "chromium",
};
const CHROMEDRIVER: Tool = Tool {
    check: &["chromedriver", "--version"],
    package: "chromium-driver",
};
const PYTHON: Tool = Tool {
    check: &["python3", "-c", "import venv, ensurepip"],
    package: "python3-venv",
};
/// The emulator runs CloudFront functions in it.
const NODE: Tool = Tool {
    check: &["node", "--version"],
    package: "nodejs",
};

/// Installs the tools that the tests need, if they are missing.
///
/// Uses apt, as root or with sudo. Without apt, the error names the tools to install.
pub(crate) fn for_tests() -> anyhow::Result<()> {
    install(&[CHROMIUM, CHROMEDRIVER, PYTHON, NODE])
}

/// Installs the tools that the emulator needs, if they are missing.
pub(crate) fn for_emulator() -> anyhow::Result<()> {
    install(&[PYTHON, NODE])
}

/// Installs the tools that a build for AWS and a deployment need, if they are missing.
fn for_aws() -> anyhow::Result<()> {
    install(&[PYTHON])
}

fn install(tools: &[Tool]) -> anyhow::Result<()> {
    let missing: Vec<&str> = tools
        .iter()
        .filter(|tool| !succeeds(tool.check))
        .map(|tool| tool.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !succeeds(&["apt-get", "--version"]) {
        bail!(
            "install {} (the names of Debian's packages), so that these commands can be called: \
             `chromium`, `chromedriver`, `python3` (3.10 or newer, with venv), `node`",
            missing.join(", ")
        );
    }
    apt(&["update"])?;
    apt(&[
        &["install", "--yes", "--no-install-recommends"][..],
        &missing,
    ]
    .concat())
}

/// Returns the Python with the packages of the tests.
pub(crate) fn python() -> anyhow::Result<PathBuf> {
    environment("venv", "infra/requirements.txt")
}

/// Returns the Python with the packages for building for AWS and deploying.
pub(crate) fn aws_python() -> anyhow::Result<PathBuf> {
    for_aws()?;
    environment("aws-venv", "infra/aws-requirements.txt")
}

/// Returns the path of checkov, which checks the template.
pub(crate) fn checkov() -> anyhow::Result<PathBuf> {
    let python = environment("checkov-venv", "infra/checkov-requirements.txt")?;
    Ok(python.with_file_name("checkov"))
}

/// Returns the Python of a virtual environment in `target`.
///
/// Creates the environment, with the packages that the file pins, unless it exists already.
fn environment(folder: &str, requirements: &str) -> anyhow::Result<PathBuf> {
    let venv = workspace::target().join(folder);
    let python = venv.join("bin/python");
    let requirements = workspace::root().join(requirements);
    let pinned = fs::read(&requirements)
        .with_context(|| format!("could not read {}", requirements.display()))?;
    // Written last, so that an incomplete environment is created again.
    let stamp = venv.join("requirements.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    workspace::call(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    workspace::call(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&requirements),
    )?;
    fs::write(&stamp, pinned).with_context(|| format!("could not write {}", stamp.display()))?;
    Ok(python)
}

fn apt(args: &[&str]) -> anyhow::Result<()> {
    let mut words = vec![
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "--quiet",
    ];
    if !is_root() {
        words.insert(0, "sudo");
    }
    workspace::call(Command::new(words[0]).args(&words[1..]).args(args))
}

/// Whether this process runs as root. Calls `id`, since the standard library has no function for it.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Whether a command can be started and succeeds.
fn succeeds(call: &[&str]) -> bool {
    let status = Command::new(call[0])
        .args(&call[1..])
        .current_dir(env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
