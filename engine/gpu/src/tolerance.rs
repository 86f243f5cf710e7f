//! How far what a GPU renders may lie from its twin on the processor: all of it, in one place.

/// How far the sum of a texture may be off in any sample, as a part of full scale: -80 dB. Kernels and twins compute the same in single
/// precision and differ in the order of sums and in where a driver rounds, which leaves them well below.
pub const TEXTURE: f32 = 1e-4;

/// How far a voice of torchsynth may be off in any sample, as a part of full scale: -70 dB. All that lasts has the processor's bits
/// (voice/exact.wgsl), so nothing adds up over a row. A sample's own phase is off by the rounding of its bend, 1e-6 of a turn at most; the square-saw makes
/// of a radian as much as its drive, 2π · 1e-6 · 12 000 · π/2 / (f · log₁₀f), of notes that bend at all, which begin at 8 Hz but bend by 1e-8 of a turn there: 2e-5;
/// its quotient may be off by 2.5 steps of 2⁻²⁴, and polynomials by a few.
pub const VOICE: f32 = 3e-4;

/// The greatest difference of two rows, or infinity where one has what is no number or they are not equally long.
#[must_use]
pub fn apart(one: &[f32], other: &[f32]) -> f32 {
    if one.len() != other.len() {
        return f32::INFINITY;
    }
    let pairs = one.iter().zip(other);
    pairs
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, |most, d| if d.is_nan() { f32::INFINITY } else { d.max(most) })
}

/// The greatest difference of two renderings, or infinity where one has what is no number or they are not equally long.
#[must_use]
pub fn difference(one: &crate::Stereo, other: &crate::Stereo) -> f32 {
    apart(&one.left, &other.left).max(apart(&one.right, &other.right))
}
