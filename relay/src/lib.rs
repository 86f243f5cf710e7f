//! The Auralis relay: it keeps sessions, lets clients hear and steer them, and serves the page.
//!
//! What happens in what order: [`config`] reads flags, environment and `.env` and checks them all; [`server`]
//! opens the [`session`]s that are kept, looks for the page and binds; then [`stream`], `radio`, [`api`], [`site`] and [`health`] answer
//! until [`shutdown`] says that it's over. A session with listeners is rendered by a thread of its own ([`audio`]);
//! where there is too much to do, [`overload`] thins the music.

pub mod api;
pub mod audio;
pub mod config;
pub mod health;
pub mod overload;
mod radio;
pub mod relay;
pub mod server;
pub mod session;
pub mod shutdown;
pub mod site;
pub mod stream;
mod time;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use config::{Config, Flags, Variables};
use server::Server;
use shutdown::Signals;

/// The whole program. It ends with 0 after a signal to stop, with 1 when it can't serve, and with 2 when it was
/// told something wrong.
pub fn run() -> ExitCode {
    let flags = Flags::parse();
    let config = match Variables::load().and_then(|variables| Config::new(&flags, &variables)) {
        Ok(config) => config,
        Err(error) => return complain(&error, 2),
    };
    tracing_subscriber::fmt()
        .with_max_level(config.log_level)
        .with_writer(std::io::stderr)
        // It would complain, in the place that can't be written to, and end the program.
        .log_internal_errors(false)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("the server's threads can't be started: {error}"), 1),
    };
    runtime.block_on(async {
        let signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => return complain(&format!("signals can't be listened for: {error}"), 1),
        };
        match Server::bind(&config).await {
            Ok(server) => {
                if let Some(warning) = server.warning() {
                    tracing::warn!("{warning}");
                }
                announce(&format!("Auralis is at {}", server.url()));
                server.serve(signals.requested()).await;
                tracing::info!("stopped");
                ExitCode::SUCCESS
            }
            Err(error) => complain(&error, 1),
        }
    })
}

/// Says where the server is, for people and for scripts that wait for it. If nobody listens, it serves all the same.
fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        tracing::info!("{line}");
    }
}

/// Says what is wrong. Who has closed standard error learns it from the exit code.
fn complain(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "auralis-relay: {error}");
    ExitCode::from(code)
}
