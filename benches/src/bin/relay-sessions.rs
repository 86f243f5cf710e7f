//! Many sessions with one listener each, on one processor: how many until something comes too late.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use auralis_benches::load::listeners::{Heard, listen, session};
use auralis_benches::load::measure;
use auralis_benches::load::outcome::Outcome;
use auralis_benches::load::process::Relay;
use auralis_benches::screen::note;
use clap::Parser;
use serde_json::json;
use tokio::task::JoinSet;

/// Begins more and more sessions of a relay that it starts at this machine, on one processor
#[derive(Parser)]
#[command(name = "relay-sessions", version)]
struct Cli {
    /// How many more there are each time
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    step: u32,
    /// The most there are
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u32).range(1..=500))]
    most: u32,
    /// How long each number is held, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(5..=120))]
    seconds: u64,
    /// How they are listened to: opus, pcm or json
    #[arg(long, default_value = "opus")]
    transport: String,
    /// The processor that the relay has
    #[arg(long, default_value_t = 0)]
    processor: usize,
    /// The relay's program; the one beside this program if none is given
    #[arg(long)]
    relay: Option<PathBuf>,
}

fn main() -> ExitCode {
    measure("relay-sessions", run(Cli::parse()))
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    let options = ["--max-clients", "1000", "--max-sessions", "1000"];
    let relay = Relay::start(cli.relay.as_deref(), Some(cli.processor), &options)?;
    let (heard, mut all) = (Rc::new(Heard::default()), JoinSet::new());
    let (mut there, mut fine, mut full, mut load, mut ended) = (0, 0, 0, 0.0, "");
    while there < cli.most {
        let wanted = (there + cli.step).min(cli.most);
        while there < wanted && ended.is_empty() {
            let name = format!("s{there}");
            relay.post("/api/v1/sessions", &json!({ "name": name }))?;
            // A relay that has too much to do turns away whoever comes, at the first step or the second.
            let Ok((began, ..)) = session(relay.port(), &name).await else {
                ended = "nobody else was let in";
                break;
            };
            let query = format!("?session={name}&transport={}", cli.transport);
            match listen(relay.port(), [(query, began)], &heard, &mut all).await {
                Ok(()) => there += 1,
                Err(_) => ended = "nobody else was let in",
            }
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        heard.begin();
        let (before, started) = (relay.cpu_seconds()?, std::time::Instant::now());
        tokio::time::sleep(Duration::from_secs(cli.seconds)).await;
        load = (relay.cpu_seconds()? - before) / started.elapsed().as_secs_f64();
        let thinned = relay.get("/api/v1/sessions/s0")?["settings"]["quality"] != "full";
        let wrong = heard.missing.get() + heard.late.get() + heard.underruns.get();
        note(format_args!(
            "{there} sessions: {:.0} % of a processor, {} missing, {} late, {} refused, {:.3} s ahead at least{}",
            100.0 * load,
            heard.missing.get(),
            heard.late.get(),
            heard.broken.get(),
            heard.least_ahead.get(),
            if thinned { ", thinned" } else { "" }
        ));
        if heard.broken.get() > 0 {
            ended = "nobody else was let in";
        }
        if wrong > 0 {
            ended = "chunks came too late";
        }
        if !ended.is_empty() {
            break;
        }
        fine = there;
        if !thinned {
            full = there;
        }
    }
    Outcome::default()
        .with("transport", cli.transport.clone(), &cli.transport)
        .with("sessions", fine, format_args!("{fine} sessions"))
        .with("at_full_quality", full, format_args!("{full} at full quality"))
        .with("then", ended, format_args!("then: {}", if ended.is_empty() { "not tried" } else { ended }))
        .with("load", load, format_args!("{:.0} % of a processor", 100.0 * load))
        .show("relay-sessions")?;
    all.shutdown().await;
    Ok(())
}
