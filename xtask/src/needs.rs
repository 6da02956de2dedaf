//! What the tests need that cargo doesn't bring: a browser with its driver, and Python's packages.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::workspace;

/// A program that must be there.
struct Need {
    /// A call that succeeds where it is.
    call: &'static [&'static str],
    /// Debian's package of it.
    package: &'static str,
}

const CHROMIUM: Need = Need {
    call: &["chromium", "--version"],
    package: "chromium",
};
const CHROMEDRIVER: Need = Need {
    call: &["chromedriver", "--version"],
    package: "chromium-driver",
};
const PYTHON: Need = Need {
    call: &["python3", "-c", "import venv, ensurepip"],
    package: "python3-venv",
};
/// The emulator runs CloudFront's functions in it.
const NODE: Need = Need {
    call: &["node", "--version"],
    package: "nodejs",
};

/// Installs what of the tests' needs is missing through apt where that is, as root or with sudo;
/// elsewhere says what to install.
pub(crate) fn for_tests() -> anyhow::Result<()> {
    install(&[CHROMIUM, CHROMEDRIVER, PYTHON, NODE])
}

/// The same for the emulator alone.
pub(crate) fn for_emulator() -> anyhow::Result<()> {
    install(&[PYTHON, NODE])
}

/// The same for building for AWS and deploying to it.
fn for_aws() -> anyhow::Result<()> {
    install(&[PYTHON])
}

fn install(needs: &[Need]) -> anyhow::Result<()> {
    let missing: Vec<&str> = needs
        .iter()
        .filter(|need| !succeeds(need.call))
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !succeeds(&["apt-get", "--version"]) {
        bail!(
            "this needs {} (Debian's names): Chromium as `chromium`, its driver as `chromedriver`, \
             Python 3.10 or newer with venv as `python3`, Node as `node`",
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

/// The Python that has what the tests need.
pub(crate) fn python() -> anyhow::Result<PathBuf> {
    environment("venv", "infra/requirements.txt")
}

/// The Python that has what building for AWS and deploying to it need.
pub(crate) fn aws_python() -> anyhow::Result<PathBuf> {
    for_aws()?;
    environment("aws-venv", "infra/aws-requirements.txt")
}

/// The program that judges the template.
pub(crate) fn checkov() -> anyhow::Result<PathBuf> {
    let python = environment("checkov-venv", "infra/checkov-requirements.txt")?;
    Ok(python.with_file_name("checkov"))
}

/// The Python of a folder of target, made with what a file pins.
fn environment(folder: &str, requirements: &str) -> anyhow::Result<PathBuf> {
    let venv = workspace::target().join(folder);
    let python = venv.join("bin/python");
    let requirements = workspace::root().join(requirements);
    let wanted = fs::read(&requirements)
        .with_context(|| format!("could not read {}", requirements.display()))?;
    // Written last, so that what stands half made is made again.
    let stamp = venv.join("requirements.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
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
    fs::write(&stamp, wanted).with_context(|| format!("could not write {}", stamp.display()))?;
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

/// Asked of `id`, since the standard library doesn't know.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Whether a call can be made and succeeds.
pub(crate) fn succeeds(call: &[&str]) -> bool {
    let status = Command::new(call[0])
        .args(&call[1..])
        .current_dir(env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
