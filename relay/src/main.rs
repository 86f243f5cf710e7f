//! The Auralis relay server. `auralis-relay --help` says what it can do.

use std::process::ExitCode;

fn main() -> ExitCode {
    auralis_relay::run()
}
