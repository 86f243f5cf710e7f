//! What lies between the network and what answers: connections are counted and limited, may speak TLS, and end when nothing comes of
//! them.

mod addresses;
mod admission;
mod caller;
mod cors;
mod files;
mod holding;
mod listener;
mod renewal;
mod stream;
mod tls;

pub use admission::Gate;
pub(crate) use caller::Caller;
pub use caller::admit;
pub use cors::cors;
pub(crate) use files::allow;
pub use listener::Listener;
pub(crate) use renewal::renew_when_asked;
pub use tls::{Certificate, TlsError};
