//! How far what a GPU renders may lie from its twin on the processor: all of it, in one place.

/// How far the sum of a texture may be off in any sample, as a part of full scale: -80 dB. Kernels and twins compute the same in single
/// precision and differ in the order of sums and in where a driver rounds, which leaves them well below.
pub const TEXTURE: f32 = 1e-4;

/// The greatest difference of two renderings, or infinity where one has what is no number or they are not equally long.
#[must_use]
pub fn difference(one: &crate::Stereo, other: &crate::Stereo) -> f32 {
    if one.left.len() != other.left.len() || one.right.len() != other.right.len() {
        return f32::INFINITY;
    }
    let sides = one.sides().into_iter().zip(other.sides());
    let pairs = sides.flat_map(|(one, other)| one.iter().zip(other));
    pairs
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, |most, d| if d.is_nan() { f32::INFINITY } else { d.max(most) })
}
