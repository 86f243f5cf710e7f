//! `auralis play` with a session of quality rich: a GPU renders its textures, within -80 dB of the engine's own; whatever it does, there is no gap.
#![cfg(feature = "gpu")]

mod common;

use auralis::live::player::{Player, Steer};
use auralis::live::textures::{Textures, on};
use auralis_engine::{ChangeLog, Frame, Performance, Quality, Session};
use auralis_gpu::device::{GpuError, Software, Wanted};
use auralis_gpu::supplier::{Pages, Supplier};
use auralis_gpu::{Backend, Plan, Span, Stereo};
use common::Folder;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// -80 dB.
const TOLERANCE: f32 = 1e-4;
const BLOCK: usize = 512;
const FROM: Frame = Frame(44_100 * 12);
/// Long enough for whatever a busy machine does.
const LONG: Duration = Duration::from_secs(300);

fn rich(seed: u64) -> Session {
    let mut session = Session::new(seed);
    session.settings.quality = Quality::Rich;
    session
}

/// A player with a supplier, and what both say.
struct Play {
    session: Session,
    player: Player,
    textures: Textures,
    sound: Vec<f32>,
    told: Vec<String>,
}

impl Play {
    fn new(supplier: (Supplier, Pages)) -> Self {
        let session = rich(3);
        let (textures, supply) = on(supplier, true);
        let player = Player::new(&session, ChangeLog::new(), FROM).unwrap().supplied(Some(supply));
        Self { session, player, textures, sound: Vec::new(), told: Vec::new() }
    }

    fn block(&mut self) {
        let mut block = [0.0; 2 * BLOCK];
        self.player.render(&mut block).unwrap();
        self.sound.extend(block);
        let told = self.textures.tend(&self.session, self.player.log().clone());
        self.told.extend(told.into_iter().map(|told| told.sentence));
    }

    /// Plays on, in about real time, until something holds, and as much again as an engine has room for.
    fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < LONG, "{:?}", self.told);
            self.block();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How far off it is from what the engine plays by itself, by the player's log.
    fn apart(&self) -> f32 {
        let mut own = vec![0.0; self.sound.len()];
        let mut performance = Performance::new(&self.session, self.player.log().clone());
        performance.seek(FROM).unwrap();
        performance.render_interleaved(&mut own).unwrap();
        assert!(own.iter().any(|x| x.abs() > 0.02));
        self.sound.iter().zip(&own).fold(0.0, |most, (x, y)| {
            let by = (x - y).abs();
            if by.is_nan() { f32::INFINITY } else { by.max(most) }
        })
    }
}

#[test]
fn what_a_gpu_renders_is_heard_and_within_the_tolerance() {
    let mut play = Play::new(Supplier::on(Wanted::Auto, Software::Allowed));
    play.until(|play| !play.told.is_empty());
    if play.told[0].contains("no adapter") {
        println!("skipped: no adapter");
        assert_eq!(play.apart(), 0.0);
        return;
    }
    assert!(play.told[0].starts_with("textures are rendered by "), "{:?}", play.told);
    let began = Instant::now();
    while play.apart() == 0.0 {
        assert!(began.elapsed() < LONG, "nothing came of it");
        let blocks = play.sound.len() / (2 * BLOCK);
        play.until(|play| play.sound.len() / (2 * BLOCK) >= blocks + 100);
    }
    // Steered meanwhile: another harmony is another halo.
    play.player.steer(Steer::Tempo(8.0));
    let blocks = play.sound.len() / (2 * BLOCK);
    play.until(|play| play.sound.len() / (2 * BLOCK) >= blocks + 400);
    let by = play.apart();
    println!("{:.1} dB", 20.0 * by.log10());
    assert!(by > 0.0 && by <= TOLERANCE, "{by}");
    assert_eq!(play.player.log().changes().len(), 1);
    // Out of rich, as any preset is: what is played is the engine's own again.
    play.player.steer(Steer::NextPreset);
    play.until(|play| play.sound.len() / (2 * BLOCK) >= blocks + 600);
    assert!(play.apart() <= TOLERANCE && play.told.len() == 1, "{:?}", play.told);
}

/// A device that does what it is told with its first spans.
#[derive(Clone)]
enum Wicked {
    Fails,
    IsLost,
    Hangs(Arc<AtomicBool>),
}

