//! The page's files, which are embedded in the binary.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The output of `cargo xtask page`. Empty if that hasn't run, so that the rest builds without it.
#[derive(RustEmbed)]
#[folder = "target/page"]
#[allow_missing = true]
struct Files;

const NOT_BUILT: &str =
    "This binary has no page: build it with `cargo xtask build`. The API is at /api.\n";

/// Whether this binary has the page.
pub(crate) fn is_built() -> bool {
    Files::get("index.html").is_some()
}

/// Serves the file at this path, or `index.html` if the path is a route of the page.
///
/// A path without a file is a route if the request accepts HTML, or if its last segment has no dot.
pub(crate) fn serve(path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches('/');
    let accepts_html = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let is_route = accepts_html || !name.rsplit('/').next().unwrap_or_default().contains('.');
    let found = Files::get(name).filter(|_| !name.ends_with(".br"));
    let (name, file) = match found {
        Some(file) => (name, file),
        None if is_route => match Files::get("index.html") {
            Some(file) => ("index.html", file),
            None => return plain(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT),
        },
        None => return plain(StatusCode::NOT_FOUND, "Not found.\n"),
    };
    let accepts_brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .any(|coding| coding.trim().eq_ignore_ascii_case("br"))
        });
    let compressed = accepts_brotli
        .then(|| Files::get(&format!("{name}.br")))
        .flatten();
    respond(name, file, compressed)
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, headers, text).into_response()
}

fn respond(name: &str, file: EmbeddedFile, compressed: Option<EmbeddedFile>) -> Response {
    let is_compressed = compressed.is_some();
    let mut response = compressed.unwrap_or(file).data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(name));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Every other file has a hash of its content in its name.
    let cache_control = if name == "index.html" {
        "no-cache"
    } else {
        "public, max-age=31536000, immutable"
    };
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(cache_control),
    );
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn content_type(name: &str) -> HeaderValue {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let text = if mime.type_() == mime_guess::mime::TEXT {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
