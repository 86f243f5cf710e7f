//! Eight voices at a time, or as many of them as the processor takes at once.
//!
//! A [`F32`] is a plain array of floats with arithmetic lane by lane. There is no intrinsic and no platform in it: every operation is an
//! inlined loop, which the compiler turns into SSE2, NEON, simd128 or AVX2 instructions. State is kept in eights ([`F32x8`]); what runs
//! every frame takes a *part* of it, as wide as one register: eight lanes with AVX2, four elsewhere, one where there are no vectors
//! (see [`crate::cpu`]), and leaves out parts in which nothing sounds. Since a lane's result never depends on how many lanes share an
//! instruction, all of these give the same bits.

use core::ops::{Add, AddAssign, BitAnd, BitXor, Div, Mul, Neg, Shl, Shr, Sub, SubAssign};

/// How many lanes there are.
pub const LANES: usize = 8;

/// Some floats.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(32))]
pub struct F32<const L: usize>(pub [f32; L]);

/// Some unsigned integers; arithmetic wraps. As a phase, the whole range is one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(32))]
pub struct U32<const L: usize>(pub [u32; L]);

/// Eight floats.
pub type F32x8 = F32<LANES>;
/// Eight unsigned integers.
pub type U32x8 = U32<LANES>;

macro_rules! parts {
    ($vector:ident, $scalar:ty) => {
        impl<const L: usize> Default for $vector<L> {
            fn default() -> Self {
                Self([<$scalar>::default(); L])
            }
        }

        impl<const L: usize> $vector<L> {
            /// The lanes from `part · W` on.
            #[inline(always)]
            #[must_use]
            pub fn part<const W: usize>(&self, part: usize) -> $vector<W> {
                let mut out = [<$scalar>::default(); W];
                out.copy_from_slice(&self.0[part * W..(part + 1) * W]);
                $vector(out)
            }

            /// Takes the lanes from `part · W` on from another vector.
            #[inline(always)]
            pub fn set_part<const W: usize>(&mut self, part: usize, lanes: $vector<W>) {
                self.0[part * W..(part + 1) * W].copy_from_slice(&lanes.0);
            }
        }
    };
}

parts!(F32, f32);
parts!(U32, u32);

macro_rules! lanewise {
    ($vector:ident, $scalar:ty, $trait:ident, $method:ident, |$a:ident, $b:ident| $e:expr) => {
        impl<const L: usize> $trait for $vector<L> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let mut out = [<$scalar>::default(); L];
                for i in 0..L {
                    let ($a, $b) = (self.0[i], other.0[i]);
                    out[i] = $e;
                }
                Self(out)
            }
        }
    };
}

lanewise!(F32, f32, Add, add, |a, b| a + b);
lanewise!(F32, f32, Sub, sub, |a, b| a - b);
lanewise!(F32, f32, Mul, mul, |a, b| a * b);
lanewise!(F32, f32, Div, div, |a, b| a / b);
lanewise!(U32, u32, Add, add, |a, b| a.wrapping_add(b));
lanewise!(U32, u32, Sub, sub, |a, b| a.wrapping_sub(b));
lanewise!(U32, u32, BitAnd, bitand, |a, b| a & b);
lanewise!(U32, u32, BitXor, bitxor, |a, b| a ^ b);

impl<const L: usize> AddAssign for F32<L> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const L: usize> SubAssign for F32<L> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl<const L: usize> Neg for F32<L> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}

impl<const L: usize> Mul<f32> for F32<L> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self * Self::splat(factor)
    }
}

impl<const L: usize> Add<f32> for F32<L> {
    type Output = Self;
    #[inline(always)]
    fn add(self, term: f32) -> Self {
        self + Self::splat(term)
    }
}

impl<const L: usize> AddAssign for U32<L> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const L: usize> Shl<u32> for U32<L> {
    type Output = Self;
    #[inline(always)]
    fn shl(self, bits: u32) -> Self {
        self.map(|x| x << bits)
    }
}

impl<const L: usize> Shr<u32> for U32<L> {
    type Output = Self;
    #[inline(always)]
    fn shr(self, bits: u32) -> Self {
        self.map(|x| x >> bits)
    }
}

