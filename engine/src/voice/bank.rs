//! Banks: groups of eight voices, and who gets one.

use crate::dsp::envelope::{Envelopes, Stage};
use crate::lanes::{F32, F32x8, LANES, U32x8};
use crate::math::{equal_power, sin_phase};
use crate::mix::StereoBlock;
use crate::random::Stream;
use crate::score::Note;
use crate::time::{CONTROL, SampleRate};
use crate::voice::half::{HALF, HalfBlock};
use crate::voice::{LaneFrame, Moment, gather_sides};
use core::ops::Range;

/// Eight voices of one instrument.
pub trait Group {
    /// How far a note moves to and fro between left (-1) and right (1) around its own place, either way. Up to 0.2: what is meant to stay
    /// put, and what is over before it could move, has none.
    const DRIFT: f32 = 0.0;

    /// Makes a lane ready to play a note from silence, but for its envelope and place, which the bank knows. Nothing of the lane's past may
    /// remain: how long it has run without a note is nobody's business.
    fn start(&mut self, lane: usize, note: &Note, rate: SampleRate) -> crate::dsp::envelope::Adsr;

    /// What is decided at a control point lane by lane, before the interval is rendered: what glides, glides on.
    #[inline(always)]
    fn tune(&mut self, _moment: &Moment, _lanes: Range<usize>) {}

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

/// What a voice is to do in a control interval: where its gains begin, what they move on by before each frame, and where its envelope is
/// at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// Whether it has just been started: its state is what its group has in that lane.
    pub started: bool,
    /// How loud it is on the left and on the right at first.
    pub gains: [f32; 2],
    /// By how much that changes each frame.
    pub steps: [f32; 2],
    /// Where its envelope is at the end, 0 ..= 1.
    pub level: f32,
}

/// How many notes can wait for a stolen voice to fall silent.
const WAITING: usize = 4;

/// How fast notes drift between left and right, in Hz: each at a rate of its own.
const DRIFT_HZ: (f32, f32) = (0.05, 0.17);

/// A note that waits, and how many groups it may use.
type Waiting = Option<(Note, usize)>;

/// Where each lane of a group is between left and right, and how it moves there.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    /// How loud each is on either side, where it has come to.
    left: F32x8,
    right: F32x8,
    /// The same in the middle of its way.
    middle: [F32x8; 2],
    /// How far along its way it is, and what it moves on by in a control interval.
    phase: U32x8,
    step: U32x8,
}

impl Places {
    fn start(&mut self, lane: usize, note: &Note, depth: f32, rate: SampleRate) {
        let (left, right) = equal_power(note.pan);
        // Velocity is squared: twice as hard is four times as loud.
        let loud = note.velocity * note.velocity * 2.0;
        self.middle[0].0[lane] = left * loud;
        self.middle[1].0[lane] = right * loud;
        if depth > 0.0 {
            let mut stream = Stream::new(note.dice, "drift", 0);
            self.phase.0[lane] = stream.next_u32();
            self.step.0[lane] =
                rate.phase_step(stream.range(DRIFT_HZ.0, DRIFT_HZ.1)).wrapping_mul(CONTROL as u32);
        }
        let (left, right) = self.turned::<LANES>(0, depth);
        self.left.0[lane] = left.0[lane];
        self.right.0[lane] = right.0[lane];
    }

    /// Moves the lanes from `part · W` on by a control interval; gives where they were and where they are.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn advance<const W: usize>(&mut self, part: usize, depth: f32) -> [(F32<W>, F32<W>); 2] {
        let from = (self.left.part(part), self.right.part(part));
        if depth == 0.0 {
            return [from, from];
        }
        self.phase.set_part(part, self.phase.part::<W>(part) + self.step.part::<W>(part));
        let to = self.turned::<W>(part, depth);
        self.left.set_part(part, to.0);
        self.right.set_part(part, to.1);
        [from, to]
    }

    /// The middle, turned towards a side by a small angle: the power stays the same.
    #[inline(always)]
    fn turned<const W: usize>(&self, part: usize, depth: f32) -> (F32<W>, F32<W>) {
        let (left, right) = (self.middle[0].part::<W>(part), self.middle[1].part::<W>(part));
        // From the left to the right is a quarter turn: 2 in `pan`. For angles up to 0.16, within 1e-4.
        let sine = sin_phase(self.phase.part::<W>(part)) * (depth * core::f32::consts::FRAC_PI_4);
        let cosine = F32::splat(1.0) - sine * sine * 0.5;
        (left * cosine - right * sine, right * cosine + left * sine)
    }
}

/// `G` groups of eight voices.
#[derive(Clone, Debug)]
pub struct Bank<T, const G: usize> {
    groups: [T; G],
    envelopes: [Envelopes; G],
    places: [Places; G],
    waiting: [Waiting; WAITING],
    /// The lanes, as bits, that were started since they were told of by [`Bank::control`].
    started: [u8; G],
}

impl<T: Group + Default + Clone, const G: usize> Default for Bank<T, G> {
    fn default() -> Self {
        Self {
            groups: core::array::from_fn(|_| T::default()),
            envelopes: core::array::from_fn(|_| Envelopes::default()),
            places: [Places::default(); G],
            waiting: [None; WAITING],
            started: [0; G],
        }
    }
}

