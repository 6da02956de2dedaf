//! Made-up records.

use serde::Serialize;

use super::outcome::{Purpose, hash, splitmix64};

const FIRST_NAMES: [&str; 32] = [
    "Alma", "Amir", "Beatriz", "Caleb", "Carmen", "Dana", "Darnell", "Elena", "Elijah", "Farah",
    "Gloria", "Hugo", "Imani", "Isaac", "Jun", "Keisha", "Lars", "Leah", "Malik", "Maya", "Nadia",
    "Noah", "Olga", "Omar", "Paige", "Quinn", "Rosa", "Samuel", "Tessa", "Victor", "Wendy",
    "Yusuf",
];
const LAST_NAMES: [&str; 32] = [
    "Abbott",
    "Alvarez",
    "Bennett",
    "Brooks",
    "Castillo",
    "Chen",
    "Delgado",
    "Ellison",
    "Fischer",
    "Flores",
    "Gallagher",
    "Grant",
    "Haddad",
    "Hughes",
    "Ivanov",
    "Jensen",
    "Kim",
    "Lambert",
    "Lopez",
    "Marsh",
    "Nakamura",
    "Nguyen",
    "Okafor",
    "Osborne",
    "Patel",
    "Quintana",
    "Reyes",
    "Schmidt",
    "Tran",
    "Vasquez",
    "Whitfield",
    "Young",
];
const STATES: [&str; 50] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY",
];
/// Repeated values are more likely: seven of ten records are ACTIVE.
const STATUSES: [&str; 10] = [
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "INACTIVE",
    "INACTIVE",
    "IN_REVIEW",
];

/// A record. The name comes first, since a reader looks for it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Record {
    name: String,
    state: &'static str,
    status: &'static str,
    score: usize,
    since: String,
    /// Always true: the record is made up.
    demo: bool,
}

/// The record of a number. It is always the same for one seed, and holds no part of the number.
pub(super) fn made_up(number: u64, seed: u64) -> Record {
    let mut bits = hash(number, seed, Purpose::Record);
    let mut below = |end: usize| {
        bits = splitmix64(bits);
        (bits % end as u64) as usize
    };
    let name = format!(
        "{} {}",
        FIRST_NAMES[below(FIRST_NAMES.len())],
        LAST_NAMES[below(LAST_NAMES.len())]
    );
    Record {
        name,
        state: STATES[below(STATES.len())],
        status: STATUSES[below(STATUSES.len())],
        // The range of credit scores, most of them in its middle.
        score: 300 + below(184) + below(184) + below(185),
        since: format!(
            "{}-{:02}-{:02}",
            1990 + below(35),
            1 + below(12),
            1 + below(28)
        ),
        demo: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_depends_on_number_and_seed_only() {
        assert_eq!(made_up(123_456_789, 0), made_up(123_456_789, 0));
        assert_ne!(made_up(123_456_789, 0), made_up(123_456_788, 0));
        assert_ne!(made_up(123_456_789, 0), made_up(123_456_789, 1));
    }

    #[test]
    fn a_record_is_plausible_and_marked_as_made_up() {
        for number in (0..1_000_000_000).step_by(999_983) {
            let record = serde_json::to_value(made_up(number, 7)).unwrap();
            assert_eq!(record["demo"], true);
            let score = record["score"].as_u64().unwrap();
            assert!((300..=850).contains(&score), "{score}");
            assert!(record["name"].as_str().unwrap().contains(' '));
            assert!(!record.to_string().contains(&format!("{number:09}")));
        }
    }
}
