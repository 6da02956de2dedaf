//! The fetcher against upstreams on real sockets, through its own door.

mod parallel;
mod run;
mod server;
