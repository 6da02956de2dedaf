//! What of `rollcall fetch` was given as a flag, and what by a variable.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::UpstreamArgs;

/// Flags that say how any server is reached, so that they go with `--api` as well.
const REACH: [&str; 3] = ["allow_http", "use_proxy", "ca_file"];

/// What was given as a flag, and what by a variable. Takes no flag of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    flags: Vec<String>,
    variables: Vec<String>,
    /// The flags for an upstream alone that were given.
    pub(crate) for_upstream: Vec<String>,
    pub(crate) reach: Reach,
}

/// How any server is reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Plain http is allowed beyond this machine.
    pub(crate) allow_http: bool,
    /// Proxy variables are followed.
    pub(crate) use_proxy: bool,
    /// Certificates in PEM to trust beside the system's.
    pub(crate) ca_file: Option<PathBuf>,
}

impl Given {
    /// Whether the argument was given as a flag.
    pub(crate) fn by_flag(&self, id: &str) -> bool {
        self.flags.iter().any(|flag| flag == id)
    }

    /// Whether the argument was given at all, rather than left to its default.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.by_flag(id) || self.variables.iter().any(|variable| variable == id)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let from = |source| {
            let ids = matches.ids().map(|id| id.as_str());
            let found = ids.filter(|id| matches.value_source(id) == Some(source));
            found.map(str::to_owned).collect()
        };
        let flags: Vec<String> = from(ValueSource::CommandLine);
        let upstream = UpstreamArgs::augment_args(Command::new("upstream"));
        let for_upstream = upstream
            .get_arguments()
            .filter(|arg| flags.iter().any(|flag| arg.get_id() == flag))
            .filter(|arg| !REACH.contains(&arg.get_id().as_str()))
            .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
            .collect();
        Ok(Self {
            flags,
            variables: from(ValueSource::EnvVariable),
            for_upstream,
            reach: Reach {
                allow_http: matches.get_flag("allow_http"),
                use_proxy: matches.get_flag("use_proxy"),
                ca_file: matches.get_one("ca_file").cloned(),
            },
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
