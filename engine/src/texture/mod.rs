//! Textures: sounds of thousands of simple parts, each a pure function of the frame, so that any span can be rendered ahead, by anyone.
//!
//! These are the twins of kernels that run on a GPU: each file here names the shader that computes the same, line for line, in single
//! precision. The sound that counts is the one made here; a shader's lies within -80 dB of it.
//!
//! What is done a few times a second, such as adding a part, is `#[cold]`: compiled to be small, since pages load it.

pub mod ahead;
pub mod bank;
pub mod chord;
pub mod course;
pub mod error;
pub mod grains;
pub mod halo;
pub mod halos;
pub mod life;
pub mod quad;
pub mod supply;

pub use ahead::{Ahead, Sheet};
pub use bank::{Bank, Partial};
pub use error::TextureError;
pub use grains::{Cloud, Grain};
pub use halos::Halos;
pub use supply::Supplies;

use crate::cpu::Simd;
use crate::mix::StereoBlock;
use crate::time::{CONTROL, Frame};

/// What is rendered by control intervals, none of which needs another.
pub trait Texture {
    /// Adds the control interval that begins at frame `control` · 64. Neither allocates nor fails.
    fn interval(&self, simd: Simd, control: u64, out: &mut StereoBlock);

    /// Renders the frames from `from` on, as many as both channels hold. A span may begin and end anywhere: cut in any way, it has the
    /// same bits.
    fn render(&self, simd: Simd, from: Frame, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len().min(right.len());
        let mut done = 0;
        while done < frames {
            let at = from + done as u64;
            let inside = (at.0 % CONTROL as u64) as usize;
            let some = (CONTROL - inside).min(frames - done);
            let mut block = StereoBlock::default();
            self.interval(simd, at.0 / CONTROL as u64, &mut block);
            left[done..done + some].copy_from_slice(&block.left[inside..inside + some]);
            right[done..done + some].copy_from_slice(&block.right[inside..inside + some]);
            done += some;
        }
    }
}
