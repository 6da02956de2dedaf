//! How fast a run goes.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::browser;
use crate::run::follow::Follow;
use crate::ui::boxed::{flag, memo, text};
use crate::ui::{labels, words};

/// The box of the curve: its units are a tenth of a pixel or less.
const WIDTH: u32 = 2_300;
const HEIGHT: u32 = 400;

/// Milliseconds of a run that has no average worth telling.
const SHORT: u64 = 2_000;

/// The curve of answers a second, the rate now, and how long it took and will take. Nothing of it
/// for a run that was over when the page was opened but what it took.
#[component]
pub(crate) fn PaceView(follow: Follow, execution: Memo<Execution>) -> impl IntoView {
    let running = memo(move || execution.with(|e| !e.status.has_ended()));
    let path = memo(move || follow.pace.with(|pace| pace.path(WIDTH, HEIGHT)));
    let label = text(move || {
        follow.pace.with(|pace| {
            format!(
                "Answers a second over time, {} at most",
                words::rate(pace.most())
            )
        })
    });
    let rate = text(move || {
        let now = follow.pace.with(|pace| pace.per_second());
        now.filter(|_| running.get()).map_or_else(
            || average(&execution.get()).map_or_else(|| "–".to_owned(), words::rate),
            words::rate,
        )
    });
    let unit = text(move || {
        if running.get() {
            " a second"
        } else {
            " a second on average"
        }
        .to_owned()
    });
    let times = text(move || {
        let pending = execution.with(|e| e.counts.pending);
        let elapsed = execution.with(|e| {
            // Told anew with each poll.
            follow.pace.track();
            elapsed(e)
        });
        let left = follow.pace.with(|pace| pace.left(pending));
        let mut times: Vec<String> = elapsed
            .map(|ms| format!("{} elapsed", words::clock(ms)))
            .into_iter()
            .collect();
        times.extend(left.map(|ms| format!("{} left", words::left(ms))));
        times.join(" · ")
    });
    let none = move || !running.get() && execution.with(average).is_none();
    view! {
        <div class="pace" hidden=flag(none)>
            <svg
                viewBox=format!("-20 -30 {} {}", WIDTH + 40, HEIGHT + 60)
                preserveAspectRatio="none"
                role="img"
                aria-label=label
                data-testid="curve"
                hidden=flag(move || !running.get() && path.with(Option::is_none))
            >
                <path class="axis" d=format!("M0 {HEIGHT}H{WIDTH}")></path>
                <path class="line" d=text(move || path.get().unwrap_or_default())></path>
            </svg>
            <p class="label">
                <b data-testid="rate">{rate}</b> {unit}
                <span data-testid="times" hidden=flag(move || !running.get())>{times}</span>
            </p>
        </div>
    }
}

/// Milliseconds since the start of a run, by this machine's clock; none for a later pass, whose
/// start isn't told.
fn elapsed(execution: &Execution) -> Option<u64> {
    (execution.pass == 1)
        .then(|| browser::since(&execution.started_at))
        .flatten()
}

/// Answers a second from start to end of a run that was over in one pass; none of one too short to
/// speak of a pace.
fn average(execution: &Execution) -> Option<f64> {
    let end = execution
        .stopped_at
        .as_deref()
        .filter(|_| execution.pass == 1)?;
    let ms = browser::between(&execution.started_at, end)?;
    let answers = labels::done(execution) - execution.counts.not_tried;
    (answers > 0 && ms >= SHORT).then(|| answers as f64 * 1_000.0 / ms as f64)
}
