//! Many who listen to one session: what each costs the relay, and whether all of them hear it in time.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use auralis_benches::load::listeners::{Heard, listen, session};
use auralis_benches::load::measure;
use auralis_benches::load::outcome::Outcome;
use auralis_benches::load::process::Relay;
use clap::Parser;
use tokio::task::JoinSet;

/// Lets many listen to one session of a relay that it starts at this machine
#[derive(Parser)]
#[command(name = "relay-listeners", version)]
struct Cli {
    /// How many listen
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=5000))]
    listeners: u32,
    /// For how many seconds
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How they take it: opus, pcm or json
    #[arg(long, default_value = "opus")]
    transport: String,
    /// The relay's program; the one beside this program if none is given
    #[arg(long)]
    relay: Option<PathBuf>,
}

fn main() -> ExitCode {
    measure("relay-listeners", run(Cli::parse()))
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    rlimit::increase_nofile_limit(u64::from(cli.listeners) + 200)?;
    // Beside them one who synthesizes, for the clock, and one who keeps the session going.
    let most = (cli.listeners + 1).to_string();
    let relay = Relay::start(cli.relay.as_deref(), None, &["--max-clients", &most])?;
    let (began, ..) = session(relay.port(), "main").await?;
    let (heard, mut all) = (Rc::new(Heard::default()), JoinSet::new());
    let query = || (format!("?transport={}", cli.transport), began);
    listen(relay.port(), [query()], &heard, &mut all).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let alone = relay.resident()?;
    listen(relay.port(), (0..cli.listeners).map(|_| query()), &heard, &mut all).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;

    heard.begin();
    let (before, started) = (relay.cpu_seconds()?, std::time::Instant::now());
    tokio::time::sleep(Duration::from_secs(cli.seconds)).await;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), relay.cpu_seconds()? - before);
    let listeners = f64::from(cli.listeners);
    let each = cpu / listeners / (seconds / 60.0);
    let memory = (relay.resident()? - alone) / listeners / 1024.0;
    let behind = (-heard.least_ahead.get()).max(0.0);
    Outcome::default()
        .with("transport", cli.transport.clone(), &cli.transport)
        .with("listeners", cli.listeners, cli.listeners)
        .with("seconds", seconds, format_args!("{seconds:.0} s"))
        .with("chunks", heard.chunks.get(), heard.chunks.get())
        .with("missing", heard.missing.get(), format_args!("{} missing", heard.missing.get()))
        .with("overruns", heard.overruns.get(), format_args!("{} overruns", heard.overruns.get()))
        .with("broken", heard.broken.get(), format_args!("{} broken", heard.broken.get()))
        .with("late", heard.late.get(), format_args!("{} late", heard.late.get()))
        .with("most_behind_s", behind, format_args!("{behind:.3} s behind at most"))
        .with(
            "mean_ahead_s",
            heard.mean_ahead(),
            format_args!("{:.3} s ahead in the mean", heard.mean_ahead()),
        )
        .with("cpu_s", cpu, format_args!("{cpu:.2} s of CPU"))
        .with("cpu_s_per_listener_minute", each, format_args!("{each:.4} CPU-s per listener-minute"))
        .with("kib_per_listener", memory, format_args!("{memory:.1} KiB per listener"))
        .show("relay-listeners")?;
    all.shutdown().await;
    Ok(())
}
