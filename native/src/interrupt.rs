//! Ctrl-C: a wish to stop, which work asks for between its pieces. A second one ends the program at once.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

static WISH: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// The wish to stop; the first call begins to listen for it.
#[must_use]
pub fn wish() -> &'static AtomicBool {
    WISH.get_or_init(|| {
        let wish = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds no wish yet, and makes it. Where handlers cannot be had, Ctrl-C ends the program as it always does.
            let _ = flag::register_conditional_shutdown(signal, 130, Arc::clone(&wish));
            let _ = flag::register(signal, Arc::clone(&wish));
        }
        wish
    })
}

/// Whether somebody wished to stop.
#[must_use]
pub fn wished() -> bool {
    wish().load(Ordering::Relaxed)
}
