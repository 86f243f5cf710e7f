//! Sessions: what is kept of them, when their frames are, who may steer them, and which there are.

mod ahead;
mod clock;
mod registry;
mod relief;
mod room;
mod store;
mod update;
mod wish;

pub use clock::Clock;
pub use registry::{CreateError, Registry};
pub use relief::{Relief, Thinning};
pub use room::{Now, Refusal, Room, hash};
pub use store::{Kept, Store, StoreError};
pub use update::Update;
pub use wish::patch_of;
