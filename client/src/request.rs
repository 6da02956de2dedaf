//! Requests and responses as the API has them.
//!
//! Types of the `http` crate instead would add 10 KB to the page's first load.

use serde::Serialize;

/// A request of the API, which can be sent more than once.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, which begins with `/api/`, and perhaps a query.
    pub path: String,
    /// The headers, except `Authorization`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, which may hold numbers; empty for none.
    pub body: Vec<u8>,
}

/// A response of the API, with those of its headers that a client reads.
#[derive(Clone, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The body, which may hold numbers.
    pub body: Vec<u8>,
}

impl Request {
    /// `path` follows `/api/`; it holds no character that a URI doesn't.
    pub(crate) fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: ["/api/", path].concat(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn json(mut self, value: &impl Serialize) -> Self {
        // The contract's types have text keys only, so they are JSON.
        self.body = serde_json::to_vec(value).unwrap_or_default();
        self.header("content-type", "application/json")
    }

    pub(crate) fn text(mut self, text: String) -> Self {
        self.body = text.into_bytes();
        self.header("content-type", "text/plain; charset=utf-8")
    }
}

/// A query with its `?`, or nothing where it is empty. The values are numbers, names and cursors,
/// which hold no character that has a meaning in a query.
pub(crate) fn query_string(pairs: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        let separator = if query.is_empty() { "?" } else { "&" };
        query.extend([separator, name, "=", &value]);
    }
    query
}
