//! The worklet's own player stands in for the module in the worker.

use super::*;
use auralis_engine::session::MovementSpan;
use auralis_engine::{Change, Patch, Performance, Preset};
use auralis_worklet::{Player, Refusal};

#[derive(Default)]
struct Here(Option<Player>);

impl Here {
    fn player(&self) -> &Player {
        self.0.as_ref().unwrap()
    }

    fn player_mut(&mut self) -> &mut Player {
        self.0.as_mut().unwrap()
    }
}

impl Synth for Here {
    type Error = Refusal;

    fn begin(&mut self, opening: &Opening, rate: SampleRate) -> Result<usize, Refusal> {
        let mut player = Player::open(opening.seed, rate.hz(), &opening.words)?;
        player.timeline_begin(&opening.words)?;
        let until = player.known_until(Frame(opening.frame));
        let told = opening.changes.iter().take_while(|c| c.frame < until.0);
        let count = told.clone().count();
        for change in told {
            player.timeline_push(Frame(change.frame), &change.words)?;
        }
        player.seek_begin(Frame(opening.frame));
        self.0 = Some(player);
        Ok(count)
    }

    fn step(&mut self, intervals: u32) -> bool {
        self.player_mut().seek_some(intervals as usize)
    }

    fn earliest(&self) -> Frame {
        self.player().earliest_change()
    }

    fn apply(&mut self, frame: Frame, words: &Words) -> Result<(), Refusal> {
        self.player_mut().apply(frame, words)
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.player_mut().render(left, right);
    }

    fn parts(&mut self, out: &mut [f32; PARTS]) {
        self.player().parts(out);
    }
}

fn log(entries: &[(u64, &str, &str)]) -> ChangeLog {
    let mut log = ChangeLog::new();
    for (frame, name, value) in entries {
        let mut patch = Patch::default();
        patch.set(name, value).unwrap();
        log.push(Change { frame: Frame(*frame), patch }).unwrap();
    }
    log
}

fn rendered(session: &Session, log: &ChangeLog, span: Span, stems: bool) -> Vec<Vec<f32>> {
    let mut synth = Here::default();
    let mut rendering = Rendering::begin(session, log, span, stems, &mut synth).unwrap();
    let mut files = vec![Vec::new(); rendering.files()];
    let mut done = 0.0;
    while rendering.go_on(&mut synth, &mut files).unwrap() {
        assert!((done..=1.0).contains(&rendering.done(&synth)));
        done = rendering.done(&synth);
    }
    assert!(rendering.done(&synth) > 0.99 && rendering.synthesized(&synth) >= span.frames);
    assert!(files.iter().all(|file| file.len() == 2 * span.frames as usize));
    files
}

fn played(session: &Session, log: &ChangeLog, span: Span) -> Vec<f32> {
    let mut performance = Performance::new(session, log.clone());
    performance.seek(span.from).unwrap();
    let mut out = vec![0.0; 2 * span.frames as usize];
    performance.render_interleaved(&mut out).unwrap();
    out
}

#[test]
fn the_mix_is_what_is_played_changes_and_all() {
    let session = Session { settings: Preset::Bright.settings(), ..Session::new(3) };
    let log = log(&[
        (10, "intensity", "0.9"),
        (700, "space", "1"),
        (30_000, "layers.pad", "0.2"),
        (90_000, "bpm", "90"),
    ]);
    for (from, frames) in [(0, 20_000), (441, 60_000), (29_999, 5000)] {
        let span = Span { from: Frame(from), frames };
        assert!(rendered(&session, &log, span, false)[0] == played(&session, &log, span), "from {from}");
    }
}

#[test]
fn stems_begin_with_the_span_wherever_that_is() {
    let session = Session { settings: Preset::Bright.settings(), ..Session::new(3) };
    let log = log(&[(10, "intensity", "0.9"), (20_000, "layers.lead", "0")]);
    let whole = rendered(&session, &log, Span { from: Frame(0), frames: 40_000 }, true);
    assert_eq!(whole.len(), STEMS);
    assert!(whole.iter().filter(|stem| stem.iter().any(|x| *x != 0.0)).count() >= 4);
    for (from, frames) in [(1, 700), (639, 3000), (6400, 64), (20_001, 19_000)] {
        let part = rendered(&session, &log, Span { from: Frame(from), frames }, true);
        for (whole, part) in whole.iter().zip(part) {
            let from = 2 * from as usize;
            assert!(whole[from..from + 2 * frames as usize] == part, "from {from}");
        }
    }
}

#[test]
fn stems_add_up_across_movements() {
    let session = Session { settings: Preset::Focus.settings(), ..Session::new(7) };
    let end = MovementSpan::of(7, session.rate, 0).end;
    let span = Span { from: Frame(end.0 - 3000), frames: 10_000 };
    let stems = rendered(&session, &ChangeLog::new(), span, true);
    let loud = |samples: &[f32]| samples.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
    let sum: Vec<f32> = (0..stems[0].len()).map(|n| stems.iter().map(|s| s[n]).sum()).collect();
    let mix = played(&session, &ChangeLog::new(), span);
    let product: f64 = sum.iter().zip(&mix).map(|(a, b)| f64::from(a * b)).sum();
    assert!(product / (loud(&sum) * loud(&mix)) > 0.98);
}

#[test]
fn too_many_changes_are_refused() {
    let session = Session::new(1);
    let mut many = ChangeLog::new();
    for n in 0..300 {
        let patch = log(&[(0, "space", "1")]).changes()[0].patch;
        many.push(Change { frame: Frame(n), patch }).unwrap();
    }
    let span = Span { from: Frame(0), frames: 10 };
    let refused = Rendering::begin(&session, &many, span, false, &mut Here::default());
    assert_eq!(refused.unwrap_err(), Refusal::Full);
}
