//! The `fetcher` Lambda. The state machines invoke it; its settings are environment variables:
//! `ROLLCALL_BUCKET`, and those of `UpstreamSettings::from_environment`.

use std::time::SystemTime;

use fetcher::{Answer, Event, Fetcher, FetcherError, UpstreamSettings};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;
use store::Store;
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Not below INFO, whatever the environment says: at TRACE the runtime logs what it is invoked
    // with, which the direct state machine makes a number.
    tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
    let bucket = std::env::var("ROLLCALL_BUCKET")
        .map_err(|_| "the variable ROLLCALL_BUCKET is not set; it takes the data bucket's name")?;
    let settings = UpstreamSettings::from_environment(|name| std::env::var(name).ok())?;
    let fetcher = Fetcher::new(Store::in_bucket(&bucket)?, settings)?;
    lambda_runtime::run(service_fn(|event| invoked(&fetcher, event))).await
}

async fn invoked(fetcher: &Fetcher, event: LambdaEvent<Value>) -> Result<Answer, Diagnostic> {
    let (event, context) = event.into_parts();
    let event = Event::try_from(event).map_err(named)?;
    // Its Debug shows no number.
    tracing::info!(?event, "invoked");
    let left = context.deadline().duration_since(SystemTime::now());
    let deadline = Instant::now() + left.unwrap_or_default();
    fetcher.handle(event, Some(deadline)).await.map_err(named)
}

/// The state machines retry and catch by these names. The runtime logs what is returned.
fn named(error: FetcherError) -> Diagnostic {
    Diagnostic {
        error_type: error.name().to_owned(),
        error_message: error.to_string(),
    }
}
