//! How fast a run goes, from what its polls told.

/// Milliseconds that the rate is taken over.
const WINDOW: f64 = 10_000.0;
/// A run whose figures haven't changed for so long is slower than its last figures say. Fetchers
/// tell their progress every 30 s at the latest.
const QUIET: f64 = 35_000.0;
/// Points of the curve that are kept.
const POINTS: usize = 160;

/// The pace of a run, as long as it was watched. Times are milliseconds of one clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    /// When the answers came to be so many; the newest last.
    changes: Vec<(f64, u64)>,
    /// Answers a second over time.
    curve: Vec<(f64, f64)>,
}

impl Pace {
    /// Takes what a poll told: so many numbers have their answer or have failed.
    pub(crate) fn note(&mut self, now: f64, done: u64) {
        match self.changes.last() {
            // Numbers are asked again: a new pass has a pace of its own.
            Some((_, before)) if done < *before => *self = Self::default(),
            Some((_, before)) if done == *before => {}
            _ => self.changes.push((now, done)),
        }
        if self.changes.is_empty() {
            self.changes.push((now, done));
        }
        let old = self.base();
        self.changes.drain(..old);
        if let Some(rate) = self.at(now) {
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

    /// The place of the change that the rate is taken from: the newest that is a window old.
    fn base(&self) -> usize {
        let end = self.changes.last().map_or(0.0, |(at, _)| *at) - WINDOW;
        self.changes
            .iter()
            .rposition(|(at, _)| *at <= end)
            .unwrap_or_default()
    }

    /// Answers a second at this moment; none before anything came.
    fn at(&self, now: f64) -> Option<f64> {
        let (from, before) = *self.changes.first()?;
        let (last, done) = *self.changes.last().filter(|_| self.changes.len() > 1)?;
        let to = if now - last > QUIET { now } else { last };
        Some((done - before) as f64 * 1_000.0 / (to - from).max(1.0))
    }

    /// Answers a second, as of the last poll.
    pub(crate) fn per_second(&self) -> Option<f64> {
        self.curve.last().map(|(_, rate)| *rate)
    }

    /// The most answers a second there were.
    pub(crate) fn most(&self) -> f64 {
        self.curve
            .iter()
            .fold(0.0, |most, (_, rate)| most.max(*rate))
    }

    /// Milliseconds until so many are done at this pace; none while that can't be said.
    pub(crate) fn left(&self, pending: u64) -> Option<u64> {
        let rate = self.per_second().filter(|rate| *rate > 0.0)?;
        Some((pending as f64 * 1_000.0 / rate) as u64)
    }

    /// The curve as an SVG path in a box so wide and high; none before there is one to draw.
    pub(crate) fn path(&self, width: u32, height: u32) -> Option<String> {
        let (first, last) = (self.curve.first()?.0, self.curve.last()?.0);
        let most = self.most();
        if self.curve.len() < 4 || most <= 0.0 {
            return None;
        }
        let mut path = String::new();
        for (at, rate) in &self.curve {
            let x = (at - first) / (last - first).max(1.0) * f64::from(width);
            let y = f64::from(height) * (1.0 - rate / most);
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
            pace.note(f64::from(*second) * 1_000.0, *done);
        }
        pace
    }

    #[test]
    fn the_rate_is_that_of_the_last_ten_seconds() {
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
    fn a_run_that_tells_seldom_has_a_steady_rate() {
        let mut pace = pace(&[(0, 0), (30, 3_000)]);
        for second in 31..60 {
            pace.note(f64::from(second) * 1_000.0, 3_000);
            assert_eq!(pace.per_second(), Some(100.0));
        }
        pace.note(60_000.0, 6_000);
        assert_eq!(pace.per_second(), Some(100.0));
        // Longer than any fetcher is silent: it has become slower.
        pace.note(120_000.0, 6_000);
        assert!(pace.per_second().unwrap() < 40.0);
    }

    #[test]
    fn time_left_is_said_once_there_is_a_rate() {
        assert_eq!(pace(&[(0, 0)]).left(100), None);
        assert_eq!(pace(&[(0, 0), (2, 100)]).left(500), Some(10_000));
    }

    #[test]
    fn a_new_pass_begins_anew() {
        let pace = pace(&[(0, 0), (2, 100), (3, 40)]);
        assert_eq!((pace.per_second(), pace.path(100, 100)), (None, None));
    }

    #[test]
    fn the_curve_fills_its_box_however_long_the_run_is() {
        let polls: Vec<_> = (0..2_000u32).map(|s| (s, u64::from(s * s))).collect();
        let pace = pace(&polls);
        assert!(pace.curve.len() <= POINTS);
        let path = pace.path(200, 60).unwrap();
        assert!(path.starts_with("M0 "), "{path}");
        assert!(path.ends_with("L200 0"), "{path}");
    }
}
