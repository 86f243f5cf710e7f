//! How many files the system lets the relay have: each connection is one.

/// What the relay has open beside connections: its database, its log, what it listens at, and some more.
#[cfg(unix)]
const OTHERS: u64 = 64;

/// Asks the system for as many files as so many connections need. If it gives fewer, says how many it gives.
#[cfg(unix)]
pub(crate) fn allow(connections: usize) -> Result<(), u64> {
    let wanted = connections as u64 + OTHERS;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(given) if given < wanted => Err(given),
        // Where it can't be asked, it shows when there are too many.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(crate) fn allow(_connections: usize) -> Result<(), u64> {
    Ok(())
}
