//! A movement, sounding: composer, voices and effects, from a fresh state.

pub mod conducted;

use crate::compose::Composer;
use crate::compose::form::Arcs;
use crate::cpu::{Simd, dispatch};
use crate::dsp::smooth::Ramp;
use crate::mapping;
use crate::math::{exp2_scalar, lerp};
use crate::mix::chorus::Chorus;
use crate::mix::echo::{Echo, EchoShape};
use crate::mix::reverb::{Reverb, Room};
use crate::mix::soft_top::{self, SoftTop};
use crate::mix::{Parts, StereoBlock};
use crate::score::What;
use crate::session::{MovementSpan, Timeline};
use crate::settings::{LAYERS, Layer};
use crate::texture::{Halos, Supplies};
use crate::time::{CONTROL, Frame, SampleRate};
use crate::voice::half::{Doubler, HalfBlock};
use crate::voice::{Moment, Voices};

/// How long before its silence a movement begins to fade out, in seconds.
const FADE_SECONDS: f64 = 6.0;
/// How long wind takes to come and go at a movement's ends, in seconds.
const WIND_SECONDS: f64 = 6.0;
/// How much of each layer is heard in the delay, relative to the mapping's send.
const ECHO: [f32; LAYERS] = [0.0, 0.2, 1.6, 1.4, 1.8, 0.0, 0.4];
/// How much of each layer is heard in the reverb, relative to the mapping's send.
const REVERB: [f32; LAYERS] = [0.25, 0.8, 1.0, 1.1, 1.3, 0.5, 0.7];

/// The layers that run at half the rate at reduced quality.
const HALVED: [Layer; 6] = [Layer::Drone, Layer::Pad, Layer::Lead, Layer::Bell, Layer::Grains, Layer::Noise];

/// The layers whose top is softened. The others have none: they are behind a low-pass of their own, or sines.
const SOFTENED: [Layer; 4] = [Layer::Lead, Layer::Bell, Layer::Noise, Layer::Percussion];
/// Which of them never runs at half the rate.
const PERCUSSION: usize = 3;

/// The delay between layers and room.
const ECHO_SHAPE: EchoShape = EchoShape {
    seconds: [0.4319, 0.6473],
    feedback: 0.52,
    cross: 0.35,
    low_pass: 3600.0,
    high_pass: 180.0,
    drift: 0.0011,
};

/// One movement of a session, playing.
#[derive(Clone)]
pub struct Movement {
    seed: u64,
    rate: SampleRate,
    simd: Simd,
    span: MovementSpan,
    /// From here on there is nothing more to hear; the movement's beginning if it is not to be heard at all.
    silent_from: Frame,
    arcs: Arcs,
    composer: Composer,
    voices: Voices,
    halos: Halos,
    doublers: [Doubler; HALVED.len()],
    soft_tops: [SoftTop; SOFTENED.len()],
    chorus: Chorus,
    echo: Echo,
    reverb: Reverb,
    gains: [Ramp; LAYERS],
    echo_send: Ramp,
    reverb_send: Ramp,
    returns: Ramp,
    parts: Parts,
}

impl Movement {
    /// Movement `index` of a session, at its beginning. Allocates all that it will ever use.
    #[must_use]
    pub fn new(seed: u64, rate: SampleRate, index: u64, timeline: &Timeline, simd: Simd) -> Self {
        let mut movement = Self {
            seed,
            rate,
            simd,
            span: MovementSpan::of(seed, rate, index),
            silent_from: Frame::ZERO,
            arcs: Arcs::new(seed, rate),
            composer: Composer::new(seed, rate, index, timeline),
            voices: Voices::new(seed, index, rate),
            halos: Halos::new(seed, rate),
            doublers: [Doubler::default(); HALVED.len()],
            soft_tops: [SoftTop::default(); SOFTENED.len()],
            chorus: Chorus::new(rate),
            echo: Echo::new(ECHO_SHAPE, rate),
            reverb: Reverb::new(Room { decay: 8.0, damping: 4000.0 }, 0.045, 320.0, rate),
            gains: [Ramp::default(); LAYERS],
            echo_send: Ramp::default(),
            reverb_send: Ramp::default(),
            returns: Ramp::default(),
            parts: Parts::default(),
        };
        movement.restart(index, timeline);
        movement
    }

