//! The fetcher against upstreams on real sockets, through its own door.

mod encodings;
mod failures;
mod log;
mod parallel;
mod pauses;
mod raw;
mod redirects;
mod requests;
mod run;
mod server;
mod stops;
mod stores;
mod tls;
mod troubles;
