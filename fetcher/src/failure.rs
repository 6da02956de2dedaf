//! Why a GET brought no answer. The client's own errors hold its address, so the number: they end here.

use std::error::Error;
use std::io;

use contract::wire::ErrorKind;

/// Why a GET brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GetError {
    /// It failed.
    #[error("{}", .0.message())]
    Failed(ErrorKind),
    /// The upstream doesn't speak HTTP/2, and the client speaks nothing else.
    #[error("the upstream does not speak HTTP/2")]
    NotHttp2,
}

/// What went wrong on a connection that stood.
pub(crate) fn on_connection(error: &reqwest::Error) -> ErrorKind {
    if error.is_timeout() {
        return ErrorKind::TimedOut;
    }
    let transport = chain(error).find_map(|error| error.downcast_ref::<hyper::Error>());
    match transport {
        Some(error) if error.is_parse() || is_nonsense(error) => ErrorKind::InvalidAnswer,
        Some(_) => ErrorKind::ConnectionLost,
        // What came was whole, so its content encoding is broken.
        None if error.is_decode() => ErrorKind::InvalidAnswer,
        None => ErrorKind::ConnectionLost,
    }
}

/// Whether a body was framed as HTTP doesn't know it. TLS says the same of a record that is broken,
/// which is the connection's fault.
fn is_nonsense(error: &hyper::Error) -> bool {
    let is_tls = chain(error).any(|error| error.is::<rustls::Error>());
    let mut io = chain(error).filter_map(|error| error.downcast_ref::<io::Error>());
    let nonsense = [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput];
    !is_tls && io.any(|error| nonsense.contains(&error.kind()))
}

/// What went wrong before a connection stood.
pub(crate) fn on_connecting(error: &(dyn Error + 'static)) -> ErrorKind {
    let is_tls = chain(error).any(|error| error.is::<rustls::Error>());
    let timed_out = chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut);
    match (is_tls, timed_out) {
        (true, _) => ErrorKind::TlsFailed,
        (_, true) => ErrorKind::TimedOut,
        _ => ErrorKind::ConnectFailed,
    }
}

/// An error and everything below it. What an I/O error wraps is below it too, which its `source`
/// steps over.
pub(crate) fn chain<'a>(
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
