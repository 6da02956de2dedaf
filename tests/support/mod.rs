//! What the integration tests share: an upstream that does as it is told, and an API on any engine.

pub mod app;
#[cfg(feature = "e2e")]
pub mod aws;
pub mod client;
pub mod faulty;
#[cfg(feature = "e2e")]
pub mod stack;
pub mod upstream;
#[cfg(feature = "e2e")]
pub mod users;
pub mod wait;

/// Distinct valid numbers: the n-th list of so many.
pub fn numbers(count: u32) -> Vec<String> {
    (0..count)
        .map(|n| format!("{:09}", 100_010_001 + u64::from(n) * 7))
        .collect()
}
