//! Banks: groups of eight voices, and who gets one.

use crate::dsp::envelope::{Envelopes, Stage};
use crate::lanes::{F32x8, LANES};
use crate::math::equal_power;
use crate::mix::StereoBlock;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::half::{HALF, HalfBlock};
use crate::voice::{LaneFrame, Moment, gather_sides};

/// Eight voices of one instrument.
pub trait Group {
    /// Makes a lane ready to play a note from silence, but for its envelope and place, which the bank knows.
    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> crate::dsp::envelope::Adsr;

    /// Whether it can run at half the rate.
    const HALVES: bool = true;

    /// Adds a control interval to the lanes, at the gains; `levels` are the envelopes at its ends. It has [`CONTROL`] frames, or, where the
    /// instrument can and [`Moment::is_halved`], half as many.
    fn render<const N: usize>(
        &mut self,
        moment: &Moment,
        levels: (F32x8, F32x8),
        gains: &mut Gains,
        out: &mut [LaneFrame; N],
    );
}

/// How loud each lane is on the left and on the right, in straight lines.
#[derive(Clone, Copy, Debug)]
pub struct Gains {
    left: F32x8,
    right: F32x8,
    left_step: F32x8,
    right_step: F32x8,
}

impl Gains {
    /// Moves on by a frame and adds a frame of sound.
    #[inline(always)]
    pub fn add(&mut self, sound: F32x8, out: &mut [F32x8; 2]) {
        self.left += self.left_step;
        self.right += self.right_step;
        out[0] += sound * self.left;
        out[1] += sound * self.right;
    }
}

/// Notes that wait for a stolen voice to fall silent.
const WAITING: usize = 4;

/// `G` groups of eight voices.
#[derive(Clone, Debug)]
pub struct Bank<T, const G: usize> {
    groups: [T; G],
    envelopes: [Envelopes; G],
    left: [F32x8; G],
    right: [F32x8; G],
    waiting: [Option<Note>; WAITING],
}

impl<T: Group + Default + Clone, const G: usize> Default for Bank<T, G> {
    fn default() -> Self {
        Self {
            groups: core::array::from_fn(|_| T::default()),
            envelopes: core::array::from_fn(|_| Envelopes::default()),
            left: [F32x8::ZERO; G],
            right: [F32x8::ZERO; G],
            waiting: [None; WAITING],
        }
    }
}

impl<T: Group + Default + Clone, const G: usize> Bank<T, G> {
    /// Plays a note on a free voice, using at most `groups` groups. If there is none, the quietest falls silent within 6 ms, and the note
    /// begins then: no click.
    pub fn play(&mut self, note: &Note, groups: usize, rate: SampleRate) {
        if !self.start(note, groups, rate) {
            let mut quietest = (f32::MAX, 0, 0);
            for (g, envelopes) in self.envelopes[..groups.min(G)].iter().enumerate() {
                for lane in (0..LANES).filter(|l| envelopes.stage(*l) != Stage::Fade) {
                    let level = envelopes.level(lane) * (self.left[g].0[lane] + self.right[g].0[lane]);
                    if level < quietest.0 {
                        quietest = (level, g, lane);
                    }
                }
            }
            self.envelopes[quietest.1].fade(quietest.2, rate);
            if let Some(place) = self.waiting.iter_mut().find(|w| w.is_none()) {
                *place = Some(*note);
            }
        }
    }

    /// Lets all held notes go.
    pub fn release(&mut self, rate: SampleRate) {
        for envelopes in &mut self.envelopes {
            for lane in 0..LANES {
                envelopes.release(lane, rate);
            }
        }
    }

    /// How many voices sound.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.envelopes.iter().map(Envelopes::active).sum()
    }

    fn start(&mut self, note: &Note, groups: usize, rate: SampleRate) -> bool {
        for g in 0..groups.min(G) {
            for lane in 0..LANES {
                if self.envelopes[g].stage(lane) == Stage::Idle {
                    let shape = self.groups[g].start(lane, note, rate);
                    let gate = rate.seconds(note.duration) as f32;
                    self.envelopes[g].start(lane, shape, gate, rate);
                    let (left, right) = equal_power(note.pan);
                    // Velocity is squared: twice as hard is four times as loud.
                    let loud = note.velocity * note.velocity * 2.0;
                    self.left[g].0[lane] = left * loud;
                    self.right[g].0[lane] = right * loud;
                    return true;
                }
            }
        }
        false
    }

    /// Adds a control interval to a stereo block.
    #[inline(always)]
    pub fn render(&mut self, moment: &Moment, out: &mut StereoBlock) {
        self.add::<CONTROL>(moment, &mut out.left, &mut out.right);
    }

    /// As [`Bank::render`], at half the rate; false if nothing sounds.
    #[inline(always)]
    pub fn render_half(&mut self, moment: &Moment, out: &mut HalfBlock) -> bool {
        self.add::<HALF>(moment, &mut out.left, &mut out.right)
    }

    /// Adds a control interval to two channels; false if nothing sounds.
    #[inline(always)]
    fn add<const N: usize>(&mut self, moment: &Moment, left: &mut [f32; N], right: &mut [f32; N]) -> bool {
        if self.waiting[0].is_some() {
            self.serve(moment.rate);
        }
        // Before the lanes are cleared: most banks rest most of the time.
        if self.active() == 0 {
            return false;
        }
        let mut lanes = [[F32x8::ZERO; 2]; N];
        for g in 0..G {
            if self.envelopes[g].active() == 0 {
                continue;
            }
            let levels = self.envelopes[g].advance(moment.rate);
            let step = (levels.1 - levels.0) * (1.0 / N as f32);
            let mut gains = Gains {
                left: levels.0 * self.left[g],
                right: levels.0 * self.right[g],
                left_step: step * self.left[g],
                right_step: step * self.right[g],
            };
            self.groups[g].render(moment, levels, &mut gains, &mut lanes);
        }
        gather_sides(&lanes, left, right);
        true
    }

    #[inline(never)]
    fn serve(&mut self, rate: SampleRate) {
        for i in 0..WAITING {
            if let Some(note) = self.waiting[i] {
                if !self.start(&note, G, rate) {
                    return;
                }
                self.waiting[i] = None;
            }
        }
        // Those that still wait move up.
        self.waiting.sort_unstable_by_key(Option::is_none);
    }
}
