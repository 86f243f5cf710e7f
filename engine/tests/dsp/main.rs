//! The blocks of signal processing against what theory says of them.

mod aliasing;
mod aliasing_instruments;
#[path = "../common/mod.rs"]
mod common;
mod delays;
mod envelopes;
mod filters;
mod lfos;
mod noise;
mod oscillators;
mod resampler;

use auralis_engine::dsp::delay::{Block, DelayLine};
use auralis_engine::dsp::envelope::{Adsr, Envelopes, Stage};
use auralis_engine::dsp::filter::{OnePole, StateVariable};
use auralis_engine::dsp::lfo::{Lfo, Shape, sines};
use auralis_engine::dsp::noise::{Pink, White};
use auralis_engine::dsp::oscillator::{Phase, fm_index_limit};
use auralis_engine::dsp::resampler::Resampler;
use auralis_engine::dsp::smooth::{Ramp, add_ramped, ramp};
use auralis_engine::lanes::{F32, F32x8, LANES, U32, U32x8};
use auralis_engine::math::midi_hz;
use auralis_engine::random::Stream;
use auralis_engine::time::CONTROL;
use auralis_engine::{Frame, SampleRate};
use common::{response_at, spectrum, to_db};

const RATE: SampleRate = SampleRate::Hz44100;
