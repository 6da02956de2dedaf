//! `cargo xtask aws-local`: the whole deployment in an AWS emulator on this machine.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};

use crate::deploy;
use crate::emulator::Emulator;
use crate::{build, needs};

/// What `cargo xtask aws-local` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The upstream's address [default: a demo upstream with made-up records]
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// The user who may sign in; the password is printed
    #[arg(long, value_name = "EMAIL", default_value = "you@example.gov")]
    user: String,
    /// A parameter of infra/template.yaml, such as FetcherMemory=512; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = deploy::parameter)]
    parameters: Vec<(String, String)>,
}

/// Starts the emulator, deploys to it, and waits for Ctrl-C.
pub(crate) fn aws_local(args: Args) -> anyhow::Result<()> {
    needs::for_emulator()?;
    let python = needs::python()?;
    let demo = match args.upstream {
        Some(_) => None,
        None => Some(Demo::start(&build::binary()?)?),
    };
    let mut parameters = args.parameters;
    parameters.push(("UpstreamIsDemo".to_owned(), demo.is_some().to_string()));
    let upstream = args.upstream.or(demo.as_ref().map(|demo| demo.url.clone()));
    let emulator = Emulator::start(&python, "aws-local")?;
    deploy::deploy(deploy::Args::emulated(
        emulator.endpoint(),
        upstream,
        parameters,
        args.user,
    ))?;
    eprintln!("press Ctrl-C to stop it");
    emulator.wait()
}

/// A shell script that runs the demo upstream and kills it when standard input closes.
///
/// Standard input closes whenever this process ends, even if it is killed.
const UNTIL_STDIN_CLOSES: &str = r#""$0" upstream --listen 127.0.0.1:0 & read -r _; kill $!"#;

/// The demo upstream. It is killed when this is dropped, and when this process ends in any way.
struct Demo {
    url: String,
    process: Child,
}

impl Demo {
    fn start(binary: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new("sh")
            .args(["-c", UNTIL_STDIN_CLOSES])
            .arg(binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start sh")?;
        let stdout = process
            .stdout
            .take()
            .context("the demo upstream has no output")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        if url.is_empty() {
            bail!("the demo upstream did not start");
        }
        Ok(Self {
            url: url.trim().to_owned(),
            process,
        })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("the demo upstream may still be running: {error}");
        }
    }
}
