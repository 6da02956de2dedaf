//! What this process logs.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;

/// What the fetcher logs on this thread, as long as the guard lives. In a test's own runtime of one
/// thread that is all of it.
pub fn log() -> (Log, DefaultGuard) {
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

/// What was logged.
#[derive(Clone)]
pub struct Log(Arc<watch::Sender<String>>);

impl Log {
    pub fn text(&self) -> String {
        self.0.borrow().clone()
    }

    /// Waits until this has been logged.
    pub async fn until(&self, text: &str) {
        let mut news = self.0.subscribe();
        // The sender lives as long as this.
        let _ = news.wait_for(|log| log.contains(text)).await;
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
