//! Compressed responses.

use std::io::Write;

use contract::wire::{ErrorKind, Outcome, RowError};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt;

use crate::run::{Run, body, settings, settings_of};
use crate::server::{Protocol, Response, Server, response};
use crate::tcp_server::{read_head, tcp_server};

const BODY_CAP: usize = 64 << 10;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4_096, 1, 20);
    encoder.write_all(bytes).unwrap();
    encoder.into_inner()
}

fn encoded(encoding: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    let mut response = response(200, content_type, bytes);
    let encoding = encoding.parse().unwrap();
    response.headers_mut().insert("content-encoding", encoding);
    response
}

async fn server_with(protocol: Protocol, response: Response) -> Server {
    Server::start(protocol, move |_| {
        std::future::ready(Some(response.clone()))
    })
    .await
}

#[tokio::test]
async fn gzip_and_brotli_are_decoded() {
    let json = r#"{"name": "Ada Example", "tags": ["a", "a", "a", "a"]}"#;
    for (protocol, encoding, bytes) in [
        (Protocol::Http1, "gzip", gzip(json.as_bytes())),
        (Protocol::Http1, "br", brotli(json.as_bytes())),
        (Protocol::Http2(100), "gzip", gzip(json.as_bytes())),
        (Protocol::Http2(100), "br", brotli(json.as_bytes())),
        (Protocol::Http1, "identity", json.into()),
    ] {
        let server = server_with(protocol, encoded(encoding, "application/json", bytes)).await;
        let rows = Run::new(settings(&server), 2).await.rows_of_batch().await;
        for row in rows {
            assert_eq!(row.outcome, Outcome::Succeeded, "{encoding}");
            assert_eq!(body(&row), Some(json), "{encoding}");
        }
    }
}

#[tokio::test]
async fn the_cap_counts_decoded_bytes() {
    for (size, fits) in [(BODY_CAP, true), (BODY_CAP + 1, false)] {
        let bytes = vec![b'x'; size];
        for (encoding, encoded_body) in [
            ("identity", bytes.clone()),
            ("gzip", gzip(&bytes)),
            ("br", brotli(&bytes)),
        ] {
            let server = server_with(
                Protocol::Http1,
                encoded(encoding, "text/plain", encoded_body),
            )
            .await;
            let rows = Run::new(settings(&server), 1).await.rows_of_batch().await;
            let row = &rows[0];
            if fits {
                assert_eq!(row.outcome, Outcome::Succeeded, "{encoding}");
                // The row has the text as a JSON string, with its quotes.
                assert_eq!(body(row).unwrap().len(), BODY_CAP + 2);
            } else {
                let error = Some(RowError::Fetch(ErrorKind::BodyTooLarge));
                assert_eq!(
                    (row.error, row.status_code),
                    (error, Some(200)),
                    "{encoding}"
                );
                assert_eq!((body(row), row.attempts), (None, 1));
            }
        }
    }
}

#[tokio::test]
async fn a_compressed_body_is_read_up_to_the_cap() {
    let block = gzip(&vec![0; 1 << 20]);
    // The body has no end, so only the cap can end it.
    let (port, _) = tcp_server(move |mut stream, _| {
        let block = block.clone();
        async move {
            read_head(&mut stream).await?;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
                .await?;
            loop {
                stream.write_all(&block).await?;
            }
        }
    })
    .await;
    let settings = settings_of(format!("http://127.0.0.1:{port}/ssn/"));
    let rows = Run::new(settings, 20).await.rows_of_batch().await;
    let error = Some(RowError::Fetch(ErrorKind::BodyTooLarge));
    assert!(
        rows.iter()
            .all(|row| row.error == error && row.attempts == 1)
    );
}
