//! TCP servers, for behaviour that an HTTP server library doesn't support.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;

use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::server::ok;

/// Responds with 200 to five requests on this HTTP/2 connection, and then shuts it down gracefully.
pub async fn serve_five_requests(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let taken = Arc::new(watch::Sender::new(0));
    let count = Arc::clone(&taken);
    let service = service_fn(move |_: Request<Incoming>| {
        count.send_modify(|taken| *taken += 1);
        std::future::ready(Ok::<_, Infallible>(ok()))
    });
    let http = Builder::new(TokioExecutor::new()).http2_only();
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut taken = taken.subscribe();
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = taken.wait_for(|taken| *taken >= 5) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Reserves a port of 127.0.0.1 while the socket lives, so that no server listens on it.
pub fn unused_port() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// A listener on a free port that can accept a thousand connections at once.
pub fn listener() -> TcpListener {
    let (socket, _) = unused_port();
    socket.listen(4_096).unwrap()
}

/// Starts a TCP server that handles each connection with `handler`. The second argument counts
/// connections from 0. Returns its port and the number of connections accepted.
pub async fn tcp_server<F>(
    handler: impl Fn(TcpStream, u32) -> F + Send + 'static,
) -> (u16, watch::Receiver<u32>)
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = listener();
    let port = listener.local_addr().unwrap().port();
    let (accepted, count) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let nth = *accepted.borrow();
            accepted.send_modify(|accepted| *accepted += 1);
            tokio::spawn(handler(stream, nth));
        }
    });
    (port, count)
}

/// Reads the head of a request.
pub async fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// Starts a server that responds with these bytes and closes the connection. Returns its URL.
pub async fn server_sending(bytes: &'static [u8]) -> String {
    let (port, _) = tcp_server(move |mut stream, _| async move {
        read_head(&mut stream).await?;
        stream.write_all(bytes).await
    })
    .await;
    format!("http://127.0.0.1:{port}/ssn/")
}

/// Starts a server that responds with these bytes and keeps the connection open. Returns its URL.
pub async fn server_stalling_after(bytes: &'static [u8]) -> String {
    let (port, _) = tcp_server(move |mut stream, _| async move {
        read_head(&mut stream).await?;
        stream.write_all(bytes).await?;
        std::future::pending().await
    })
    .await;
    format!("http://127.0.0.1:{port}/ssn/")
}
