//! A run's rate and time.

use contract::wire::Execution;
use leptos::prelude::*;

use crate::browser;
use crate::run::follow::FollowedRun;
use crate::run::summary;
use crate::ui::boxed::{flag, memo, text};
use crate::ui::words;

/// The size of the curve's box. A unit is at most a tenth of a pixel, so whole coordinates suffice.
const WIDTH: u32 = 2_300;
const HEIGHT: u32 = 400;

/// Milliseconds below which a run's average rate means nothing.
const MIN_DURATION: u64 = 2_000;

/// The curve of the rate, the current rate, and the times elapsed and left.
///
/// Once the run is over, the average rate.
#[component]
pub(crate) fn PaceView(follow: FollowedRun, execution: Memo<Execution>) -> impl IntoView {
    let is_running = memo(move || execution.with(|e| !e.status.has_ended()));
    let path = memo(move || follow.pace.with(|pace| pace.path(WIDTH, HEIGHT)));
    let label = text(move || {
        follow.pace.with(|pace| {
            format!(
                "Answers per second over time, at most {}",
                words::rate(pace.highest())
            )
        })
    });
    let rate = text(move || {
        let now = follow.pace.with(|pace| pace.per_second());
        now.filter(|_| is_running.get()).map_or_else(
            || average(&execution.get()).map_or_else(|| "–".to_owned(), words::rate),
            words::rate,
        )
    });
    let unit = text(move || {
        if is_running.get() {
            " per second"
        } else {
            " per second on average"
        }
        .to_owned()
    });
    let times = text(move || {
        let pending = execution.with(|e| e.counts.pending);
        let elapsed = execution.with(|e| {
            // Computed again at each poll.
            follow.pace.track();
            elapsed(e)
        });
        let left = follow.pace.with(|pace| pace.time_left(pending));
        let mut times: Vec<String> = elapsed
            .map(|ms| format!("{} elapsed", words::clock(ms)))
            .into_iter()
            .collect();
        times.extend(left.map(|ms| format!("{} left", words::about(ms))));
        times.join(" · ")
    });
    let is_hidden = move || !is_running.get() && execution.with(average).is_none();
    view! {
        <div class="pace" hidden=flag(is_hidden)>
            <svg
                viewBox=format!("-20 -30 {} {}", WIDTH + 40, HEIGHT + 60)
                preserveAspectRatio="none"
                role="img"
                aria-label=label
                data-testid="curve"
                hidden=flag(move || !is_running.get() && path.with(Option::is_none))
            >
                <path class="axis" d=format!("M0 {HEIGHT}H{WIDTH}")></path>
                <path class="line" d=text(move || path.get().unwrap_or_default())></path>
            </svg>
            <p class="label">
                <b data-testid="rate">{rate}</b> {unit}
                <span data-testid="times" hidden=flag(move || !is_running.get())>{times}</span>
            </p>
        </div>
    }
}

/// Milliseconds since the run's start by the browser's clock; none after a redrive.
///
/// The API doesn't report when a redrive started.
fn elapsed(execution: &Execution) -> Option<u64> {
    (execution.pass == 1)
        .then(|| browser::since(&execution.started_at))
        .flatten()
}

/// Items per second of a run that was over in one pass; none if it was too short.
fn average(execution: &Execution) -> Option<f64> {
    let end = execution
        .stopped_at
        .as_deref()
        .filter(|_| execution.pass == 1)?;
    let ms = browser::between(&execution.started_at, end)?;
    let tried = summary::done(execution) - execution.counts.not_tried;
    (tried > 0 && ms >= MIN_DURATION).then(|| tried as f64 * 1_000.0 / ms as f64)
}
