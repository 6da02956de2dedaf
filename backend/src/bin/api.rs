//! The `api` Lambda. For its environment variables, see [`lambda::api_from_env`].

use backend::lambda;

// One thread is enough: an instance serves one request at a time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    // The environment can't lower the level below INFO: at TRACE, the runtime logs whole requests.
    tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
    let api = lambda::api_from_env(|name| std::env::var(name).ok())?;
    lambda::run(lambda::app(api)).await
}