impl<const L: usize> F32<L> {
    /// Zero in every lane.
    pub const ZERO: Self = Self([0.0; L]);

    /// `x` in every lane.
    #[inline(always)]
    #[must_use]
    pub const fn splat(x: f32) -> Self {
        Self([x; L])
    }

    /// `f` of each lane.
    #[inline(always)]
    #[must_use]
    pub fn map(self, f: impl Fn(f32) -> f32) -> Self {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = f(self.0[i]);
        }
        Self(out)
    }

    /// The greater of each pair. (`f32::max` treats NaN in a way that costs three instructions; here there is none.)
    #[inline(always)]
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] };
        }
        Self(out)
    }

    /// The lesser of each pair.
    #[inline(always)]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = if self.0[i] < other.0[i] { self.0[i] } else { other.0[i] };
        }
        Self(out)
    }

    /// Each lane without its sign.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        self.map(|x| f32::from_bits(x.to_bits() & 0x7fff_ffff))
    }

    /// Each lane with the sign of `sign`'s lane flipped in: `self` where that is positive, `-self` where negative.
    #[inline(always)]
    #[must_use]
    pub fn flip_sign(self, sign: Self) -> Self {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = f32::from_bits(self.0[i].to_bits() ^ (sign.0[i].to_bits() & 0x8000_0000));
        }
        Self(out)
    }

    /// Each lane, or zero where it is so small (below -300 dB) that it could only decay into denormal numbers.
    #[inline(always)]
    #[must_use]
    pub fn without_dust(self) -> Self {
        let magnitude = self.abs();
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = if magnitude.0[i] > 1e-15 { self.0[i] } else { 0.0 };
        }
        Self(out)
    }

    /// The square root of each lane (exact by IEEE 754, hence the same everywhere).
    #[inline(always)]
    #[must_use]
    pub fn sqrt(self) -> Self {
        self.map(libm::sqrtf)
    }

    /// The bits of each lane.
    #[inline(always)]
    #[must_use]
    pub fn to_bits(self) -> U32<L> {
        let mut out = [0; L];
        for i in 0..L {
            out[i] = self.0[i].to_bits();
        }
        U32(out)
    }
}

impl F32x8 {
    /// The sum of all lanes, always in the same order: halves, then quarters, then the pair.
    #[inline(always)]
    #[must_use]
    pub fn sum(self) -> f32 {
        let a = &self.0;
        ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
    }

    /// Adds neighbouring blocks of `size` lanes (1, 2 or 4): in the even blocks of the result are the sums of this vector's, in the odd
    /// blocks those of the other's.
    #[inline(always)]
    #[must_use]
    pub fn fold(self, other: Self, size: usize) -> Self {
        let (mut even, mut odd) = (self, other);
        for i in 0..LANES {
            if i & size == 0 {
                odd.0[i] = self.0[i ^ size];
            } else {
                even.0[i] = other.0[i ^ size];
            }
        }
        even + odd
    }
}

impl<const L: usize> U32<L> {
    /// `x` in every lane.
    #[inline(always)]
    #[must_use]
    pub const fn splat(x: u32) -> Self {
        Self([x; L])
    }

    /// `f` of each lane.
    #[inline(always)]
    #[must_use]
    pub fn map(self, f: impl Fn(u32) -> u32) -> Self {
        let mut out = [0; L];
        for i in 0..L {
            out[i] = f(self.0[i]);
        }
        Self(out)
    }

    /// Each lane read as a signed integer, as a float in -2³¹ ..= 2³¹.
    #[inline(always)]
    #[must_use]
    pub fn to_signed_f32(self) -> F32<L> {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = self.0[i] as i32 as f32;
        }
        F32(out)
    }

    /// Each lane's bits read as a float.
    #[inline(always)]
    #[must_use]
    pub fn from_bits(self) -> F32<L> {
        let mut out = [0.0; L];
        for i in 0..L {
            out[i] = f32::from_bits(self.0[i]);
        }
        F32(out)
    }
}
