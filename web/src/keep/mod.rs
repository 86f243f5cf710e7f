//! Keep this moment: any span of a session as a file, rendered from its log in a worker while the music plays on.
//!
//! On the page: a [`span`] is chosen, [`what`] it becomes, and its [`name`]; that is an [`Order`], and a [`Job`] is the worker that carries
//! it out. In the worker: [`rendering`] takes the samples out of the engine, [`pack`] makes files of them, [`worker`] ties both to the
//! browser and lays the file together. What the engine has is the log, so the file holds the very samples that were heard.

mod job;
mod message;
pub mod name;
pub mod pack;
pub mod rendering;
pub mod span;
pub mod what;
pub mod worker;

pub use job::{Job, Report};
pub use message::Order;
pub use span::Span;
pub use what::What;
