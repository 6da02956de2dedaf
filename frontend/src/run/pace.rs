//! A run's rate, from its polls.

/// Milliseconds over which the rate is computed.
const WINDOW: f64 = 10_000.0;
/// Milliseconds without a change after which the rate counts as falling. Fetchers report progress at
/// least every 30 s.
const QUIET: f64 = 35_000.0;
/// The largest number of points of the curve.
const POINTS: usize = 160;

/// A run's rate while the page is open. Times are milliseconds of one clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    /// The times at which the number of done items changed, and the number; the newest last.
    changes: Vec<(f64, u64)>,
    /// Items per second over time.
    curve: Vec<(f64, f64)>,
}

impl Pace {
    /// Records a poll's number of done items.
    pub(crate) fn record(&mut self, now: f64, done: u64) {
        match self.changes.last() {
            // A redrive has begun: its rate is computed from its own polls.
            Some((_, before)) if done < *before => *self = Self::default(),
            Some((_, before)) if done == *before => {}
            _ => self.changes.push((now, done)),
        }
        if self.changes.is_empty() {
            self.changes.push((now, done));
        }
        let base = self.base();
        self.changes.drain(..base);
        if let Some(rate) = self.rate_at(now) {
            self.curve.push((now, rate));
        }
        if self.curve.len() > POINTS {
            let mut place = 0;
            self.curve.retain(|_| {
                place += 1;
                place % 2 == 0
            });
        }
    }

    /// The index of the change from which the rate is computed.
    ///
    /// It is the newest one that is at least [`WINDOW`] before the last change, or else the first.
    fn base(&self) -> usize {
        let end = self.changes.last().map_or(0.0, |(at, _)| *at) - WINDOW;
        self.changes
            .iter()
            .rposition(|(at, _)| *at <= end)
            .unwrap_or_default()
    }

    /// Items per second now; none before the first change.
    fn rate_at(&self, now: f64) -> Option<f64> {
        let (from, before) = *self.changes.first()?;
        let (last, done) = *self.changes.last().filter(|_| self.changes.len() > 1)?;
        let to = if now - last > QUIET { now } else { last };
        Some((done - before) as f64 * 1_000.0 / (to - from).max(1.0))
    }

    /// Items per second at the last poll.
    pub(crate) fn per_second(&self) -> Option<f64> {
        self.curve.last().map(|(_, rate)| *rate)
    }

    /// The highest rate so far.
    pub(crate) fn highest(&self) -> f64 {
        self.curve
            .iter()
            .fold(0.0, |highest, (_, rate)| highest.max(*rate))
    }

    /// Milliseconds until this many items are done at this rate; none without a rate.
    pub(crate) fn time_left(&self, pending: u64) -> Option<u64> {
        let rate = self.per_second().filter(|rate| *rate > 0.0)?;
        Some((pending as f64 * 1_000.0 / rate) as u64)
    }

    /// The curve as an SVG path in a box of this size; none before there are enough points.
    pub(crate) fn path(&self, width: u32, height: u32) -> Option<String> {
        let (first, last) = (self.curve.first()?.0, self.curve.last()?.0);
        let highest = self.highest();
        if self.curve.len() < 4 || highest <= 0.0 {
            return None;
        }
        let mut path = String::new();
        for (at, rate) in &self.curve {
            let x = (at - first) / (last - first).max(1.0) * f64::from(width);
            let y = f64::from(height) * (1.0 - rate / highest);
            path.push(if path.is_empty() { 'M' } else { 'L' });
            path.push_str(&(x as u32).to_string());
            path.push(' ');
            path.push_str(&(y as u32).to_string());
        }
        Some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(polls: &[(u32, u64)]) -> Pace {
        let mut pace = Pace::default();
        for (second, done) in polls {
            pace.record(f64::from(*second) * 1_000.0, *done);
        }
        pace
    }

    #[test]
    fn the_rate_is_of_the_last_ten_seconds() {
        assert_eq!(pace(&[(0, 0)]).per_second(), None);
        assert_eq!(pace(&[(0, 0), (2, 100)]).per_second(), Some(50.0));
        let slower: Vec<_> = (0..=40)
            .map(|s| {
                (
                    s,
                    if s < 20 {
                        u64::from(s) * 100
                    } else {
                        2_000 + u64::from(s - 20) * 10
                    },
                )
            })
            .collect();
        assert_eq!(pace(&slower).per_second(), Some(10.0));
    }

    #[test]
    fn rare_changes_give_a_steady_rate() {
        let mut pace = pace(&[(0, 0), (30, 3_000)]);
        for second in 31..60 {
            pace.record(f64::from(second) * 1_000.0, 3_000);
            assert_eq!(pace.per_second(), Some(100.0));
        }
        pace.record(60_000.0, 6_000);
        assert_eq!(pace.per_second(), Some(100.0));
        // Fetchers report more often than that, so the run has become slower.
        pace.record(120_000.0, 6_000);
        assert!(pace.per_second().unwrap() < 40.0);
    }

    #[test]
    fn the_time_left_needs_a_rate() {
        assert_eq!(pace(&[(0, 0)]).time_left(100), None);
        assert_eq!(pace(&[(0, 0), (2, 100)]).time_left(500), Some(10_000));
    }

    #[test]
    fn a_new_pass_has_a_new_rate() {
        let pace = pace(&[(0, 0), (2, 100), (3, 40)]);
        assert_eq!((pace.per_second(), pace.path(100, 100)), (None, None));
    }

    #[test]
    fn the_curve_fills_its_box_for_any_duration() {
        let polls: Vec<_> = (0..2_000u32).map(|s| (s, u64::from(s * s))).collect();
        let pace = pace(&polls);
        assert!(pace.curve.len() <= POINTS);
        let path = pace.path(200, 60).unwrap();
        assert!(path.starts_with("M0 "), "{path}");
        assert!(path.ends_with("L200 0"), "{path}");
    }
}