    /// Becomes movement `index`, at its beginning, as if made anew. Does not allocate.
    pub fn restart(&mut self, index: u64, timeline: &Timeline) {
        self.span = MovementSpan::of(self.seed, self.rate, index);
        self.silent_from = self.span.silent_from(self.rate);
        self.composer = Composer::new(self.seed, self.rate, index, timeline);
        self.voices = Voices::new(self.seed, index, self.rate);
        self.doublers = [Doubler::default(); HALVED.len()];
        self.soft_tops = [SoftTop::default(); SOFTENED.len()];
        self.chorus.clear();
        self.echo.clear();
        self.reverb.clear();
        let start = self.span.start;
        let controls = timeline.controls(start, self.rate);
        // What moves with the settings begins where they are; only what sounds begins from silence.
        for (layer, gain) in self.gains.iter_mut().enumerate() {
            *gain = Ramp::new(gain_of(layer, &controls));
        }
        self.gains[Layer::Noise.index()] = Ramp::new(0.0);
        self.halos.restart(self.seed, halo_level(&controls));
        self.echo_send = Ramp::new(mapping::echo_send(controls.intensity));
        self.reverb_send = Ramp::new(mapping::reverb_send(controls.intensity));
        self.returns = Ramp::new(controls.effects);
    }

    /// Falls silent until it is restarted.
    pub fn silence(&mut self) {
        self.silent_from = self.span.start;
    }

    /// Where it lies.
    #[must_use]
    pub fn span(&self) -> MovementSpan {
        self.span
    }

    /// How many voices sound, wind not counted.
    #[must_use]
    pub fn voices(&self) -> u32 {
        self.voices.active()
    }

    /// Whether there is something to hear of it at a frame.
    #[must_use]
    pub fn sounds_at(&self, frame: Frame) -> bool {
        (self.span.start..self.silent_from).contains(&frame)
    }

    /// What the last interval in which it sounded consisted of: layers and space, which add up to what [`Movement::render`] added.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Adds the control interval at `frame`, unmastered, to a block. Intervals must be rendered in order from the movement's start; outside its
    /// span and tail this adds nothing. Does not allocate.
    pub fn render(&mut self, frame: Frame, timeline: &Timeline, out: &mut StereoBlock) {
        self.render_supplied(frame, timeline, None, out);
    }

    /// As [`Movement::render`], with what of its halos was rendered ahead.
    pub fn render_supplied(
        &mut self,
        frame: Frame,
        timeline: &Timeline,
        supplies: Option<&Supplies>,
        out: &mut StereoBlock,
    ) {
        if !self.sounds_at(frame) {
            return;
        }
        let moment = self.advance(frame, timeline);
        let halo = self.surround(&moment, supplies);
        let (this, moment, halo, sum) = (self, &moment, halo.as_ref(), out);
        dispatch!(this.simd, WIDTH, |this: &mut Movement,
                                     moment: &Moment,
                                     halo: Option<&StereoBlock>,
                                     sum: &mut StereoBlock| {
            this.synthesize::<WIDTH>(moment);
            this.refine(moment);
            if let Some(halo) = halo {
                this.parts.layers[Layer::Pad.index()].add(halo);
            }
            this.mix(moment);
            this.parts.sum_into(sum);
        });
    }

