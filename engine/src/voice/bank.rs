//! Banks: groups of eight voices, and who gets one.

use crate::dsp::envelope::{Envelopes, Stage};
use crate::lanes::{F32, F32x8, LANES};
use crate::math::equal_power;
use crate::mix::StereoBlock;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::half::{HALF, HalfBlock};
use crate::voice::{LaneFrame, Moment, gather_sides};

/// Eight voices of one instrument.
pub trait Group {
    /// Makes a lane ready to play a note from silence, but for its envelope and place, which the bank knows. Nothing of the lane's past may
    /// remain: how long it has run without a note is nobody's business.
    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> crate::dsp::envelope::Adsr;

    /// Adds a control interval of the lanes from `part · W` on to the sums, at the gains; `level` is where their envelopes are at its end.
    /// It has [`CONTROL`] frames, or, where the instrument can and [`Moment::is_halved`], half as many.
    fn render<const N: usize, const W: usize>(
        &mut self,
        moment: &Moment,
        part: usize,
        level: F32<W>,
        gains: &mut Gains<W>,
        out: &mut [LaneFrame; N],
    );
}

/// How loud each lane of a part is on the left and on the right, in straight lines.
#[derive(Clone, Copy, Debug)]
pub struct Gains<const W: usize> {
    part: usize,
    left: F32<W>,
    right: F32<W>,
    left_step: F32<W>,
    right_step: F32<W>,
}

impl<const W: usize> Gains<W> {
    /// Moves on by a frame and adds a frame of sound.
    #[inline(always)]
    pub fn add(&mut self, sound: F32<W>, out: &mut LaneFrame) {
        self.left += self.left_step;
        self.right += self.right_step;
        out[0].set_part(self.part, out[0].part(self.part) + sound * self.left);
        out[1].set_part(self.part, out[1].part(self.part) + sound * self.right);
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
    pub fn render<const W: usize>(&mut self, moment: &Moment, out: &mut StereoBlock) {
        self.add::<CONTROL, W>(moment, &mut out.left, &mut out.right);
    }

    /// As [`Bank::render`], at half the rate; false if nothing sounds.
    #[inline(always)]
    pub fn render_half<const W: usize>(&mut self, moment: &Moment, out: &mut HalfBlock) -> bool {
        self.add::<HALF, W>(moment, &mut out.left, &mut out.right)
    }

    /// Adds a control interval to two channels; false if nothing sounds.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn add<const N: usize, const W: usize>(
        &mut self,
        moment: &Moment,
        left: &mut [f32; N],
        right: &mut [f32; N],
    ) -> bool {
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
            // Before the envelopes move on: what falls silent within this interval is still to be heard.
            let sounding: [bool; LANES] = core::array::from_fn(|l| self.envelopes[g].stage(l) != Stage::Idle);
            let levels = self.envelopes[g].advance(moment.rate);
            let step = (levels.1 - levels.0) * (1.0 / N as f32);
            for part in (0..LANES / W).filter(|p| sounding[p * W..(p + 1) * W].contains(&true)) {
                let (left, right) = (self.left[g].part::<W>(part), self.right[g].part::<W>(part));
                let (from, step) = (levels.0.part::<W>(part), step.part::<W>(part));
                let mut gains = Gains {
                    part,
                    left: from * left,
                    right: from * right,
                    left_step: step * left,
                    right_step: step * right,
                };
                self.groups[g].render(moment, part, levels.1.part(part), &mut gains, &mut lanes);
            }
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
