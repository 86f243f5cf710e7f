//! How long it takes from a control to the ear, and from the making of music to the ear.

use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use auralis_benches::load::listeners::{Heard, listen, seconds_now, seconds_of, session};
use auralis_benches::load::measure;
use auralis_benches::load::outcome::Outcome;
use auralis_benches::load::process::Relay;
use auralis_benches::load::socket::{Came, Socket};
use auralis_engine::session::SessionFile;
use auralis_engine::{Change, ChangeLog, Frame, Performance, Session};
use clap::Parser;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Measures how long a control takes to the ear, at a relay that it starts at this machine
#[derive(Parser)]
#[command(name = "relay-control", version)]
struct Cli {
    /// How many controls are sent, for each figure
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=100))]
    controls: u32,
    /// The relay's program; the one beside this program if none is given
    #[arg(long)]
    relay: Option<PathBuf>,
}

fn main() -> ExitCode {
    measure("relay-control", run(Cli::parse()))
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    let relay = Relay::start(cli.relay.as_deref(), None, &[])?;
    let alone = controls(&relay, cli.controls).await?;
    let (heard, mut all) = (Rc::new(Heard::default()), JoinSet::new());
    let (began, ..) = session(relay.port(), "main").await?;
    listen(relay.port(), [("?transport=opus".to_owned(), began)], &heard, &mut all).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    // While this thread does nothing but listen: a chunk is sent as soon as it is made, so what it comes before it is due is its way to the
    // ear, but for a millisecond or two.
    heard.begin();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (mean, most) = (heard.mean_ahead(), heard.most_ahead.get());
    let streamed = controls(&relay, cli.controls).await?;
    let ms = |seconds: f64, what: &str| format!("{what} {:.0} ms", 1000.0 * seconds);
    Outcome::default()
        .with("score_control_to_ear_s", alone.mean, ms(alone.mean, "control to ear, score:"))
        .with("score_control_to_ear_most_s", alone.most, ms(alone.most, "at most"))
        .with("told_most_s", alone.told, ms(alone.told, "told after at most"))
        .with("opus_control_to_ear_s", streamed.mean, ms(streamed.mean, "control to ear, opus:"))
        .with("opus_control_to_ear_most_s", streamed.most, ms(streamed.most, "at most"))
        .with("opus_generation_to_ear_s", mean, ms(mean, "generation to ear, opus:"))
        .with("opus_generation_to_ear_most_s", most, ms(most, "at most"))
        .show("relay-control")?;
    all.shutdown().await;
    Ok(())
}

/// Times in seconds.
struct Figures {
    mean: f64,
    most: f64,
    /// The longest until who synthesizes is told.
    told: f64,
}

/// Sends controls, one after the other; how long each takes until the first sample that it alters is due.
async fn controls(relay: &Relay, count: u32) -> Result<Figures, Box<dyn Error>> {
    let (began, said, mut host) = session(relay.port(), "main").await?;
    let mut file = file_of(&said)?;
    let (mut sum, mut most, mut told) = (0.0, 0.0_f64, 0.0_f64);
    for n in 0..count {
        let sent = seconds_now();
        let intensity = if n % 2 == 0 { 0.9 } else { 0.1 };
        host.say(&json!({ "type": "control", "intensity": intensity }).to_string()).await?;
        let change = next_change(&mut host).await?;
        told = told.max(seconds_now() - sent);
        let before = file.log.clone();
        file.log.push(change)?;
        let altered = first_altered(&file.session, &before, &file.log, change.frame)?;
        let ear = began + altered.0 as f64 / f64::from(file.session.rate.hz()) - sent;
        sum += ear;
        most = most.max(ear);
        tokio::time::sleep(Duration::from_millis(537)).await;
    }
    Ok(Figures { mean: sum / f64::from(count), most, told })
}

fn file_of(said: &Value) -> Result<SessionFile, Box<dyn Error>> {
    seconds_of(&said["began"])?;
    let file = json!({
        "auralis": 1, "sound_version": said["sound_version"], "seed": said["seed"], "sample_rate": said["sample_rate"],
        "settings": said["settings"], "changes": said["changes"],
    });
    Ok(SessionFile::parse(&file.to_string())?)
}

async fn next_change(socket: &mut Socket) -> Result<Change, Box<dyn Error>> {
    let space = RefCell::new(vec![0; 1 << 16]);
    let mut change = None;
    while change.is_none() {
        socket
            .read(&space, |came| {
                if let Came::Text(text) = came
                    && let Ok(said) = serde_json::from_str::<Value>(&text)
                    && said["type"] == "change"
                {
                    let log = ChangeLog::parse_lines(&said["change"].to_string()).ok();
                    change = log.and_then(|(log, _)| log.changes().first().copied());
                }
            })
            .await?;
    }
    change.ok_or_else(|| "there was no change".into())
}

/// The first frame that is another with a change than without, from a while before it on.
fn first_altered(
    session: &Session,
    before: &ChangeLog,
    after: &ChangeLog,
    frame: Frame,
) -> Result<Frame, Box<dyn Error>> {
    let [mut one, mut other] = [before, after].map(|log| Performance::new(session, log.clone()));
    let from = frame.saturating_sub(session.rate.frames(0.1));
    one.seek(from)?;
    other.seek(from)?;
    let [mut a, mut b] = [(); 2].map(|()| vec![0.0; 2 * 64]);
    while one.position() < frame + session.rate.frames(2.0) {
        let position = one.position();
        one.render_interleaved(&mut a)?;
        other.render_interleaved(&mut b)?;
        if let Some(n) = a.iter().zip(&b).position(|(a, b)| a != b) {
            return Ok(position + n as u64 / 2);
        }
    }
    Err("the change alters nothing".into())
}