    /// Plays what the score has up to a control point, and tells what voices get to see there.
    #[inline(always)]
    fn advance(&mut self, frame: Frame, timeline: &Timeline) -> Moment {
        let controls = timeline.controls(frame, self.rate);
        let full = controls.richness > 0.0;
        while let Some(event) = self.composer.event_until(frame, timeline) {
            match event.what {
                What::Note(note) => self.voices.play(&note, full, self.rate),
                What::Release(instrument) => self.voices.release(instrument, self.rate),
                What::Chord { chord, .. } => self.halos.harmony(chord.pitch_classes()),
                What::Movement { .. } | What::Phrase { .. } | What::Bar { .. } => {}
            }
        }
        let arc = self.arcs.brightness(frame);
        let openness = mapping::brightness_factor(controls.brightness) * exp2_scalar(arc * 0.35);
        Moment { frame, rate: self.rate, controls, openness }
    }

    /// What surrounds its chords in a control interval, if anything does.
    #[inline(always)]
    fn surround(&mut self, moment: &Moment, supplies: Option<&Supplies>) -> Option<StereoBlock> {
        let mut halo = StereoBlock::default();
        let heard = (halo_level(&moment.controls), moment.frame < self.span.end);
        let surrounds = self.halos.render((moment.frame, self.simd), heard, supplies, &mut halo);
        surrounds.then_some(halo)
    }

    /// The layers, as voices leave them.
    #[inline(always)]
    fn synthesize<const W: usize>(&mut self, moment: &Moment) {
        let layers = &mut self.parts.layers;
        *layers = [StereoBlock::default(); LAYERS];
        let v = &mut self.voices;
        let percussion = &mut layers[Layer::Percussion.index()];
        v.kick.render::<W>(moment, percussion);
        v.swell.render::<W>(moment, percussion);
        v.hat.render::<W>(moment, percussion);
        if moment.is_halved() {
            let mut halves = [HalfBlock::default(); HALVED.len()];
            let [drone, pad, lead, bell, grains, noise] = &mut halves;
            let sounds = [
                v.drone.render_half::<W>(moment, drone),
                v.pad.render_half::<W>(moment, pad),
                v.lead.render_half::<W>(moment, lead),
                v.bell.render_half::<W>(moment.rate, bell),
                v.grain.render_half::<W>(moment, grains),
                v.wind.render_half::<W>(moment, noise),
            ];
            for (i, layer) in HALVED.iter().enumerate() {
                self.doublers[i].double(&halves[i], sounds[i], &mut layers[layer.index()]);
            }
            return;
        }
        v.drone.render::<W>(moment, &mut layers[Layer::Drone.index()]);
        v.pad.render::<W>(moment, &mut layers[Layer::Pad.index()]);
        v.lead.render::<W>(moment, &mut layers[Layer::Lead.index()]);
        v.bell.render::<W>(moment.rate, &mut layers[Layer::Bell.index()]);
        v.grain.render::<W>(moment, &mut layers[Layer::Grains.index()]);
        v.wind.render::<W>(moment, &mut layers[Layer::Noise.index()]);
    }

    /// What is done to layers before they meet: their tops are softened, both rates are joined, and pads get their chorus.
    #[inline(always)]
    fn refine(&mut self, moment: &Moment) {
        let layers = &mut self.parts.layers;
        let top =
            soft_top::weight(mapping::top_cutoff(moment.controls.intensity, moment.openness), self.rate);
        self.soft_tops[PERCUSSION].process(top, &mut layers[Layer::Percussion.index()]);
        if moment.is_halved() {
            // What was made at half the rate has next to nothing up there.
            for (layer, soft_top) in SOFTENED[..PERCUSSION].iter().zip(&mut self.soft_tops) {
                soft_top.pass(&layers[layer.index()]);
            }
            return;
        }
        for (layer, soft_top) in SOFTENED[..PERCUSSION].iter().zip(&mut self.soft_tops) {
            soft_top.process(top, &mut layers[layer.index()]);
        }
        for (layer, doubler) in HALVED.iter().zip(&mut self.doublers) {
            doubler.pass(&mut layers[layer.index()]);
        }
        let wet = 0.6 * moment.controls.richness;
        self.chorus.process(moment.frame, wet, &mut layers[Layer::Pad.index()]);
    }

