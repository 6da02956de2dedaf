//! An upstream in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

type Answer = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// Answers each number as it is told.
pub struct Upstream {
    address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Upstream {
    /// Every number gets what `answer` makes of it, after a while.
    pub async fn new<R: IntoResponse>(
        after: Duration,
        answer: impl Fn(&str) -> R + Send + Sync + 'static,
    ) -> Self {
        let answer: Answer = Arc::new(move |number| answer(number).into_response());
        let ssn = move |State(answer): State<Answer>, Path(number): Path<String>| async move {
            tokio::time::sleep(after).await;
            answer(&number)
        };
        let router = Router::new()
            .route("/ssn/{number}", get(ssn))
            .with_state(answer);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        });
        Self { address, server }
    }

    /// Where it is asked, without the number.
    pub fn url(&self) -> String {
        format!("http://{}/ssn/", self.address)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}
