//! Why a GET failed. The HTTP client's errors contain the URL, and so the number; this module converts
//! them to kinds of error that don't.

use std::error::Error;
use std::io;

use contract::wire::ErrorKind;

/// Why a GET returned no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GetError {
    /// It failed for this reason.
    #[error("{}", .0.message())]
    Failed(ErrorKind),
    /// The upstream doesn't speak HTTP/2, the only protocol of this client.
    #[error("the upstream does not speak HTTP/2")]
    NotHttp2,
}

/// Returns what went wrong after the connection was established.
pub(crate) fn error_after_connecting(error: &reqwest::Error) -> ErrorKind {
    if error.is_timeout() {
        return ErrorKind::TimedOut;
    }
    let transport = error_chain(error).find_map(|error| error.downcast_ref::<hyper::Error>());
    match transport {
        Some(error) if error.is_parse() || is_malformed(error) => ErrorKind::InvalidAnswer,
        Some(_) => ErrorKind::ConnectionLost,
        // The body arrived completely but can't be decompressed.
        None if error.is_decode() => ErrorKind::InvalidAnswer,
        None => ErrorKind::ConnectionLost,
    }
}

/// Whether the response's body is malformed HTTP, such as an invalid chunk length.
///
/// A broken TLS record causes the same I/O errors, but it means that the connection was lost.
fn is_malformed(error: &hyper::Error) -> bool {
    let is_tls = error_chain(error).any(|error| error.is::<rustls::Error>());
    let mut io = error_chain(error).filter_map(|error| error.downcast_ref::<io::Error>());
    let malformed = [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput];
    !is_tls && io.any(|error| malformed.contains(&error.kind()))
}

/// Returns what went wrong while the connection was being established.
pub(crate) fn error_while_connecting(error: &(dyn Error + 'static)) -> ErrorKind {
    let is_tls = error_chain(error).any(|error| error.is::<rustls::Error>());
    let timed_out = error_chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut);
    match (is_tls, timed_out) {
        (true, _) => ErrorKind::TlsFailed,
        (_, true) => ErrorKind::TimedOut,
        _ => ErrorKind::ConnectFailed,
    }
}

/// Iterates over an error and its sources, including an error that an [`io::Error`] wraps.
///
/// `source` of an `io::Error` skips the wrapped error itself.
pub(crate) fn error_chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(|io| io.get_ref())
            .map(|inner| inner as &(dyn Error + 'static));
        wrapped.or_else(move || error.source())
    })
}
