//! `cargo xtask deploy` and `destroy`: create, update and delete the stack of `infra/template.yaml`.
//!
//! The Python script `infra/deploy.py` calls AWS. AWS's SDK in Rust would make the first
//! `cargo xtask run` minutes longer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::lambda::{self, Architecture};
use crate::{Reported, needs, page, workspace};

/// The stack to deploy or delete, and where it is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct StackTarget {
    /// The stack's name
    #[arg(long, default_value = "rollcall")]
    stack: String,
    /// The AWS region [default: that of the environment or the profile]
    #[arg(long)]
    region: Option<String>,
    /// The address of an AWS emulator on this machine, in place of AWS
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Print every step without doing it; needs no account
    #[arg(long)]
    dry_run: bool,
}

impl StackTarget {
    fn request(&self) -> Map<String, Value> {
        let fields = json!({
            "stack": self.stack,
            "region": self.region,
            "endpoint": self.endpoint,
            "dryRun": self.dry_run,
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

/// What `cargo xtask deploy` takes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: StackTarget,
    /// The upstream's address [default: that of the last deployment]
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// A parameter of infra/template.yaml, such as RetentionDays=7; may be repeated. Parameters you
    /// omit keep their values
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// Invite a user by mail
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// The processor that the functions run on [default: arm64; in an emulator this machine's]
    #[arg(long, value_enum)]
    arch: Option<Architecture>,
    /// Build nothing: deploy the page in target/page and the functions' zips in this folder
    #[arg(long, value_name = "FOLDER")]
    built: Option<PathBuf>,
}

impl Args {
    /// A deployment to an emulator.
    pub(crate) fn emulated(
        endpoint: &str,
        upstream: Option<String>,
        parameters: Vec<(String, String)>,
        user: String,
    ) -> Self {
        Self {
            target: StackTarget {
                stack: "rollcall".to_owned(),
                region: None,
                endpoint: Some(endpoint.to_owned()),
                dry_run: false,
            },
            upstream,
            parameters,
            user: Some(user),
            arch: None,
            built: None,
        }
    }
}

/// What `cargo xtask destroy` takes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    target: StackTarget,
    /// Don't ask for confirmation
    #[arg(long)]
    yes: bool,
}

/// Parses a parameter of the template: `NAME=VALUE`.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it takes NAME=VALUE, such as RetentionDays=7".to_owned()),
    }
}

/// Builds everything and deploys it. Writes the stack's outputs to standard output as JSON, and the
/// steps and the page's address to standard error.
pub(crate) fn deploy(args: Args) -> anyhow::Result<()> {
    let architecture = args.arch.unwrap_or(match args.target.endpoint {
        Some(_) => Architecture::host(),
        None => Architecture::Arm64,
    });
    if let Some(folder) = &args.built {
        eprintln!("the functions: already built, in {}", folder.display());
    } else if args.target.dry_run {
        eprintln!("the page: built into target/page");
        eprintln!(
            "the functions for {}: built into target/lambda",
            architecture.name()
        );
    } else {
        page::build()?;
        lambda::build(architecture)?;
    }
    let python = needs::aws_python()?;
    call(&python, "deploy", request(args, architecture))
}

/// Deletes a stack and all its data.
pub(crate) fn destroy(args: DestroyArgs) -> anyhow::Result<()> {
    let mut request = args.target.request();
    request.insert("yes".to_owned(), args.yes.into());
    call(&needs::aws_python()?, "destroy", request.into())
}

fn request(args: Args, architecture: Architecture) -> Value {
    let upstream = args.upstream.map(|url| ("UpstreamUrl".to_owned(), url));
    let parameters: Map<String, Value> = upstream
        .into_iter()
        .chain(args.parameters)
        .map(|(name, value)| (name, value.into()))
        .collect();
    let mut request = args.target.request();
    request.insert("architecture".to_owned(), architecture.name().into());
    request.insert("parameters".to_owned(), parameters.into());
    request.insert("user".to_owned(), args.user.into());
    if let Some(folder) = args.built {
        request.insert("zips".to_owned(), folder.to_string_lossy().into());
    }
    request.into()
}

/// Calls `infra/deploy.py`, which prints its own errors.
fn call(python: &Path, action: &str, request: Value) -> anyhow::Result<()> {
    let status = Command::new(python)
        .arg(workspace::root().join("infra/deploy.py"))
        .arg(action)
        .arg(request.to_string())
        .stdin(Stdio::inherit())
        .status()
        .with_context(|| format!("could not start {}", python.display()))?;
    if !status.success() {
        return Err(Reported::from(status).into());
    }
    Ok(())
}