impl Backend for Wicked {
    type Work = Plan;

    fn name(&self) -> String {
        "a wicked device".into()
    }

    async fn render(&mut self, _: &Plan, _: Span) -> Result<Stereo, GpuError> {
        match self {
            Self::Fails => Err(GpuError::Failed { why: "a whim".into() }),
            Self::IsLost => Err(GpuError::Lost { why: "a reset".into() }),
            Self::Hangs(hangs) => {
                hangs.store(true, Relaxed);
                // Nobody ever sends.
                let (_never, until) = mpsc::channel::<()>();
                let _ = until.recv_timeout(LONG);
                Err(GpuError::Late { waited: LONG })
            }
        }
    }
}

fn wicked(device: &Wicked) -> Play {
    let device = device.clone();
    Play::new(Supplier::new(move || {
        let device = device.clone();
        async { Ok(device) }
    }))
}

#[test]
fn a_device_that_fails_or_is_lost_leaves_no_gap() {
    for (device, why) in [(Wicked::Fails, "a whim"), (Wicked::IsLost, "a reset")] {
        let mut play = wicked(&device);
        play.until(|play| play.told.last().is_some_and(|told| told.contains("from now on")));
        let blocks = play.sound.len() / (2 * BLOCK);
        play.until(|play| play.sound.len() / (2 * BLOCK) >= blocks + 100);
        assert!(play.told.iter().any(|told| told.contains(why)), "{:?}", play.told);
        assert!(play.apart() <= TOLERANCE, "{}", play.apart());
    }
}

#[test]
fn a_device_that_hangs_is_not_waited_for() {
    let hangs = Arc::new(AtomicBool::new(false));
    let mut play = wicked(&Wicked::Hangs(Arc::clone(&hangs)));
    play.until(|_| hangs.load(Relaxed));
    (0..300).for_each(|_| play.block());
    assert_eq!(play.apart(), 0.0);
    assert_eq!(play.told.len(), 1, "{:?}", play.told);
}

/// The program, until it has said something of textures; what it said, and how it ended.
#[cfg(unix)]
fn said(args: &[&str], software: &str) -> (Vec<String>, Option<i32>) {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new(&format!("play-on-gpu-{software}"));
    let args = [&["play", "--device", "none", "--from", "30"], args].concat();
    let mut command = folder.command(&args);
    command.env_remove("AURALIS_DEVICE").env("AURALIS_SOFTWARE_GPU", software);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        said.push(line.unwrap());
        if said.last().is_some_and(|line| line.contains("textures")) {
            let id = child.id().to_string();
            assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        }
    }
    (said, child.wait().unwrap().code())
}

#[cfg(unix)]
#[test]
fn the_program_says_who_renders_textures() {
    let (said_1, code) = said(&["--quality", "rich"], "1");
    assert_eq!(code, Some(130), "{said_1:?}");
    let line = said_1.iter().find(|line| line.contains("textures")).unwrap();
    if line.contains("no adapter") {
        println!("skipped: no adapter");
    } else {
        assert!(line.starts_with("auralis: textures are rendered by ") && line.contains("-80 dB"), "{line}");
    }
    // WebGPU is the browsers' way; that it was asked for makes it a warning.
    let (said_2, code) = said(&["--quality", "rich", "--textures", "webgpu"], "0");
    assert_eq!(code, Some(130), "{said_2:?}");
    assert!(
        said_2.iter().any(|line| line.starts_with("auralis: warning: textures: the processor")),
        "{said_2:?}"
    );
    // Nothing is said where there is nothing to choose.
    for quiet in [&["--quality", "rich", "--textures", "cpu"][..], &["--quality", "full"]] {
        let (said, code) = said(&[quiet, &["--seconds", "0.5"]].concat(), "1");
        assert!(code == Some(0) && !said.concat().contains("textures"), "{said:?}");
    }
}

#[test]
fn a_device_that_is_none_for_this_is_refused() {
    let folder = Folder::new("play-on-nothing");
    let run = |word: &str| folder.run(&["play", "--device", "none", "--textures", word]);
    run("reduced").assert_refused(2, &["textures cannot be \"reduced\"", "--quality"]);
    run("tpu").assert_refused(2, &["textures", "tpu", "vulkan"]);
}
