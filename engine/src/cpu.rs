//! The best code for the processor at hand, chosen at run time, with the same bits.
//!
//! Hot functions are `#[inline(always)]` down from a few entry points. [`dispatch!`] compiles such an entry twice: once for the
//! target as it is, and on x86-64 once more with AVX2 (and never with fused multiply-add, which would change the bits).
//!
//! AVX-512 is for state in sixteens, where it does a quarter more in the same time. The engine's own is in eights: with AVX-512's instructions
//! it was a tenth slower, so it keeps AVX2's.
//!
//! In WebAssembly there is nothing to choose, and each instrument, effect and step that is taken once an interval is a function of its own instead (`inline(never)` for that
//! target): a browser's compiler runs out of registers in one long function, which made the whole a third slower.

/// Which of the compiled variants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simd {
    /// What the target has without asking: SSE2 on x86-64, NEON on aarch64, simd128 or nothing in WebAssembly.
    Baseline,
    /// AVX2, where the processor has it.
    Avx2,
    /// AVX-512 (F, VL, DQ, BW), where the processor has it; AVX2 for state in eights.
    Avx512,
}

/// How many lanes a register holds that the target has without asking; one where it has no vectors.
pub const BASELINE_WIDTH: usize =
    if cfg!(any(target_feature = "sse2", target_feature = "neon", target_feature = "simd128")) {
        4
    } else {
        1
    };

#[cfg(target_arch = "x86_64")]
cpufeatures::new!(avx2, "avx2");
#[cfg(target_arch = "x86_64")]
cpufeatures::new!(avx512, "avx2", "avx512f", "avx512vl", "avx512dq", "avx512bw");

impl Simd {
    /// All variants, the plainest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The best variant for the engine that this processor runs. Costs a few nanoseconds after the first call.
    #[must_use]
    pub fn detect() -> Self {
        if Self::Avx2.is_here() { Self::Avx2 } else { Self::Baseline }
    }

    /// The best variant for state in sixteens that this processor runs.
    #[must_use]
    pub fn widest() -> Self {
        if Self::Avx512.is_here() { Self::Avx512 } else { Self::detect() }
    }

    /// Whether this processor runs it. Where it does not, [`dispatch!`] takes one that it does.
    #[must_use]
    pub fn is_here(self) -> bool {
        match self {
            Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::get(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => avx512::get(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// What it is called, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
            Self::Baseline if cfg!(target_arch = "x86_64") => "SSE2",
            Self::Baseline if cfg!(target_arch = "aarch64") => "NEON",
            Self::Baseline if cfg!(target_feature = "simd128") => "simd128",
            Self::Baseline => "scalar",
        }
    }
}

/// Runs a body in the variant that `simd` names.
///
/// `dispatch!(simd, |a: A, b: B| body)` compiles `body` once for each variant and calls the right one with the variables of those
/// names. What the body calls should be `#[inline(always)]`: a function that stays a call is compiled for the target only.
/// `dispatch!(simd, WIDTH, |…| body)` gives the body a constant of that name: how many lanes a register holds, at most eight.
/// `dispatch!(simd, WIDTH up to 16, |…| body)` is for state in sixteens, and has a variant for AVX-512.
#[macro_export]
macro_rules! dispatch {
    ($simd:expr, |$($arg:ident : $ty:ty),*| $body:expr) => {
        $crate::dispatch!($simd, _WIDTH, |$($arg: $ty),*| $body)
    };
    ($simd:expr, $width:ident, |$($arg:ident : $ty:ty),*| $body:expr) => {{
        #[inline(always)]
        fn body<const $width: usize>($($arg: $ty),*) {
            $body
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        fn avx2($($arg: $ty),*) {
            body::<8>($($arg),*);
        }
        match $simd {
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::Simd::Avx2 | $crate::cpu::Simd::Avx512 if $crate::cpu::Simd::Avx2.is_here() => {
                // SAFETY: the processor was just asked, and has AVX2.
                unsafe { avx2($($arg),*) }
            }
            _ => body::<{ $crate::cpu::BASELINE_WIDTH }>($($arg),*),
        }
    }};
    ($simd:expr, $width:ident up to 16, |$($arg:ident : $ty:ty),*| $body:expr) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,avx512f,avx512vl,avx512dq,avx512bw")]
        fn avx512($($arg: $ty),*) {
            const $width: usize = 16;
            $body
        }
        match $simd {
            #[cfg(target_arch = "x86_64")]
            simd @ $crate::cpu::Simd::Avx512 if simd.is_here() => {
                // SAFETY: the processor was just asked, and has these parts of AVX-512.
                unsafe { avx512($($arg),*) }
            }
            simd => $crate::dispatch!(simd, $width, |$($arg: $ty),*| $body),
        }
    }};
}
pub use dispatch;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variant_is_as_wide_as_its_registers_and_falls_back_where_it_is_not_here() {
        for simd in Simd::ALL {
            let (mut eights, mut sixteens) = (0, 0);
            let width = &mut eights;
            dispatch!(simd, WIDTH, |width: &mut usize| *width = WIDTH);
            let width = &mut sixteens;
            dispatch!(simd, WIDTH up to 16, |width: &mut usize| *width = WIDTH);
            let best = if simd != Simd::Baseline && Simd::Avx2.is_here() { 8 } else { BASELINE_WIDTH };
            assert_eq!(eights, best, "{}", simd.name());
            let widest = if simd == Simd::Avx512 && simd.is_here() { 16 } else { best };
            assert_eq!(sixteens, widest, "{}", simd.name());
        }
        assert!(Simd::detect().is_here() && Simd::widest().is_here());
    }
}
