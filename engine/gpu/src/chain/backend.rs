//! What a chain renders on.

use crate::device::GpuError;
use crate::plan::Plan;
use crate::span::{Span, Stereo};
use std::future::Future;

/// The greatest sample that is believed, as a factor of full scale.
pub const LOUDEST: f32 = 2.0;

/// Something that renders plans and may fail.
pub trait Backend {
    /// What it is, for people.
    fn name(&self) -> String;

    /// Renders a span. Natively the future is ready at once, and it takes no longer than the backend's patience.
    fn render(&mut self, plan: &Plan, span: Span) -> impl Future<Output = Result<Stereo, GpuError>>;
}

/// A block, if it is one that can be played.
pub(super) fn checked(sound: Stereo, span: Span) -> Result<Stereo, GpuError> {
    let failed = |why: String| Err(GpuError::Failed { why });
    if sound.left.len() != span.frames || sound.right.len() != span.frames {
        return failed(format!("{} frames came instead of {}", sound.frames(), span.frames));
    }
    for side in sound.sides() {
        // NaN lies in no range.
        if let Some(at) = side.iter().position(|x| !(-LOUDEST..=LOUDEST).contains(x)) {
            return failed(format!(
                "sample {} at frame {} can't be music",
                side[at],
                span.from.0 + at as u64
            ));
        }
    }
    Ok(sound)
}
