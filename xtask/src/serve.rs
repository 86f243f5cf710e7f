//! `cargo xtask serve`: build everything and serve the page on this machine.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use crate::{paths, process, report, site};

/// How the page is served.
#[derive(Args)]
pub(crate) struct Options {
    /// The port on this machine
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Builds the site, then the relay with it inside, then serves until Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<()> {
    site::build()?;
    report::step("build the server", || {
        process::run(process::cargo_build("build").args(["--release", "--package", "auralis-relay"]))
    })?;
    if options.open {
        open_when_ready(options.port, format!("http://localhost:{}", options.port));
    }
    let mut relay = process::program(paths::release_program("auralis-relay")?);
    relay.args(["--host", "127.0.0.1", "--port", &options.port.to_string(), "--site", "built-in"]);
    process::run(&mut relay)
}

/// Opens the page as soon as somebody answers at the port.
fn open_when_ready(port: u16, url: String) {
    thread::spawn(move || {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        for _ in 0..100 {
            if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
                if !process::succeeds(&mut opener(&url)) {
                    report::say(format_args!("no browser could be opened: open {url} yourself"));
                }
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
}

fn opener(url: &str) -> Command {
    if cfg!(windows) {
        let mut command = process::program("cmd");
        command.args(["/c", "start", "", url]);
        return command;
    }
    let mut command = process::program(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
    command.arg(url);
    command
}
