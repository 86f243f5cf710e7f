//! `/ws/stream`: a session over a WebSocket.

mod allowance;
mod socket;

pub use socket::connect;
