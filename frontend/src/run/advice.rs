//! An upstream that nothing comes from, in plain words.

use contract::wire::{ErrorKind, Execution, FailureGroup};

use crate::ui::words;

/// What happened, and what to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    /// What happened.
    pub(crate) title: String,
    /// What it means and what to do.
    pub(crate) words: String,
}

/// Advice for a run in which everything so far FAILED for one reason that lies with the upstream
/// or the way to it; none for any other.
pub(crate) fn advice(execution: &Execution, groups: &[FailureGroup], host: &str) -> Option<Advice> {
    let counts = execution.counts;
    if counts.succeeded + counts.not_found > 0 || counts.failed == 0 {
        return None;
    }
    let mut troubles = groups.iter().map(trouble);
    let trouble = troubles.next()??;
    if troubles.any(|other| other != Some(trouble)) {
        return None;
    }
    let (what, check) = match trouble {
        Trouble::NoConnection => (
            "can't be reached",
            "no connection came about. Check that the upstream's address is right, that it is up, \
             and that network and firewall let this server through to it",
        ),
        Trouble::NoTrust => (
            "has no secure connection to offer",
            "the TLS handshake failed. Check that the upstream's address and port are right, and \
             that its certificate is valid and trusted where Rollcall runs",
        ),
        Trouble::Silence => (
            "doesn't answer",
            "no answer came in time, or none that was whole. Check that the upstream is up and not \
             overloaded; fewer at once or a second may help",
        ),
        Trouble::NoAccess => (
            "refuses access",
            "each GET was refused. Check that the upstream's address is right, and the secret \
             header or whatever else it wants to let Rollcall in",
        ),
    };
    let (so_far, then) = if execution.status.has_ended() {
        ("", "then try again")
    } else {
        (
            " so far",
            "the run can be stopped meanwhile, and gone on with later",
        )
    };
    let asked = words::pluralize(counts.failed, "number");
    Some(Advice {
        title: format!("{host} {what}"),
        words: format!("{asked} asked{so_far}, and for all of them {check}; {then}."),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    NoConnection,
    NoTrust,
    Silence,
    NoAccess,
}

fn trouble(group: &FailureGroup) -> Option<Trouble> {
    match (group.error, group.status_code) {
        (Some(ErrorKind::ConnectFailed), _) => Some(Trouble::NoConnection),
        (Some(ErrorKind::TlsFailed), _) => Some(Trouble::NoTrust),
        (Some(ErrorKind::TimedOut | ErrorKind::ConnectionLost), _) => Some(Trouble::Silence),
        (None, Some(401 | 403 | 407)) => Some(Trouble::NoAccess),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::labels::tests::execution;
    use contract::wire::{Counts, ExecutionStatus};

    fn told(succeeded: u64, groups: &[(Option<u16>, Option<ErrorKind>)]) -> Option<String> {
        let mut run = execution();
        run.status = ExecutionStatus::Succeeded;
        run.counts = Counts {
            succeeded,
            failed: 12,
            ..Counts::default()
        };
        let groups: Vec<_> = groups
            .iter()
            .map(|(status_code, error)| FailureGroup {
                status_code: *status_code,
                error: *error,
                items: 1,
            })
            .collect();
        advice(&run, &groups, "records.example.gov").map(|advice| advice.title)
    }

    #[test]
    fn a_run_in_which_nothing_connects_names_the_host() {
        let refused = [(None, Some(ErrorKind::ConnectFailed))];
        assert_eq!(
            told(0, &refused).unwrap(),
            "records.example.gov can't be reached"
        );
        assert_eq!(told(1, &refused), None, "it was reached once");
        assert_eq!(told(0, &[]), None, "nothing is known yet");
    }

    #[test]
    fn two_reasons_are_no_single_advice_unless_they_mean_the_same() {
        let silent = (None, Some(ErrorKind::TimedOut));
        assert_eq!(told(0, &[silent, (Some(503), None)]), None);
        let broken = (Some(200), Some(ErrorKind::ConnectionLost));
        assert_eq!(
            told(0, &[silent, broken]).unwrap(),
            "records.example.gov doesn't answer"
        );
        assert_eq!(
            told(0, &[(Some(403), None)]).unwrap(),
            "records.example.gov refuses access"
        );
        assert_eq!(told(0, &[(Some(500), None)]), None);
    }
}
