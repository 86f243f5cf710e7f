//! What is measured for docs/benchmarks.md.

pub mod machine;
pub mod native;
pub mod programs;
