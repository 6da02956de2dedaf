//! Numbers, times and counts in words.

pub(crate) use contract::text::{group_digits, pluralize};

/// How often: `once`, `2 times`.
pub(crate) fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        _ => pluralize(number, "time"),
    }
}

/// The words with a capital first letter.
pub(crate) fn sentence(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A duration: `212 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`.
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

/// A duration as on a clock: `0:41`, `12:05`, `1:02:03`.
pub(crate) fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    let two = |number: u64| format!("{}{number}", if number < 10 { "0" } else { "" });
    match hours {
        0 => format!("{minutes}:{}", two(seconds % 60)),
        _ => format!("{hours}:{}:{}", two(minutes), two(seconds % 60)),
    }
}

/// An estimated duration, rounded: `a few seconds`, `about 25 s`, `about 4 min`.
pub(crate) fn about(ms: u64) -> String {
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

/// A rate with at most three significant digits, since more would flicker: `4,870`, `61.4`, `0.5`.
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

/// A share as a CSS percentage: `25.00%`; `0.00%` if the whole is 0.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    let share = part.saturating_mul(10_000) / whole.max(1);
    format!("{}.{:02}%", share / 100, share % 100)
}

/// A number with its fraction, if it has one: `12.5`, `1,000`.
pub(crate) fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number >= 0.0 {
        return group_digits(number as u64);
    }
    // Not `format!`, whose code for floats would add 16 KB: the JSON writer is in the page anyway.
    serde_json::to_string(&number).unwrap_or_default()
}

/// The first names and how many more there are: `Name, Note and 3 more`.
pub(crate) fn first_names(names: &[String], max: usize) -> String {
    let shown = names.len().min(max);
    let list = names[..shown].join(", ");
    match names.len() - shown {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

/// The first line numbers and how many more there are: `4, 8, 1,204 and 1 more`.
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
    fn once_is_a_word_and_sentences_begin_with_a_capital() {
        assert_eq!((times(1), times(2)), ("once".into(), "2 times".into()));
        for (words, shown) in [("stopped; 5 left", "Stopped; 5 left"), ("", ""), ("…", "…")] {
            assert_eq!(sentence(words), shown);
        }
    }

    #[test]
    fn a_duration_has_a_suitable_unit() {
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
    fn a_clock_is_exact_and_an_estimate_is_rounded() {
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
            assert_eq!(about(ms), shown);
        }
    }

    #[test]
    fn a_rate_has_at_most_three_significant_digits() {
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
    fn line_numbers_after_the_first_are_counted() {
        assert_eq!(places(&[4, 8, 1_204], 4), "4, 8, 1,204 and 1 more");
        assert_eq!(places(&[4], 1), "4");
    }

    #[test]
    fn a_share_of_nothing_is_zero() {
        assert_eq!(percent(1, 4), "25.00%");
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(0, 0), "0.00%");
    }

    #[test]
    fn only_fractions_have_a_decimal_point() {
        assert_eq!(decimal(1_000.0), "1,000");
        assert_eq!(decimal(12.5), "12.5");
    }
}
