//! How fast whole scores are rendered, by each backend, and what goes to and fro: `cargo run --release -p auralis-gpu --example score -- --seconds 3600`.
//!
//! Options: `--seconds S` of a session (3600), `--sessions N` at once (1), `--spans N` of each movement (all), `--threads N` (1).

use auralis_engine::cpu::Simd;
use auralis_engine::session::{MovementSpan, Timeline};
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, Preset, SampleRate};
use auralis_gpu::chain::{self, Backend, Chain};
use auralis_gpu::device::{Adapters, GpuError};
use auralis_gpu::score::open::{PATIENCE, open_adapter};
use auralis_gpu::score::{
    Event, GpuOrchestra, Keep, Movements, Part, Played, Recording, Recordings, SPAN, Scores,
};
use pollster::block_on;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const RATE: SampleRate = SampleRate::Hz44100;

/// What went through an orchestra.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    spans: usize,
    voices: usize,
    most: usize,
    there: usize,
    back: usize,
    frames: usize,
    took: Duration,
}

struct Counting(GpuOrchestra, Arc<Mutex<Counts>>);

impl Backend for Counting {
    type Work = Recordings;

    fn name(&self) -> String {
        self.0.name()
    }

    async fn render(&mut self, work: &Recordings, piece: Movements) -> Result<Vec<Option<Played>>, GpuError> {
        let began = Instant::now();
        let played = self.0.render(work, piece).await;
        let mut counts = self.1.lock().expect("nobody else holds it while it panics");
        let voices = work.at(piece).iter().map(Recording::voices).sum();
        counts.spans += 1;
        counts.voices += voices;
        counts.most = counts.most.max(voices);
        for recording in work.at(piece) {
            let (there, back) = recording.bytes();
            counts.there += there;
            counts.back += back;
            counts.frames += recording.intervals() * CONTROL;
        }
        counts.took += began.elapsed();
        played
    }
}

fn main() {
    let option = |name: &str, default: usize| {
        let mut words = std::env::args().skip_while(|word| word != name).skip(1);
        words
            .next()
            .map_or(default, |word| word.parse().unwrap_or_else(|_| panic!("{name} {word}: not a number")))
    };
    let frames = RATE.frames(option("--seconds", 3600) as f64);
    let spans = option("--spans", usize::MAX);
    let threads = NonZeroUsize::new(option("--threads", 1)).unwrap_or(NonZeroUsize::MIN);
    let parts: Vec<_> = (0..option("--sessions", 1) as u64)
        .flat_map(|seed| {
            let last = MovementSpan::at(seed, RATE, Frame(frames - 1)).index;
            (0..=last).map(move |index| {
                let timeline = Box::new(Timeline::new(Preset::Focus.settings()));
                let span = MovementSpan::of(seed, RATE, index);
                let until = Frame(span.start.0.saturating_add((spans as u64).saturating_mul(SPAN)));
                Part { seed, rate: RATE, index, timeline, until: until.min(Frame::LAST) }
            })
        })
        .collect();
    println!("{} movements, {threads} threads", parts.len());
    let adapters = block_on(Adapters::find());
    for at in (0..adapters.found().len()).map(Some).chain([None]) {
        let counts = Arc::new(Mutex::new(Counts::default()));
        let counted = Arc::clone(&counts);
        let opened = match at.map(|at| open_adapter(&adapters, at, PATIENCE)) {
            Some(opened) => opened.map_err(|error| error.to_string()),
            None => Err("the processor".to_owned()),
        };
        let chain = match opened {
            Ok(device) => {
                println!("{}", device.name());
                Chain::on(Counting(device, counted), usize::MAX)
            }
            Err(why) => {
                println!("{why}");
                let mut chain = Chain::new(move || std::future::ready(Err(why.clone())));
                chain.wait();
                chain
            }
        };
        let mut scores = Scores::new(chain, Keep::Sums, threads, Simd::detect());
        let began = Instant::now();
        let (mut rest, mut rendered) = (parts.as_slice(), 0);
        while !rest.is_empty() {
            let (some, more) = rest.split_at(rest.len().min(scores.most()));
            let mut group = scores.begin(some.to_vec());
            while !group.is_over() {
                rendered += scores.advance(&mut group).iter().map(|p| p.sums.len() * CONTROL).sum::<usize>();
            }
            rest = more;
        }
        let took = began.elapsed();
        for event in
            scores.events().iter().filter(|event| !matches!(event, Event::Voices(chain::Event::Left { .. })))
        {
            println!("{event}");
        }
        let music = RATE.seconds(rendered as u64);
        println!(
            "  {:.2} s for {music:.0} s of movements: {:.1} × real time",
            took.as_secs_f64(),
            music / took.as_secs_f64()
        );
        let counts = *counts.lock().expect("nobody else holds it while it panics");
        if counts.spans > 0 {
            let seconds = RATE.seconds(counts.frames as u64);
            println!(
                "  {:.0} voices in a span, {} at most; {:.0} kB there and {:.0} kB back for each second of a movement; {:.2} s of it in the device",
                counts.voices as f64 / counts.spans as f64,
                counts.most,
                counts.there as f64 / seconds / 1e3,
                counts.back as f64 / seconds / 1e3,
                counts.took.as_secs_f64(),
            );
        }
    }
}
