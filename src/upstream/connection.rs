//! Connections that can be reset instead of sending a response.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A handle that resets its connection: a TCP reset is sent instead of the next response.
#[derive(Clone, Default)]
pub(super) struct ResetHandle(Arc<AtomicBool>);

impl ResetHandle {
    pub(super) fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Accepts connections that a handler can reset.
pub(super) struct DemoListener(pub(super) TcpListener);

impl Listener for DemoListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // This waits a second and retries if there are no descriptors left.
        let (stream, address) = Listener::accept(&mut self.0).await;
        // A response is one small write, which must not wait for an acknowledgement. If this fails, the
        // connection is gone, and its first read fails too.
        let _ = stream.set_nodelay(true);
        let reset_handle = ResetHandle::default();
        let connection = Connection {
            stream,
            reset_handle,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, DemoListener>> for ResetHandle {
    fn connect_info(stream: IncomingStream<'_, DemoListener>) -> Self {
        stream.io().reset_handle.clone()
    }
}

/// A connection that can be reset. After its handle was used, it writes nothing.
pub(super) struct Connection {
    stream: TcpStream,
    reset_handle: ResetHandle,
}

impl Connection {
    /// Returns an error if the connection must be reset.
    fn check(&self) -> io::Result<()> {
        match self.reset_handle.0.load(Ordering::Relaxed) {
            false => Ok(()),
            true => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.check().is_err() {
            // With zero linger, closing sends a reset. If setting it fails, the connection just closes.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Without this check, an orderly shutdown would be sent before the reset.
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
