//! The Auralis relay: it keeps sessions, lets clients hear and steer them, and serves the page.
//!
//! What happens in what order: [`config`] reads flags, environment and `.env` and checks them all; [`server`]
//! looks for the page, opens the [`session`]s that are kept and binds; [`network`] takes connections, and then [`stream`], `radio`, [`api`],
//! [`site`] and [`health`] answer until [`shutdown`] says that it's over. A session with listeners is rendered by a thread of its own ([`audio`]);
//! where there is too much to do, [`overload`] thins the music.

pub mod api;
pub mod audio;
pub mod config;
pub mod health;
mod logging;
pub mod metrics;
pub mod network;
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

use config::{Config, Flags, Task, Told, Variables};
use server::Server;
use shutdown::Signals;

/// The whole program. It ends with 0 after a signal to stop, with 1 when it can't serve, and with 2 when it was
/// told something wrong.
pub fn run() -> ExitCode {
    let flags = Flags::parse();
    if flags.task == Task::ExampleEnv {
        return print(&config::example());
    }
    let (config, told, unknown) = match told(&flags) {
        Ok(told) => told,
        Err(error) => return complain(&error, 2),
    };
    if flags.task == Task::CheckConfig {
        let lines = told.iter().map(|told| format!("{told}\n"));
        let misspelt = unknown.iter().map(|name| format!("{name:<32} unknown, and ignored\n"));
        let printed = print(&lines.chain(misspelt).collect::<String>());
        return match Server::check(&config) {
            Ok(()) => printed,
            Err(error) => complain(&error, 2),
        };
    }
    // Kept to the end, when it writes what is still to be written.
    let _log = match logging::begin(&config) {
        Ok(log) => log,
        Err(error) => return complain(&error, 1),
    };
    for name in unknown {
        tracing::warn!("the .env file sets {name}, which there is not: it is ignored");
    }
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
                if let Some(url) = server.watched_url() {
                    announce(&format!("Auralis is watched at {url}"));
                }
                server.serve(signals.requested()).await;
                tracing::info!("stopped");
                ExitCode::SUCCESS
            }
            Err(error) => complain(&error, 1),
        }
    })
}

/// What it is told, who said what, and what in the `.env` file is nothing that it knows.
fn told(flags: &Flags) -> Result<(Config, Vec<Told>, Vec<String>), config::ConfigError> {
    let variables = Variables::load()?;
    let (config, told) = Config::explained(flags, &variables)?;
    Ok((config, told, Config::unknown(&variables)))
}

/// Prints what was asked for.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("nothing can be printed: {error}"), 1),
    }
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
