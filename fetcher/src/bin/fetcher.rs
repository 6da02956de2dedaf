//! The `fetcher` Lambda. The state machines invoke it; its settings are environment variables: see
//! `fetcher::lambda::Instance`.

use std::time::SystemTime;

use fetcher::lambda::{Instance, InstanceError};
use fetcher::{Event, Response};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;
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
    let instance = Instance::new(|name: &str| std::env::var(name).ok())?;
    // Made before the first invocation. A secret that can't be read now may be readable then.
    match instance.fetcher().await {
        Err(error @ InstanceError::Secret(_)) => {
            tracing::error!(%error, "asked again when invoked")
        }
        made => drop(made?),
    }
    lambda_runtime::run(service_fn(|event| invoked(&instance, event))).await
}

async fn invoked<L>(
    instance: &Instance<L>,
    event: LambdaEvent<Value>,
) -> Result<Response, Diagnostic>
where
    L: Fn(&str) -> Option<String>,
{
    let (event, context) = event.into_parts();
    let event = Event::try_from(event).map_err(|error| named(error.name(), &error))?;
    // Its Debug shows no number.
    tracing::info!(?event, "invoked");
    let left = context.deadline().duration_since(SystemTime::now());
    let deadline = Instant::now() + left.unwrap_or_default();
    let fetcher = instance.fetcher().await;
    let fetcher = fetcher.map_err(|error| named(error.name(), &error))?;
    let answer = fetcher.handle(event, Some(deadline)).await;
    answer.map_err(|error| named(error.name(), &error))
}

/// The state machines retry and catch by these names. The runtime logs what is returned.
fn named(name: &str, error: &impl ToString) -> Diagnostic {
    Diagnostic {
        error_type: name.to_owned(),
        error_message: error.to_string(),
    }
}
