//! The relay, by the real program where it can be: real sockets, real files, real signals, on this machine. One program of tests: linking one for each
//! file takes longer than most of them run.

#[cfg(unix)]
mod proxy;
#[cfg(unix)]
mod soak;
#[cfg(feature = "gpu")]
mod streams_only;

mod api;
mod config;
mod faults;
mod metrics;
mod network;
mod opus;
mod overload;
mod proofs;
mod radio;
mod server;
mod stream;
mod support;
mod tls;
