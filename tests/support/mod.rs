//! Helpers of the integration tests: a scripted upstream, the API on any engine, a browser.

pub mod app;
#[cfg(feature = "e2e")]
pub mod aws;
pub mod client;
pub mod executions;
pub mod faulty;
pub mod program;
#[cfg(feature = "e2e")]
pub mod stack;
pub mod upstream;
#[cfg(feature = "e2e")]
pub mod users;
pub mod wait;

/// `count` lines of a thousand distinct numbers, in turn: a long list whose run is short.
pub fn repeated_numbers(count: u32) -> Vec<String> {
    let numbers = numbers(1_000);
    let lines = numbers.iter().cycle().take(count as usize);
    lines.cloned().collect()
}

/// `count` distinct valid numbers, always the same ones.
pub fn numbers(count: u32) -> Vec<String> {
    (0..count)
        .map(|n| format!("{:09}", 100_010_001 + u64::from(n) * 7))
        .collect()
}
