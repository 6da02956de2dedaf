//! The `fetcher` Lambda. The state machines invoke it. Its settings are environment variables: see
//! `fetcher::lambda::Instance`.

use std::time::SystemTime;

use fetcher::lambda::{Instance, InstanceError};
use fetcher::{Event, Response};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Error> {
    // The log level can't be configured: at TRACE the runtime logs the event, which holds a number if
    // the direct state machine invokes the function.
    tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
    let instance = Instance::new(|name: &str| std::env::var(name).ok())?;
    // Creates the fetcher before the first invocation. If the secret can't be read yet, the first
    // invocation tries again.
    match instance.fetcher().await {
        Err(error @ InstanceError::Secret(_)) => {
            tracing::error!(%error, "could not read the secret; the next invocation tries again")
        }
        created => drop(created?),
    }
    lambda_runtime::run(service_fn(|event| handle(&instance, event))).await
}

async fn handle<L>(
    instance: &Instance<L>,
    event: LambdaEvent<Value>,
) -> Result<Response, Diagnostic>
where
    L: Fn(&str) -> Option<String>,
{
    let (event, context) = event.into_parts();
    let event = Event::try_from(event).map_err(|error| diagnostic(error.name(), &error))?;
    // The event's Debug output holds no number.
    tracing::info!(?event, "invoked");
    let remaining = context.deadline().duration_since(SystemTime::now());
    let deadline = Instant::now() + remaining.unwrap_or_default();
    let fetcher = instance.fetcher().await;
    let fetcher = fetcher.map_err(|error| diagnostic(error.name(), &error))?;
    let response = fetcher.handle(event, Some(deadline)).await;
    response.map_err(|error| diagnostic(error.name(), &error))
}

/// Converts an error to the form that Lambda returns. The runtime logs it.
///
/// The state machines decide by `name` whether to retry or to catch it.
fn diagnostic(name: &str, error: &impl ToString) -> Diagnostic {
    Diagnostic {
        error_type: name.to_owned(),
        error_message: error.to_string(),
    }
}
