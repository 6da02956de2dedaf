//! Tests of the fetcher, through its public interface, against upstreams on real sockets.

mod encodings;
mod failure_cases;
mod failures;
mod log;
mod parallel;
mod pauses;
mod redirects;
mod requests;
mod run;
mod server;
mod stops;
mod stores;
mod tcp_server;
mod tls;
