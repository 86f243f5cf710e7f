//! How far what a GPU renders may lie from its twin on the processor: all of it, in one place.

/// How far the sum of a texture may be off in any sample, as a part of full scale: -80 dB. Kernels and twins compute the same in single
/// precision and differ in the order of sums and in where a driver rounds, which leaves them well below.
pub const TEXTURE: f32 = 1e-4;

/// How far a voice of torchsynth may be off in any sample, as a part of full scale: -80 dB. All that lasts has the processor's bits
/// (voice/exact.wgsl), so that nothing adds up over a row, and no LFO jumps a control sample earlier. What is left is a sample's own: the rounding of
/// its bend, polynomials that a driver contracts, a quotient that is off by a few steps. With all of them contracted, and quotients off by two steps on
/// purpose, random and extreme voices were off by 7e-7, and without by 4e-7.
pub const VOICE: f32 = 1e-4;

/// How far a movement whose voices a GPU plays, and a whole rendering, may be off in any sample: -80 dB too. Filters and bells remember, so that what a
/// driver rounds otherwise stays for a while; phases and noise are whole numbers and never part.
pub const SCORE: f32 = 1e-4;

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
