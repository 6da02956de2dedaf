//! What `fetch` prints on stderr: a progress bar on a terminal, messages, and how the run ended.

use std::io::{self, IsTerminal};
use std::time::Duration;

use contract::wire::Counts;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::FinishedRun;

/// How often the bar is drawn with new counts.
pub(super) const REFRESH: Duration = Duration::from_millis(250);

const BAR: &str = "{bar:30} {human_pos} of {human_len} ({percent} %)  {rate}  {left}  {msg}";

/// Prints on stderr how a run is going. Its clones share one progress bar.
#[derive(Clone)]
pub(super) struct Reporter {
    bar: ProgressBar,
    quiet: bool,
}

impl Reporter {
    /// Creates a reporter. It has a progress bar if stderr is a terminal, unless `quiet`.
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(None, target).with_style(style("{msg}"));
        Self { bar, quiet }
    }

    /// Whether a progress bar is visible.
    pub(super) fn has_bar(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows an activity, such as `sending the list`.
    pub(super) fn show_activity(&self, activity: impl Into<std::borrow::Cow<'static, str>>) {
        self.bar.set_message(activity);
        self.bar.tick();
    }

    /// Starts the progress bar over this many numbers, with the counts until now.
    pub(super) fn start(&self, items: u64, counts: &Counts) {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}/s", HumanCount(state.per_sec().round() as u64));
        };
        let left = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let known = state.per_sec() > 0.0 && state.pos() < state.len().unwrap_or(0);
            let _ = match known {
                true => write!(out, "{:#} left", indicatif::HumanDuration(state.eta())),
                false => Ok(()),
            };
        };
        self.bar.set_length(items);
        self.bar.set_position(done(counts));
        self.bar
            .set_style(style(BAR).with_key("rate", rate).with_key("left", left));
        self.bar.set_message("");
        self.bar.reset_eta();
    }

    /// Shows these counts on the progress bar.
    pub(super) fn show_progress(&self, counts: &Counts) {
        self.bar.set_position(done(counts));
        if counts.failed > 0 {
            self.bar
                .set_message(format!("{} failed", HumanCount(counts.failed)));
        }
        self.bar.tick();
    }

    /// Prints a line above the progress bar, even with `quiet`.
    pub(super) fn print_message(&self, message: &str) {
        self.bar.suspend(|| eprintln!("rollcall: {message}"));
    }

    /// Removes the progress bar.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints how the run ended. `hint` says what to do about failures.
    ///
    /// If no number failed or was not tried, this prints only on a terminal and without `quiet`.
    pub(super) fn print_summary(&self, run: &FinishedRun, hint: Option<&str>) {
        let counts = &run.counts;
        let some_failed = counts.failed + counts.not_tried > 0;
        let is_shown = !self.quiet && io::stderr().is_terminal();
        if !some_failed && !is_shown {
            return;
        }
        let mut summary = describe(counts, run.invalid);
        let hint = hint.filter(|_| some_failed);
        let why = run
            .reason
            .as_deref()
            .map(|why| format!("It ended early: {why}"));
        for more in why.iter().map(String::as_str).chain(hint) {
            summary.push_str(". ");
            summary.push_str(more);
        }
        self.print_message(&summary);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is a constant")
}

fn done(counts: &Counts) -> u64 {
    counts.total() - counts.pending
}

/// The counts in words, without those that are 0.
fn describe(counts: &Counts, invalid: u64) -> String {
    let plural = |count: u64, one: &str, more: &str| {
        format!(
            "{} {}",
            HumanCount(count),
            if count == 1 { one } else { more }
        )
    };
    let parts: Vec<String> = [
        (counts.succeeded, "succeeded"),
        (counts.not_found, "not found"),
        (counts.failed, "failed"),
        (counts.not_tried, "not tried"),
        (counts.pending, "without an answer yet"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", HumanCount(count)))
    .collect();
    let mut text = plural(counts.total(), "number", "numbers");
    if !parts.is_empty() {
        text.push_str(": ");
        text.push_str(&parts.join(", "));
    }
    if invalid > 0 {
        text.push_str("; ");
        text.push_str(&plural(
            invalid,
            "line is not a number",
            "lines are not numbers",
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_described_without_zeros() {
        let counts = Counts {
            succeeded: 9_950,
            not_found: 40,
            failed: 10,
            ..Default::default()
        };
        assert_eq!(
            describe(&counts, 3),
            "10,000 numbers: 9,950 succeeded, 40 not found, 10 failed; 3 lines are not numbers"
        );
        let one = Counts {
            not_tried: 1,
            ..Default::default()
        };
        assert_eq!(describe(&one, 0), "1 number: 1 not tried");
        assert_eq!(
            describe(&Counts::default(), 1),
            "0 numbers; 1 line is not a number"
        );
    }
}
