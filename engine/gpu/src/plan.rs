//! What is rendered: a bank of partials and a cloud of grains together.

use crate::span::{Span, Stereo};
use auralis_engine::cpu::Simd;
use auralis_engine::texture::{Bank, Cloud, Texture};

/// The textures of a stretch of a session. Either may be empty.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The partials.
    pub bank: Bank,
    /// The grains.
    pub cloud: Cloud,
}

impl Plan {
    /// Renders a span on the processor: the sound that counts. Cut in any way, it has the same bits, on every processor.
    #[must_use]
    pub fn twin(&self, simd: Simd, span: Span) -> Stereo {
        let mut sum = Stereo::silence(span.frames);
        self.bank.render(simd, span.from, &mut sum.left, &mut sum.right);
        if !self.cloud.is_empty() {
            let mut grains = Stereo::silence(span.frames);
            self.cloud.render(simd, span.from, &mut grains.left, &mut grains.right);
            sum.add(&grains);
        }
        sum
    }
}
