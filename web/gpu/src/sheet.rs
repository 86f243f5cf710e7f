//! Some pages of one texture, and what they are compared with.

use auralis_engine::Frame;
use auralis_engine::cpu::Simd;
use auralis_engine::texture::supply::FRAMES;
use auralis_gpu::tolerance::{TEXTURE, difference};
use auralis_gpu::{Plan, Span, Stereo};
use wasm_bindgen::prelude::wasm_bindgen;

/// Some pages of one texture, to be rendered at once.
#[wasm_bindgen]
pub struct Sheet {
    print: u64,
    pub(crate) plan: Plan,
    pub(crate) span: Span,
}

#[wasm_bindgen]
impl Sheet {
    /// What tells its texture from every other.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn print(&self) -> u64 {
        self.print
    }

    /// Renders it here: both channels, one after the other.
    #[must_use]
    pub fn twin(&self) -> Vec<f32> {
        joined(&self.plan.twin(Simd::detect(), self.span))
    }

    /// How far two renderings are apart, as a part of what is allowed: up to 1 they are the same sound.
    #[must_use]
    pub fn apart(one: &[f32], other: &[f32]) -> f32 {
        let whole = |samples: &[f32]| Stereo { left: samples.to_vec(), right: Vec::new() };
        difference(&whole(one), &whole(other)) / TEXTURE
    }
}

impl Sheet {
    /// A texture that no session has.
    pub(crate) const fn of_none(plan: Plan, span: Span) -> Self {
        Self { print: 0, plan, span }
    }
}

impl From<auralis_engine::texture::Sheet> for Sheet {
    fn from(sheet: auralis_engine::texture::Sheet) -> Self {
        let frames = sheet.pages as usize * FRAMES;
        let span = Span { from: Frame(sheet.page * FRAMES as u64), frames };
        Self { print: sheet.print, plan: Plan { bank: sheet.bank, cloud: sheet.cloud }, span }
    }
}

/// Both channels, one after the other.
pub(crate) fn joined(sound: &Stereo) -> Vec<f32> {
    sound.sides().concat()
}
