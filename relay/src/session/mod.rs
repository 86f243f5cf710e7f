//! Sessions: what is kept of them, when their frames are, who may steer them, and which there are.

mod clock;
mod registry;
mod room;
mod store;

pub use clock::Clock;
pub use registry::{CreateError, Registry};
pub use room::{Now, Refusal, Room, Update, hash, patch_of};
pub use store::{Kept, Store, StoreError};
