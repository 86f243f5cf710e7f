//! `/ws/stream`: a session over a WebSocket.

mod allowance;
mod proving;
mod socket;

pub use socket::connect;
