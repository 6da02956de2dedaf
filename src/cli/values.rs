//! Parsers for the values of settings. Each error says which values are valid.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Parses a number within this range. `unit` is what it counts, such as `days`; it may be empty.
pub(crate) fn number<T>(
    range: RangeInclusive<T>,
    unit: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Clone,
{
    move |text| {
        let number = text.trim().parse().ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let takes = format!("it takes {} to {} {unit}", range.start(), range.end());
                takes.trim_end().to_owned()
            })
    }
}

/// Parses an address to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.trim()
        .parse()
        .map_err(|_| "it takes an IP address and a port, such as 127.0.0.1:8686")
}

/// Parses a host's name, without a scheme or a port.
pub(crate) fn host_name(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let is_name = !text.is_empty()
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "-._".contains(char));
    is_name
        .then(|| text.to_owned())
        .ok_or("it takes a host's name without scheme and port, such as rollcall.example.gov")
}

/// Parses a switch: a flag turns it on, and `--flag=false`, a variable or a file turns it off.
pub(crate) fn switch(text: &str) -> Result<bool, &'static str> {
    text.trim().parse().map_err(|_| "it takes true or false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_outside_its_range_is_refused_with_the_range() {
        assert_eq!(number(1..=10, "")("10"), Ok(10));
        assert_eq!(number(0.0..=1.0, "days")(" 0.5 "), Ok(0.5));
        for bad in ["", "0", "11", "ten", "1.5", "-1"] {
            assert_eq!(number(1..=10_u32, "")(bad), Err("it takes 1 to 10".into()));
        }
        for bad in ["NaN", "inf", "1.1"] {
            let error = number(0.0..=1.0, "days")(bad);
            assert_eq!(error, Err("it takes 0 to 1 days".into()));
        }
    }

    #[test]
    fn a_host_name_has_no_scheme_and_no_port() {
        assert_eq!(host_name(" a.example "), Ok("a.example".into()));
        for bad in ["", "http://a.example", "a.example:80", "a/b"] {
            assert!(host_name(bad).is_err(), "{bad}");
        }
        assert!(address("localhost").is_err() && address("[::1]:0").is_ok());
        assert!(switch("1").is_err() && switch("false") == Ok(false));
    }
}
