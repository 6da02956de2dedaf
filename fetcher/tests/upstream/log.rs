//! Captures the log of a test.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;

use crate::server::TIMEOUT;

/// Captures what the fetcher logs on this thread until the guard is dropped.
///
/// If the test's runtime has only one thread, the captured log is complete.
pub fn capture_log() -> (Log, DefaultGuard) {
    let log = Log(Arc::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("fetcher=trace,store=trace,contract=trace"))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    (log, guard)
}

/// The captured log.
#[derive(Clone)]
pub struct Log(Arc<watch::Sender<String>>);

impl Log {
    pub fn text(&self) -> String {
        self.0.borrow().clone()
    }

    /// Waits until the log contains `text`.
    pub async fn wait_for(&self, text: &str) {
        let mut changes = self.0.subscribe();
        let waited = changes.wait_for(|log| log.contains(text));
        let waited = tokio::time::timeout(TIMEOUT, waited).await;
        assert!(waited.is_ok(), "not in the log: {text}");
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.send_modify(|log| log.push_str(&text));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
