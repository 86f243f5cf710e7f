//! What the programs share that put load on a relay: the relay's process, its clients, and how results are told.
//!
//! All of it is on this machine, and ends by itself.

pub mod listeners;
pub mod outcome;
pub mod process;
pub mod socket;