    /// Levels, delay, reverb and the fade at the end.
    #[inline(always)]
    fn mix(&mut self, moment: &Moment) {
        let controls = &moment.controls;
        let echo_send = self.echo_send.to(mapping::echo_send(controls.intensity));
        let reverb_send = self.reverb_send.to(mapping::reverb_send(controls.intensity));
        let mut to_echo = StereoBlock::default();
        let mut to_reverb = StereoBlock::default();
        for i in 0..LAYERS {
            let mut target = gain_of(i, controls);
            if i == Layer::Noise.index() {
                target *= self.wind_level(moment.frame + CONTROL as u64);
            }
            let (from, to) = self.gains[i].to(target);
            let layer = &mut self.parts.layers[i];
            layer.ramp(from, to);
            to_echo.add_ramped(layer, echo_send.0 * ECHO[i], echo_send.1 * ECHO[i]);
            to_reverb.add_ramped(layer, reverb_send.0 * REVERB[i], reverb_send.1 * REVERB[i]);
        }
        let returns = self.returns.to(controls.effects);
        if returns.0 > 0.0 || returns.1 > 0.0 {
            self.parts.space = StereoBlock::default();
            if controls.richness > 0.0 {
                let echoes = self.echo.process(moment.frame, &to_echo);
                to_reverb.add_ramped(&echoes, 0.5 * controls.richness, 0.5 * controls.richness);
                self.parts.space.add_ramped(&echoes, controls.richness, controls.richness);
            } else {
                self.echo.clear();
            }
            let room = Room {
                decay: lerp(5.0, 13.0, controls.space),
                damping: lerp(5500.0, 3500.0, controls.space) * moment.openness.min(2.0),
            };
            self.reverb.set(room);
            let wet = self.reverb.process(moment.frame, &to_reverb, controls.richness);
            let level = 0.55 + 0.5 * controls.space;
            self.parts.space.add_ramped(&wet, level, level);
            self.parts.space.ramp(returns.0, returns.1);
        } else {
            // What they hold would come back out of place when effects are switched on again.
            self.echo.clear();
            self.reverb.clear();
            self.parts.space = StereoBlock::default();
        }
        let (from, to) = (self.fade(moment.frame), self.fade(moment.frame + CONTROL as u64));
        if from < 1.0 || to < 1.0 {
            for layer in &mut self.parts.layers {
                layer.ramp(from, to);
            }
            self.parts.space.ramp(from, to);
        }
    }

    /// The fade at the tail's end: 1 until shortly before it, exactly 0 at it.
    fn fade(&self, frame: Frame) -> f32 {
        let length = self.rate.frames(FADE_SECONDS);
        let left = self.silent_from.0.saturating_sub(frame.0);
        if left >= length { 1.0 } else { left as f32 / length as f32 }
    }

    /// Wind comes and goes at the movement's ends with the same power in sum: sin² + cos² = 1.
    fn wind_level(&self, frame: Frame) -> f32 {
        let length = self.rate.frames(WIND_SECONDS);
        let part = |frames: u64| frames.min(length) as f32 / length as f32;
        let quarter = |x: f32| crate::math::sin_phase_scalar((x * 1_073_741_824.0) as u32);
        if self.span.index > 0 && frame < self.span.start + length {
            return quarter(part(frame.0.saturating_sub(self.span.start.0)));
        }
        quarter(1.0 - part(frame.0.saturating_sub(self.span.end.0)))
    }
}

/// How much is heard of halos.
fn halo_level(controls: &crate::session::timeline::Controls) -> f32 {
    controls.halo * mapping::halo_level(controls.intensity)
}

fn gain_of(layer: usize, controls: &crate::session::timeline::Controls) -> f32 {
    mapping::layer_gain(layer, controls.intensity) * controls.layers[layer]
}
