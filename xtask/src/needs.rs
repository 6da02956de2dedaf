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

const NEEDS: [Need; 3] = [
    Need {
        call: &["chromium", "--version"],
        package: "chromium",
    },
    Need {
        call: &["chromedriver", "--version"],
        package: "chromium-driver",
    },
    Need {
        call: &["python3", "-c", "import venv, ensurepip"],
        package: "python3-venv",
    },
];

/// Installs what is missing through apt where that is, as root or with sudo; elsewhere says what
/// to install.
pub(crate) fn programs() -> anyhow::Result<()> {
    let missing: Vec<&str> = NEEDS
        .iter()
        .filter(|need| !succeeds(need.call))
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !succeeds(&["apt-get", "--version"]) {
        bail!(
            "the tests need {}: install Chromium, its chromedriver and Python 3.10 or newer with \
             venv, so that `chromium`, `chromedriver` and `python3` can be called",
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
    environment("aws-venv", "infra/aws-requirements.txt")
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
