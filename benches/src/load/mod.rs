//! What the programs share that put load on a relay: the relay's process, its clients, and how results are told.
//!
//! All of it is on this machine, and ends by itself.

use std::error::Error;
use std::process::ExitCode;

use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::screen::note;

pub mod listeners;
pub mod outcome;
pub mod process;
pub mod socket;

/// Runs a program's measurement to its end, on this thread, and says what goes wrong.
pub fn measure(name: &str, work: impl Future<Output = Result<(), Box<dyn Error>>>) -> ExitCode {
    let runtime = Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| LocalSet::new().block_on(&runtime, work)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(format_args!("{name}: {error}"));
            ExitCode::FAILURE
        }
    }
}
