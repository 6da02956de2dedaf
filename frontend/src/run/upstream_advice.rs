//! Advice for a run in which nothing succeeds.

use contract::wire::{ErrorKind, Execution, FailureGroup};

use crate::ui::words;

/// What happened and what to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    /// What happened.
    pub(crate) title: String,
    /// What it means and what to do.
    pub(crate) text: String,
}

/// Advice if every item so far FAILED for the same reason; else none.
///
/// Only for reasons of the upstream or the network that people can check.
pub(crate) fn advice(execution: &Execution, groups: &[FailureGroup], host: &str) -> Option<Advice> {
    let counts = execution.counts;
    if counts.succeeded + counts.not_found > 0 || counts.failed == 0 {
        return None;
    }
    let mut causes = groups.iter().map(cause);
    let cause = causes.next()??;
    if causes.any(|other| other != Some(cause)) {
        return None;
    }
    let (what, check) = match cause {
        Cause::NoConnection => (
            "can't be reached",
            "no connection was made. Check that the upstream's address is right, that it is up, \
             and that networks and firewalls let this server reach it",
        ),
        Cause::Tls => (
            "offers no secure connection",
            "the TLS handshake failed. Check that the upstream's address and port are right, and \
             that its certificate is valid and trusted where Rollcall runs",
        ),
        Cause::NoResponse => (
            "doesn't answer",
            "no complete answer arrived in time. Check that the upstream is up and not \
             overloaded; fewer requests at a time or per second may help",
        ),
        Cause::NoAccess => (
            "refuses access",
            "every request was refused. Check that the upstream's address is right, and the secret \
             header or other credentials that it expects from Rollcall",
        ),
    };
    let (so_far, then) = if execution.status.has_ended() {
        ("", "Then try again.")
    } else {
        (
            " so far",
            "You can stop the run meanwhile, and continue it later.",
        )
    };
    let failed = words::pluralize(counts.failed, "number");
    Some(Advice {
        title: format!("{host} {what}"),
        text: format!("{failed} failed{so_far}: {check}. {then}"),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Cause {
    NoConnection,
    Tls,
    NoResponse,
    NoAccess,
}

fn cause(group: &FailureGroup) -> Option<Cause> {
    match (group.error, group.status_code) {
        (Some(ErrorKind::ConnectFailed), _) => Some(Cause::NoConnection),
        (Some(ErrorKind::TlsFailed), _) => Some(Cause::Tls),
        (Some(ErrorKind::TimedOut | ErrorKind::ConnectionLost), _) => Some(Cause::NoResponse),
        (None, Some(401 | 403 | 407)) => Some(Cause::NoAccess),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;
    use contract::wire::{Counts, ExecutionStatus};

    fn title(succeeded: u64, groups: &[(Option<u16>, Option<ErrorKind>)]) -> Option<String> {
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
    fn the_title_names_the_host() {
        let refused = [(None, Some(ErrorKind::ConnectFailed))];
        assert_eq!(
            title(0, &refused).unwrap(),
            "records.example.gov can't be reached"
        );
        assert_eq!(title(1, &refused), None, "an item succeeded");
        assert_eq!(title(0, &[]), None, "no group is loaded yet");
    }

    #[test]
    fn different_causes_give_no_advice() {
        let silent = (None, Some(ErrorKind::TimedOut));
        assert_eq!(title(0, &[silent, (Some(503), None)]), None);
        let broken = (Some(200), Some(ErrorKind::ConnectionLost));
        assert_eq!(
            title(0, &[silent, broken]).unwrap(),
            "records.example.gov doesn't answer"
        );
        assert_eq!(
            title(0, &[(Some(403), None)]).unwrap(),
            "records.example.gov refuses access"
        );
        assert_eq!(title(0, &[(Some(500), None)]), None);
    }
}
