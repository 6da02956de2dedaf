//! The API as the worker calls it.

use contract::wire::{CreateListRequest, Execution, ListCreated, Problem, StartRequest};
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::Trouble;
use crate::sign_in::send;

type Result<T> = std::result::Result<T, Trouble>;

/// Starts a run; a key used before answers with the run that it started.
pub(crate) async fn start(request: &StartRequest, key: &str) -> Result<Execution> {
    let call = Request::post("/api/executions").header("Idempotency-Key", key);
    read(send_json(call, request).await?).await
}

/// Begins an upload in parts.
pub(crate) async fn create_list(request: &CreateListRequest) -> Result<ListCreated> {
    read(send_json(Request::post("/api/lists"), request).await?).await
}

/// Uploads one part; the same part may be sent again.
pub(crate) async fn put_part(list: &str, part: usize, lines: &str) -> Result<()> {
    let call = Request::put(&format!("/api/lists/{list}/{part}"))
        .header("Content-Type", "text/plain; charset=utf-8")
        .body(lines);
    text(send(call).await?).await.map(drop)
}

async fn send_json(call: RequestBuilder, value: &impl Serialize) -> Result<Response> {
    let body = serde_json::to_string(value)
        .map_err(|_| gloo_net::Error::GlooError("the request can't be written".to_owned()));
    let call = call.header("Content-Type", "application/json");
    send(body.and_then(|body| call.body(body))).await
}

/// The body of a 2xx. Why a fetch failed is not told to scripts, so it is `Unreachable`.
pub(crate) async fn text(answer: Response) -> Result<String> {
    let body = answer.text().await.map_err(|_| Trouble::Unreachable)?;
    match answer.ok() {
        true => Ok(body),
        false => Err(refused(answer.status(), &body)),
    }
}

/// The value in the body of a 2xx.
pub(crate) async fn read<T: DeserializeOwned>(answer: Response) -> Result<T> {
    let status = answer.status();
    let body = text(answer).await?;
    serde_json::from_str(&body).map_err(|_| Trouble::Unreadable { status })
}

/// The refusal in an answer that isn't 2xx.
fn refused(status: u16, body: &str) -> Trouble {
    match serde_json::from_str::<Problem>(body) {
        Ok(problem) => Trouble::Refused(problem),
        Err(_) => Trouble::Unreadable { status },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_speaks_for_itself_and_anything_else_by_its_status() {
        let body = r#"{"type":"/problems/conflict","title":"Still running","status":409}"#;
        assert!(matches!(refused(409, body), Trouble::Refused(problem) if problem.status == 409));
        let proxy = refused(502, "<html>bad gateway</html>");
        assert_eq!(proxy, Trouble::Unreadable { status: 502 });
        assert!(proxy.may_pass() && !refused(404, "nginx").may_pass());
        // As API Gateway says that it is throttled.
        assert!(refused(429, r#"{"message":"Too Many Requests"}"#).may_pass());
    }
}
