//! `/ws/stream`: a session over a WebSocket.

mod allowance;
mod pings;
mod proving;
mod socket;

pub use socket::connect;
