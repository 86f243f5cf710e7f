//! Tests that cross the crates of Auralis: see `tests/tests/` and `tests/browser/`. Here is what they share.

/// Whether tests named `soak` run at full length (`AURALIS_SOAK=1`) or at a tenth of it.
#[must_use]
pub fn soak() -> bool {
    std::env::var("AURALIS_SOAK").is_ok_and(|v| v == "1")
}

/// A length, in seconds, hours or in number: whole in a soak, a tenth otherwise.
#[must_use]
pub fn length(whole: f64) -> f64 {
    if soak() { whole } else { whole / 10.0 }
}
