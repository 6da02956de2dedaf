//! The caller's runs, as far as they were loaded.

use contract::wire::{Execution, ExecutionsPage};

/// The caller's runs, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Runs {
    /// The runs that were loaded.
    pub(crate) runs: Vec<Execution>,
    /// The cursor of the next older page, if there is one.
    pub(crate) next: Option<String>,
    /// Whether a page was loaded.
    pub(crate) is_loaded: bool,
}

impl Runs {
    /// Replaces the newest runs with the newest page, and keeps the older ones.
    ///
    /// Ids sort newest first: the older runs are those whose ids sort after the page's last.
    pub(crate) fn refresh(&mut self, page: ExecutionsPage) {
        let last = page.executions.last().map(|run| run.id.clone());
        let older: Vec<_> = match (last, &page.next) {
            (Some(last), Some(_)) => {
                let covered = self.runs.partition_point(|run| run.id <= last);
                // If the page is newer than all known runs, there may be others in between. The known
                // runs are then dropped.
                let overlaps = covered > 0;
                let known = std::mem::take(&mut self.runs);
                known
                    .into_iter()
                    .skip(covered)
                    .filter(|_| overlaps)
                    .collect()
            }
            _ => Vec::new(),
        };
        if older.is_empty() {
            self.next = page.next;
        }
        self.runs = page.executions;
        self.runs.extend(older);
        self.is_loaded = true;
    }

    /// Adds the page of older runs that this cursor requested.
    pub(crate) fn extend(&mut self, cursor: &str, page: ExecutionsPage) {
        if self.next.as_deref() == Some(cursor) {
            self.runs.extend(page.executions);
            self.next = page.next;
        }
    }

    /// Whether any of them is running.
    pub(crate) fn has_running(&self) -> bool {
        self.runs.iter().any(|run| !run.status.has_ended())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::execution;
    use contract::wire::ExecutionStatus;

    fn page(ids: &str, next: Option<&str>) -> ExecutionsPage {
        let run = |end: char| {
            let mut run = execution();
            run.id = format!("01jd000000000000000000000{end}").parse().unwrap();
            run
        };
        ExecutionsPage {
            executions: ids.chars().map(run).collect(),
            next: next.map(str::to_owned),
        }
    }

    fn shown(runs: &Runs) -> (String, Option<&str>) {
        let ends = runs
            .runs
            .iter()
            .filter_map(|run| run.id.as_str().chars().last());
        (ends.collect(), runs.next.as_deref())
    }

    #[test]
    fn a_new_run_is_added_and_older_pages_stay() {
        let mut runs = Runs::default();
        runs.refresh(page("cd", Some("d")));
        runs.extend("d", page("ef", Some("f")));
        assert_eq!(shown(&runs), ("cdef".into(), Some("f")));
        runs.refresh(page("bc", Some("c")));
        assert_eq!(shown(&runs), ("bcdef".into(), Some("f")));
    }

    #[test]
    fn a_deleted_run_is_removed() {
        let mut runs = Runs::default();
        runs.refresh(page("abcd", None));
        runs.refresh(page("acd", None));
        assert_eq!(shown(&runs), ("acd".into(), None));
        runs.refresh(page("", None));
        assert_eq!(shown(&runs), (String::new(), None));
    }

    #[test]
    fn no_run_is_missed_when_a_whole_page_is_new() {
        let mut runs = Runs::default();
        runs.refresh(page("gh", Some("h")));
        runs.refresh(page("ab", Some("b")));
        assert_eq!(shown(&runs), ("ab".into(), Some("b")));
    }

    #[test]
    fn a_page_of_older_runs_is_added_once() {
        let mut runs = Runs::default();
        runs.refresh(page("ab", Some("b")));
        runs.extend("b", page("cd", None));
        runs.extend("b", page("cd", None));
        assert_eq!(shown(&runs), ("abcd".into(), None));
    }

    #[test]
    fn a_running_run_is_noticed() {
        let mut runs = Runs::default();
        runs.refresh(page("a", None));
        assert!(runs.has_running());
        runs.runs[0].status = ExecutionStatus::Succeeded;
        assert!(!runs.has_running());
    }
}
