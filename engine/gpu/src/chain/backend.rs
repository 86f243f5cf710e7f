//! What a chain renders, and what on.

use crate::device::GpuError;
use crate::plan::Plan;
use crate::span::{Span, Stereo};
use auralis_engine::cpu::Simd;
use std::fmt::Debug;
use std::future::Future;

/// The greatest sample that is believed, as a factor of full scale.
pub const LOUDEST: f32 = 2.0;

/// The shortest span that a device is given when its memory is short, in frames.
pub const SHORTEST: usize = 1024;

/// Something that can be rendered in pieces, by a device or by the processor.
pub trait Work {
    /// Which part of it.
    type Piece: Piece;
    /// What comes out.
    type Sound: Default;

    /// Renders a piece on the processor.
    fn twin(&self, piece: Self::Piece) -> Self::Sound;

    /// What a device gave for a piece, if it can be played.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if it can't.
    fn checked(&self, sound: Self::Sound, piece: Self::Piece) -> Result<Self::Sound, GpuError>;

    /// Goes on with the sound of the piece that follows.
    fn append(sound: &mut Self::Sound, more: Self::Sound);
}

/// A part of a work.
pub trait Piece: Copy + Debug + PartialEq {
    /// What is rendered, and in what it is counted, for people.
    const NAMES: [&'static str; 2];
    /// The least that a device is given when its memory is short.
    const SHORTEST: usize;

    /// Where it begins.
    fn begin(self) -> u64;

    /// How long it is.
    fn length(self) -> usize;

    /// The first of it, so long at most, and the rest.
    fn split(self, length: usize) -> (Self, Self);

    /// Which it is, for people.
    fn described(self) -> String {
        let [_, unit] = Self::NAMES;
        format!("{} {unit} from {} on", self.length(), self.begin())
    }
}

/// A part of what a backend renders.
pub type PieceOf<B> = <<B as Backend>::Work as Work>::Piece;
/// What a backend gives.
pub type SoundOf<B> = <<B as Backend>::Work as Work>::Sound;

/// Something that renders and may fail.
pub trait Backend {
    /// What it renders.
    type Work: Work;

    /// What it is, for people.
    fn name(&self) -> String;

    /// Renders a piece. Natively the future is ready at once, and it takes no longer than the backend's patience.
    fn render(
        &mut self,
        work: &Self::Work,
        piece: PieceOf<Self>,
    ) -> impl Future<Output = Result<SoundOf<Self>, GpuError>>;
}

impl Piece for Span {
    const NAMES: [&'static str; 2] = ["textures", "frames"];
    const SHORTEST: usize = SHORTEST;

    fn begin(self) -> u64 {
        self.from.0
    }

    fn length(self) -> usize {
        self.frames
    }

    fn split(self, length: usize) -> (Self, Self) {
        Self::split(self, length)
    }
}

impl Work for Plan {
    type Piece = Span;
    type Sound = Stereo;

    fn twin(&self, span: Span) -> Stereo {
        Self::twin(self, Simd::detect(), span)
    }

    fn checked(&self, sound: Stereo, span: Span) -> Result<Stereo, GpuError> {
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

    fn append(sound: &mut Stereo, more: Stereo) {
        sound.append(more);
    }
}
