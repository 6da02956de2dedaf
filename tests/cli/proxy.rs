//! A TCP proxy that records requests and can drop a response.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy whose target can change.
#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    target: String,
    sent: Vec<u8>,
    /// The start of the request whose response is dropped.
    dropped: Option<String>,
}

impl Proxy {
    /// Starts a proxy for this server.
    pub async fn start(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("http://{}/", listener.local_addr().unwrap()),
            inner: Arc::default(),
        };
        proxy.forward_to(address);
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().forward(client));
            }
        });
        proxy
    }

    /// Forwards new connections to this server from now on.
    pub fn forward_to(&self, address: &str) {
        let address = address.trim_start_matches("http://");
        self.inner.lock().unwrap().target = address.to_owned();
    }

    /// Everything that clients have sent.
    pub fn sent(&self) -> String {
        String::from_utf8_lossy(&self.inner.lock().unwrap().sent).into_owned()
    }

    /// Forwards the next request that starts with this text, and drops its response.
    pub fn drop_response_to(&self, request: &str) {
        self.inner.lock().unwrap().dropped = Some(request.to_owned());
    }

    async fn forward(self, mut client: TcpStream) {
        let address = self.inner.lock().unwrap().target.clone();
        let Ok(mut server) = TcpStream::connect(address).await else {
            return;
        };
        let (mut request, mut response) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut is_dropped = false;
        loop {
            tokio::select! {
                count = client.read(&mut request) => {
                    let Ok(count @ 1..) = count else { return };
                    is_dropped |= self.record(&request[..count]);
                    if server.write_all(&request[..count]).await.is_err() {
                        return;
                    }
                }
                count = server.read(&mut response) => {
                    let Ok(count @ 1..) = count else { return };
                    // The server has handled the request; the client never gets the response.
                    if is_dropped || client.write_all(&response[..count]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Records what is sent; returns whether to drop the response.
    fn record(&self, sent: &[u8]) -> bool {
        let mut inner = self.inner.lock().unwrap();
        inner.sent.extend_from_slice(sent);
        let matches = |request: &String| sent.starts_with(request.as_bytes());
        inner.dropped.take_if(|request| matches(request)).is_some()
    }
}
