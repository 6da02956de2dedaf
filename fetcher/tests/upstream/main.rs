//! The fetcher against upstreams on real sockets, through its own door.

mod encodings;
mod failures;
mod parallel;
mod pauses;
mod redirects;
mod requests;
mod run;
mod server;
mod stops;
