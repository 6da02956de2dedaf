//! Numbers, times and counts as a reader wants them.

pub(crate) use contract::text::{group_digits, pluralize};

/// How often: `once`, `2 times`.
pub(crate) fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        _ => pluralize(number, "time"),
    }
}

/// Words with a capital first, to stand by themselves.
pub(crate) fn sentence(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Milliseconds as a reader wants them: `212 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`.
pub(crate) fn duration(ms: u64) -> String {
    let seconds = ms.div_ceil(1000);
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => {
            let tenths = ms / 100;
            match tenths % 10 {
                0 => format!("{} s", tenths / 10),
                tenth => format!("{}.{tenth} s", tenths / 10),
            }
        }
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

/// Milliseconds as a clock counts them: `0:41`, `12:05`, `1:02:03`.
pub(crate) fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    let two = |number: u64| format!("{}{number}", if number < 10 { "0" } else { "" });
    match hours {
        0 => format!("{minutes}:{}", two(seconds % 60)),
        _ => format!("{hours}:{}:{}", two(minutes), two(seconds % 60)),
    }
}

/// Milliseconds to come, in steps as coarse as the guess is: `a few seconds`, `about 25 s`,
/// `about 4 min`.
pub(crate) fn left(ms: u64) -> String {
    let up = |unit: u64| ms.div_ceil(unit) * unit;
    match ms {
        0..8_000 => "a few seconds".to_owned(),
        8_000..55_000 => format!("about {} s", up(5_000) / 1_000),
        55_000..3_300_000 => format!("about {} min", up(60_000) / 60_000),
        _ => match up(600_000) {
            whole if whole % 3_600_000 == 0 => format!("about {} h", whole / 3_600_000),
            ms => format!("about {} h {} min", ms / 3_600_000, ms / 60_000 % 60),
        },
    }
}

/// So many a second in three digits, so that the last ones don't flicker: `4,870`, `61.4`, `0.5`.
pub(crate) fn rate(per_second: f64) -> String {
    match per_second {
        ..100.0 => {
            let tenths = (per_second.max(0.0) * 10.0).round() as u64;
            match tenths % 10 {
                0 => (tenths / 10).to_string(),
                tenth => format!("{}.{tenth}", tenths / 10),
            }
        }
        _ => {
            let whole = per_second as u64;
            let mut step = 1;
            while whole / step >= 1_000 {
                step *= 10;
            }
            group_digits((whole + step / 2) / step * step)
        }
    }
}

/// A share of a whole as a style sheet has it: `25.00%`; nothing of nothing is `0.00%`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    let share = part.saturating_mul(10_000) / whole.max(1);
    format!("{}.{:02}%", share / 100, share % 100)
}

/// A number that may have a fraction, as people write it: `12.5`, `1,000`.
pub(crate) fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number >= 0.0 {
        return group_digits(number as u64);
    }
    // The JSON writer is in the page anyway; the formatter of floats would be another 16 KB.
    serde_json::to_string(&number).unwrap_or_default()
}

/// How long a run takes if each answer takes 200 ms: `about 2 s`.
pub(crate) fn estimate(items: u64, at_once: u32, per_second: Option<f64>) -> String {
    const ANSWER_MS: f64 = 200.0;
    let waves = (items as f64 / f64::from(at_once.max(1))).ceil() * ANSWER_MS;
    let paced = per_second.map_or(0.0, |rate| items as f64 * 1_000.0 / rate);
    match waves.max(paced) as u64 {
        0..1_000 => "less than a second".to_owned(),
        ms @ 1_000..60_000 => format!("about {}", pluralize(ms.div_ceil(1_000), "second")),
        ms => format!("about {}", duration(ms)),
    }
}

/// The first few names and how many more there are: `Name, Note and 3 more`.
pub(crate) fn some_of(names: &[String], most: usize) -> String {
    let shown = names.len().min(most);
    let told = names[..shown].join(", ");
    match names.len() - shown {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// The first few places and how many more there are: `4, 8, 1,204 and 1 more`.
pub(crate) fn places(numbers: &[u64], total: u64) -> String {
    let shown = numbers
        .iter()
        .map(|n| group_digits(*n))
        .collect::<Vec<_>>()
        .join(", ");
    match total.saturating_sub(numbers.len() as u64) {
        0 => shown,
        more => format!("{shown} and {} more", group_digits(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_is_a_word_and_a_sentence_begins_with_a_capital() {
        assert_eq!((times(1), times(2)), ("once".into(), "2 times".into()));
        for (words, shown) in [("stopped; 5 left", "Stopped; 5 left"), ("", ""), ("…", "…")] {
            assert_eq!(sentence(words), shown);
        }
    }

    #[test]
    fn a_duration_has_the_unit_a_reader_expects() {
        for (ms, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1 s"),
            (3_449, "3.4 s"),
            (59_999, "59.9 s"),
            (125_000, "2 min 5 s"),
            (12_000_000, "3 h 20 min"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn a_clock_counts_up_and_what_is_left_is_a_guess() {
        for (ms, shown) in [
            (0, "0:00"),
            (41_900, "0:41"),
            (725_000, "12:05"),
            (3_723_000, "1:02:03"),
        ] {
            assert_eq!(clock(ms), shown);
        }
        for (ms, shown) in [
            (0, "a few seconds"),
            (21_000, "about 25 s"),
            (54_999, "about 55 s"),
            (55_000, "about 1 min"),
            (200_000, "about 4 min"),
            (3_500_000, "about 1 h"),
            (11_900_000, "about 3 h 20 min"),
        ] {
            assert_eq!(left(ms), shown);
        }
    }

    #[test]
    fn a_rate_has_three_digits_at_most_that_change() {
        for (per_second, shown) in [
            (0.0, "0"),
            (0.52, "0.5"),
            (61.44, "61.4"),
            (99.99, "100"),
            (734.9, "734"),
            (4_868.0, "4,870"),
            (99_960.0, "100,000"),
        ] {
            assert_eq!(rate(per_second), shown);
        }
    }

    #[test]
    fn the_estimate_is_the_slower_of_concurrency_and_rate() {
        assert_eq!(estimate(9_981, 1_000, None), "about 2 seconds");
        assert_eq!(estimate(40, 1_000, None), "less than a second");
        assert_eq!(estimate(600, 1_000, Some(10.0)), "about 1 min 0 s");
        assert_eq!(estimate(5, 0, None), "about 1 second");
    }

    #[test]
    fn places_beyond_the_first_are_counted() {
        assert_eq!(places(&[4, 8, 1_204], 4), "4, 8, 1,204 and 1 more");
        assert_eq!(places(&[4], 1), "4");
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(percent(1, 4), "25.00%");
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(0, 0), "0.00%");
    }

    #[test]
    fn a_fraction_is_shown_only_where_there_is_one() {
        assert_eq!(decimal(1_000.0), "1,000");
        assert_eq!(decimal(12.5), "12.5");
    }
}
