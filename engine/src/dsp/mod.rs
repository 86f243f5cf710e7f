//! Blocks of signal processing: oscillators, noise, envelopes, filters, delay lines, resampling.
//!
//! A block is a small struct with its state and one function that moves it on by a frame or by a control interval.
//! Those with lanes do the same for eight voices at once. None allocates after it is made.

pub mod delay;
pub mod envelope;
pub mod filter;
pub mod lfo;
pub mod noise;
pub mod oscillator;
pub mod resampler;
pub mod smooth;
