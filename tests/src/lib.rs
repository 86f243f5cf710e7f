//! Tests that cross the crates of Auralis: see `tests/tests/` and `tests/browser/`.
