//! What a setting takes, told in the same words by every one of them.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A number within these bounds, of this unit where it has one.
pub(crate) fn number<T>(
    bounds: RangeInclusive<T>,
    unit: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Clone,
{
    move |text| {
        let number = text.trim().parse().ok();
        number
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                let takes = format!("it takes {} to {} {unit}", bounds.start(), bounds.end());
                takes.trim_end().to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_within_the_bounds_is_told_the_bounds() {
        assert_eq!(number(1..=10, "")("10"), Ok(10));
        assert_eq!(number(0.0..=1.0, "seconds")(" 0.5 "), Ok(0.5));
        for bad in ["", "0", "11", "ten", "1.5", "-1"] {
            assert_eq!(number(1..=10_u32, "")(bad), Err("it takes 1 to 10".into()));
        }
        for bad in ["NaN", "inf", "1.1"] {
            let told = number(0.0..=1.0, "seconds")(bad);
            assert_eq!(told, Err("it takes 0 to 1 seconds".into()));
        }
    }
}
