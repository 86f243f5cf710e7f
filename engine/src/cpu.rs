//! The best code for the processor at hand, chosen at run time, with the same bits.
//!
//! Hot functions are `#[inline(always)]` down from a few entry points. [`dispatch!`] compiles such an entry twice: once for the
//! target as it is, and on x86-64 once more with AVX2 (and never with fused multiply-add, which would change the bits).
//!
//! In WebAssembly there is nothing to choose, and each instrument and effect is a function of its own instead (`inline(never)` for that
//! target): a browser's compiler runs out of registers in one long function, which made the whole a third slower.

/// Which of the compiled variants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simd {
    /// What the target has without asking: SSE2 on x86-64, NEON on aarch64, simd128 or nothing in WebAssembly.
    Baseline,
    /// AVX2; only ever made by [`Simd::detect`], where the processor has it.
    Avx2,
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

impl Simd {
    /// The best variant that this processor runs. Costs a few nanoseconds after the first call.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if avx2::get() {
            return Self::Avx2;
        }
        Self::Baseline
    }

    /// What it is called, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avx2 => "AVX2",
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
/// `dispatch!(simd, WIDTH, |…| body)` gives the body a constant of that name: how many lanes a register holds.
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
            $crate::cpu::Simd::Avx2 if $crate::cpu::Simd::detect() == $crate::cpu::Simd::Avx2 => {
                // SAFETY: the processor was just asked, and has AVX2.
                unsafe { avx2($($arg),*) }
            }
            _ => body::<{ $crate::cpu::BASELINE_WIDTH }>($($arg),*),
        }
    }};
}
pub use dispatch;
