//! The caller's runs as far as they were read, kept fresh at their newest end.

use contract::wire::{Execution, ExecutionsPage};

/// Runs, newest first, and where older ones go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Runs {
    /// The runs.
    pub(crate) runs: Vec<Execution>,
    /// The cursor of older ones, where there are any.
    pub(crate) next: Option<String>,
    /// Whether any were read yet.
    pub(crate) read: bool,
}

impl Runs {
    /// Takes the newest page, read again: what it reaches over is as it says. Ids sort newest first,
    /// so what lies beyond it is what sorts after its last.
    pub(crate) fn refresh(&mut self, page: ExecutionsPage) {
        let last = page.executions.last().map(|run| run.id.clone());
        let older: Vec<_> = match (last, &page.next) {
            (Some(last), Some(_)) => {
                let reached = self.runs.partition_point(|run| run.id <= last);
                // With none in common there may be others between, so what was older is read anew.
                let joins = reached > 0;
                let known = std::mem::take(&mut self.runs);
                known.into_iter().skip(reached).filter(|_| joins).collect()
            }
            _ => Vec::new(),
        };
        if older.is_empty() {
            self.next = page.next;
        }
        self.runs = page.executions;
        self.runs.extend(older);
        self.read = true;
    }

    /// Takes a page of older runs, asked for with this cursor.
    pub(crate) fn extend(&mut self, cursor: &str, page: ExecutionsPage) {
        if self.next.as_deref() == Some(cursor) {
            self.runs.extend(page.executions);
            self.next = page.next;
        }
    }

    /// Whether any of them runs.
    pub(crate) fn any_runs(&self) -> bool {
        self.runs.iter().any(|run| !run.status.has_ended())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::labels::tests::execution;
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
    fn a_new_run_comes_on_top_and_older_pages_stay() {
        let mut runs = Runs::default();
        runs.refresh(page("cd", Some("d")));
        runs.extend("d", page("ef", Some("f")));
        assert_eq!(shown(&runs), ("cdef".into(), Some("f")));
        runs.refresh(page("bc", Some("c")));
        assert_eq!(shown(&runs), ("bcdef".into(), Some("f")));
    }

    #[test]
    fn a_run_that_is_gone_goes() {
        let mut runs = Runs::default();
        runs.refresh(page("abcd", None));
        runs.refresh(page("acd", None));
        assert_eq!(shown(&runs), ("acd".into(), None));
        runs.refresh(page("", None));
        assert_eq!(shown(&runs), (String::new(), None));
    }

    #[test]
    fn no_run_is_missed_where_more_than_a_page_is_new() {
        let mut runs = Runs::default();
        runs.refresh(page("gh", Some("h")));
        runs.refresh(page("ab", Some("b")));
        assert_eq!(shown(&runs), ("ab".into(), Some("b")));
    }

    #[test]
    fn older_ones_come_once() {
        let mut runs = Runs::default();
        runs.refresh(page("ab", Some("b")));
        runs.extend("b", page("cd", None));
        runs.extend("b", page("cd", None));
        assert_eq!(shown(&runs), ("abcd".into(), None));
    }

    #[test]
    fn a_list_with_a_running_one_is_told_apart() {
        let mut runs = Runs::default();
        runs.refresh(page("a", None));
        assert!(runs.any_runs());
        runs.runs[0].status = ExecutionStatus::Succeeded;
        assert!(!runs.any_runs());
    }
}
