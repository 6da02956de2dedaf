//! Requests to the API and responses from it.
//!
//! The types of the `http` crate would add 10 KB to the page's first load.

use serde::Serialize;

/// A request to the API, which can be sent more than once.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, which begins with `/api/`, and the query, if there is one.
    pub path: String,
    /// The headers, except `Authorization`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, which may contain numbers. Empty if the request has none.
    pub body: Vec<u8>,
}

/// A response of the API, with only the headers that the client reads.
#[derive(Clone, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The body, which may contain numbers.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns a request to `/api/{path}`.
    ///
    /// `path` isn't escaped, so it must be valid in a URL.
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
        // Can't fail: all keys of the contract's types are strings.
        self.body = serde_json::to_vec(value).unwrap_or_default();
        self.header("content-type", "application/json")
    }

    pub(crate) fn text(mut self, text: String) -> Self {
        self.body = text.into_bytes();
        self.header("content-type", "text/plain; charset=utf-8")
    }
}

/// Returns `?` and the query, or an empty string if there are no pairs.
///
/// The values aren't escaped: numbers, names and cursors contain no special characters.
pub(crate) fn query_string(pairs: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        let separator = if query.is_empty() { "?" } else { "&" };
        query.extend([separator, name, "=", &value]);
    }
    query
}
