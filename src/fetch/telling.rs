//! What `fetch` says of a run on stderr: a progress bar on a terminal, and how it ended.

use std::io::{self, IsTerminal};
use std::time::Duration;

use contract::wire::Counts;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Ended;

/// How often the bar is drawn, and what it shows looked up.
pub(super) const EVERY: Duration = Duration::from_millis(250);

const BAR: &str = "{bar:30} {human_pos} of {human_len} ({percent} %)  {rate}  {left}  {msg}";

/// What is said on stderr while a list is looked up. Its clones are the same one.
#[derive(Clone)]
pub(super) struct Telling {
    bar: ProgressBar,
    quiet: bool,
}

impl Telling {
    /// A bar, where stderr is a terminal and nobody wants quiet.
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(None, target).with_style(style("{msg}"));
        Self { bar, quiet }
    }

    /// Whether anybody sees a bar.
    pub(super) fn is_seen(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows what is being done before there is anything to count.
    pub(super) fn doing(&self, what: impl Into<std::borrow::Cow<'static, str>>) {
        self.bar.set_message(what);
        self.bar.tick();
    }

    /// From here on there are so many numbers, some of which may be done already.
    pub(super) fn begin(&self, items: u64, counts: &Counts) {
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

    /// Shows how far it is.
    pub(super) fn show(&self, counts: &Counts) {
        self.bar.set_position(done(counts));
        if counts.failed > 0 {
            self.bar
                .set_message(format!("{} failed", HumanCount(counts.failed)));
        }
        self.bar.tick();
    }

    /// Says something that isn't as it should be, whether a bar is seen or not.
    pub(super) fn say(&self, what: &str) {
        self.bar.suspend(|| eprintln!("rollcall: {what}"));
    }

    /// Takes the bar away, so that it is in nobody's way.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Says how it ended: on a terminal always, elsewhere where something failed. `hint` is what
    /// may be done about that.
    pub(super) fn summary(&self, ended: &Ended, hint: Option<&str>) {
        let counts = &ended.counts;
        let some_failed = counts.failed + counts.not_tried > 0;
        let is_shown = !self.quiet && io::stderr().is_terminal();
        if !some_failed && !is_shown {
            return;
        }
        let mut told = in_words(counts, ended.invalid);
        let hint = hint.filter(|_| some_failed);
        let why = ended
            .reason
            .as_deref()
            .map(|why| format!("It ended early: {why}"));
        for more in why.iter().map(String::as_str).chain(hint) {
            told.push_str(". ");
            told.push_str(more);
        }
        self.say(&told);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is one of ours")
}

fn done(counts: &Counts) -> u64 {
    counts.total() - counts.pending
}

/// The counts in words; what is none is left out.
fn in_words(counts: &Counts, invalid: u64) -> String {
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
    let mut told = plural(counts.total(), "number", "numbers");
    if !parts.is_empty() {
        told.push_str(": ");
        told.push_str(&parts.join(", "));
    }
    if invalid > 0 {
        told.push_str("; ");
        told.push_str(&plural(
            invalid,
            "line is no number",
            "lines are no numbers",
        ));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_in_words() {
        let counts = Counts {
            succeeded: 9_950,
            not_found: 40,
            failed: 10,
            ..Default::default()
        };
        assert_eq!(
            in_words(&counts, 3),
            "10,000 numbers: 9,950 succeeded, 40 not found, 10 failed; 3 lines are no numbers"
        );
        let one = Counts {
            not_tried: 1,
            ..Default::default()
        };
        assert_eq!(in_words(&one, 0), "1 number: 1 not tried");
        assert_eq!(
            in_words(&Counts::default(), 1),
            "0 numbers; 1 line is no number"
        );
    }
}
