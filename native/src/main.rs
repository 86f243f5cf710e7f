//! The `auralis` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    auralis::run(std::env::args_os())
}