impl<T: Group + Default + Clone, const G: usize> Bank<T, G> {
    /// Plays a note on a free voice, using at most `groups` groups. If there is none, the quietest falls silent within 6 ms, and the note
    /// begins then: no click. Where as many notes wait already as can, it is left out.
    pub fn play(&mut self, note: &Note, groups: usize, rate: SampleRate) {
        let groups = groups.min(G);
        if self.start(note, groups, rate) {
            return;
        }
        let Some(place) = self.waiting.iter().position(Option::is_none) else { return };
        if let Some((group, lane)) = self.quietest(groups) {
            self.envelopes[group].fade(lane, rate);
        }
        self.waiting[place] = Some((*note, groups));
    }

    /// The voice that is missed least, among those that are not making room already.
    fn quietest(&self, groups: usize) -> Option<(usize, usize)> {
        let mut quietest = None;
        let mut least = f32::MAX;
        for (g, envelopes) in self.envelopes[..groups].iter().enumerate() {
            for lane in (0..LANES).filter(|l| envelopes.stage(*l) != Stage::Fade) {
                let level =
                    envelopes.level(lane) * (self.places[g].left.0[lane] + self.places[g].right.0[lane]);
                if level < least {
                    (least, quietest) = (level, Some((g, lane)));
                }
            }
        }
        quietest
    }

    /// Lets all held notes go.
    pub fn release(&mut self, rate: SampleRate) {
        for envelopes in &mut self.envelopes {
            for lane in 0..LANES {
                envelopes.release(lane, rate);
            }
        }
    }

    /// The group in which a voice is, as the lane of its number modulo eight.
    pub fn group_of(&mut self, voice: usize) -> Option<&mut T> {
        self.groups.get_mut(voice / LANES)
    }

    /// How many voices sound.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.envelopes.iter().map(Envelopes::active).sum()
    }

    fn start(&mut self, note: &Note, groups: usize, rate: SampleRate) -> bool {
        for g in 0..groups {
            for lane in 0..LANES {
                if self.envelopes[g].stage(lane) == Stage::Idle {
                    let shape = self.groups[g].start(lane, note, rate);
                    let gate = rate.seconds(note.duration) as f32;
                    self.envelopes[g].start(lane, shape, gate, rate);
                    self.places[g].start(lane, note, T::DRIFT, rate);
                    self.started[g] |= 1 << lane;
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
            for part in (0..LANES / W).filter(|p| sounding[p * W..(p + 1) * W].contains(&true)) {
                let [before, after] = self.places[g].advance::<W>(part, T::DRIFT);
                let (from, to) = (levels.0.part::<W>(part), levels.1.part::<W>(part));
                let (left, right) = (before.0 * from, before.1 * from);
                let mut gains = Gains {
                    part,
                    left,
                    right,
                    left_step: (after.0 * to - left) * (1.0 / N as f32),
                    right_step: (after.1 * to - right) * (1.0 / N as f32),
                };
                self.groups[g].tune(moment, part * W..(part + 1) * W);
                self.groups[g].render(moment, part, levels.1.part(part), &mut gains, &mut lanes);
            }
        }
        gather_sides(&lanes, left, right);
        true
    }

    /// Moves on by a control interval of `N` frames without any sound of its own: `take` gets the number of every voice that sounds, its group,
    /// in which it has the lane of that number modulo eight, and what it is to do.
    pub fn control<const N: usize>(&mut self, moment: &Moment, mut take: impl FnMut(usize, &T, Control)) {
        if self.waiting[0].is_some() {
            self.serve(moment.rate);
        }
        for g in 0..G {
            if self.envelopes[g].active() == 0 {
                continue;
            }
            let sounding: [bool; LANES] = core::array::from_fn(|l| self.envelopes[g].stage(l) != Stage::Idle);
            let (from, to) = self.envelopes[g].advance(moment.rate);
            let [before, after] = self.places[g].advance::<LANES>(0, T::DRIFT);
            let (left, right) = (before.0 * from, before.1 * from);
            let left_step = (after.0 * to - left) * (1.0 / N as f32);
            let right_step = (after.1 * to - right) * (1.0 / N as f32);
            self.groups[g].tune(moment, 0..LANES);
            for lane in (0..LANES).filter(|l| sounding[*l]) {
                let control = Control {
                    started: self.started[g] & (1 << lane) != 0,
                    gains: [left.0[lane], right.0[lane]],
                    steps: [left_step.0[lane], right_step.0[lane]],
                    level: to.0[lane],
                };
                take(g * LANES + lane, &self.groups[g], control);
            }
            self.started[g] = 0;
        }
    }

    /// Starts the notes for which there is room by now.
    #[inline(never)]
    fn serve(&mut self, rate: SampleRate) {
        let mut left = 0;
        for i in 0..WAITING {
            let Some((note, groups)) = self.waiting[i].take() else { continue };
            if !self.start(&note, groups, rate) {
                // Those that still wait move up.
                self.waiting[left] = Some((note, groups));
                left += 1;
            }
        }
    }
}
