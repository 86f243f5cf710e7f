//! Many who synthesize one session: how many bytes each takes, at rest and with each change.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use auralis_benches::load::listeners::{Heard, listen, session};
use auralis_benches::load::measure;
use auralis_benches::load::outcome::Outcome;
use auralis_benches::load::process::Relay;
use clap::Parser;
use serde_json::json;
use tokio::task::JoinSet;

/// Lets many synthesize one session of a relay that it starts at this machine
#[derive(Parser)]
#[command(name = "relay-score", version)]
struct Cli {
    /// How many there are
    #[arg(long, default_value_t = 9999, value_parser = clap::value_parser!(u32).range(1..=9999))]
    listeners: u32,
    /// For how many seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..=600))]
    seconds: u64,
    /// How many changes there are meanwhile
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=20))]
    changes: u32,
    /// The relay's program; the one beside this program if none is given
    #[arg(long)]
    relay: Option<PathBuf>,
}

fn main() -> ExitCode {
    measure("relay-score", run(Cli::parse()))
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    rlimit::increase_nofile_limit(u64::from(cli.listeners) + 200)?;
    let relay = Relay::start(cli.relay.as_deref(), None, &[])?;
    let (began, ..) = session(relay.port(), "main").await?;
    let (heard, mut all) = (Rc::new(Heard::default()), JoinSet::new());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let alone = relay.resident()?;
    let connecting = Instant::now();
    let query = || ("?transport=score".to_owned(), began);
    listen(relay.port(), (0..cli.listeners).map(|_| query()), &heard, &mut all).await?;
    let connected = connecting.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let listeners = f64::from(cli.listeners);
    let first = heard.bytes.get() as f64 / listeners;

    // At rest there is a ping every 30 seconds; then come the changes.
    heard.begin();
    let (before, started) = (relay.cpu_seconds()?, Instant::now());
    tokio::time::sleep(Duration::from_secs(cli.seconds)).await;
    let rest = heard.bytes.get() as f64 / listeners / started.elapsed().as_secs_f64() * 3600.0;
    let resting = (relay.cpu_seconds()? - before) / listeners / (started.elapsed().as_secs_f64() / 60.0);
    // Who steers comes only now: whoever answers no ping for a minute is taken for gone.
    let (.., mut host) = session(relay.port(), "main").await?;
    heard.begin();
    let before = relay.cpu_seconds()?;
    for n in 0..cli.changes {
        let change = json!({ "type": "control", "intensity": 0.3 + 0.1 * f64::from(n % 5) });
        host.say(&change.to_string()).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let change = heard.bytes.get() as f64 / listeners / f64::from(cli.changes);
    let cpu = (relay.cpu_seconds()? - before) / listeners / f64::from(cli.changes) * 1e6;
    let memory = (relay.resident()? - alone) / listeners / 1024.0;
    let hour = rest + 60.0 * change;
    Outcome::default()
        .with("listeners", cli.listeners, cli.listeners)
        .with("broken", heard.broken.get(), format_args!("{} broken", heard.broken.get()))
        .with("connected_s", connected, format_args!("connected in {connected:.1} s"))
        .with("first_bytes", first, format_args!("{first:.0} bytes at first"))
        .with("rest_bytes_per_hour", rest, format_args!("{rest:.0} bytes an hour at rest"))
        .with("change_bytes", change, format_args!("{change:.0} bytes a change"))
        .with("bytes_per_hour", hour, format_args!("{hour:.0} bytes an hour with a change a minute"))
        .with("cpu_us_per_change", cpu, format_args!("{cpu:.1} us of CPU a change"))
        .with(
            "cpu_s_per_listener_minute",
            resting,
            format_args!("{resting:.6} CPU-s per listener-minute at rest"),
        )
        .with("kib_per_listener", memory, format_args!("{memory:.1} KiB per listener"))
        .show("relay-score")?;
    all.shutdown().await;
    Ok(())
}
