//! Requests as the API takes them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Uri};
use serde::Serialize;

/// A request that can be sent more than once.
pub(crate) struct ApiRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl ApiRequest {
    /// `path` follows `/api/`; it and the query hold no character that a URI doesn't.
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let uri = format!("/api/{path}");
        Self {
            method,
            uri: uri.parse().expect("paths are ids and our own words"),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    /// A value that is no header value leaves the header out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn json(mut self, value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value);
        self.body = json
            .expect("contract's types have text keys only, so they are JSON")
            .into();
        self.header(CONTENT_TYPE, "application/json")
    }

    pub(crate) fn text(mut self, text: String) -> Self {
        self.body = text.into();
        self.header(CONTENT_TYPE, "text/plain; charset=utf-8")
    }

    /// The request to send now.
    pub(crate) fn to_http(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// A query with its `?`, or nothing where it is empty.
pub(crate) fn query_string(pairs: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    match query.finish() {
        empty if empty.is_empty() => empty,
        query => format!("?{query}"),
    }
}
