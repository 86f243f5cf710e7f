//! What renders a session, and what may go wrong with it.
//!
//! The canonical sound is the CPU's: a [`Performance`]. Whatever else implements [`Backend`] must give the same bits, but for sessions that are
//! streams only, of which nobody else makes the sound: there -80 dB are near enough.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use auralis_engine::session::ApplyError;
use auralis_engine::{Change, ChangeLog, Frame, Performance, Session};
use auralis_protocol::Code;

/// The greatest magnitude of a sample that may be music: the engine's limiter keeps within 1.
const LOUDEST: f32 = 2.0;

/// What renders a session, span by span.
pub trait Backend: Send + Sync {
    /// Goes to a frame.
    ///
    /// # Errors
    /// If it can't.
    fn seek(&mut self, frame: Frame) -> Result<(), Fault>;

    /// Takes a change of the session, which lies ahead of what it has rendered.
    ///
    /// # Errors
    /// If it can't.
    fn apply(&mut self, change: Change) -> Result<(), Fault>;

    /// Renders the next interleaved frames.
    ///
    /// # Errors
    /// If it can't; what is in `out` is worth nothing then.
    fn render(&mut self, out: &mut [f32]) -> Result<(), Fault>;

    /// As [`Backend::render`], for frames that only lie on the way: as soon as can be.
    ///
    /// # Errors
    /// As there.
    fn catch_up(&mut self, out: &mut [f32]) -> Result<(), Fault> {
        self.render(out)
    }

    /// Another one that goes on as this one would.
    fn copy(&self) -> Box<dyn Backend>;

    /// Whether most of its work is another's than the processor's.
    fn is_elsewhere(&self) -> bool {
        false
    }

    /// How long it has waited for another's work than the processor's since this was asked last: meanwhile the processor was free.
    fn waited(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// Makes what renders a session with a log.
pub type Maker = Arc<dyn Fn(&Session, ChangeLog) -> Box<dyn Backend> + Send + Sync>;

/// The processor: the engine itself.
pub fn cpu(session: &Session, log: ChangeLog) -> Box<dyn Backend> {
    Box::new(Performance::new(session, log))
}

impl Backend for Performance {
    fn seek(&mut self, frame: Frame) -> Result<(), Fault> {
        Ok(Self::seek(self, frame)?)
    }

    fn apply(&mut self, change: Change) -> Result<(), Fault> {
        Ok(Self::apply(self, change)?)
    }

    fn render(&mut self, out: &mut [f32]) -> Result<(), Fault> {
        Ok(self.render_interleaved(out)?)
    }

    fn copy(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

/// What went wrong with a span.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The session's changes can't be played.
    Composing(ApplyError),
    /// The backend says so.
    Failed(String),
    /// It gave a sample that is no music.
    Sample(f32),
    /// It panicked.
    Panicked,
    /// It gave nothing for so long.
    Hung(Duration),
}

impl Fault {
    /// What listeners are told.
    pub const fn code(&self) -> Code {
        match self {
            Self::Composing(_) => Code::GenerationError,
            _ => Code::SynthesisFailed,
        }
    }
}

impl From<ApplyError> for Fault {
    fn from(error: ApplyError) -> Self {
        Self::Composing(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Composing(error) => error.fmt(f),
            Self::Failed(sentence) => f.write_str(sentence),
            Self::Sample(x) => write!(f, "a sample was {x}; allowed: -{LOUDEST} to {LOUDEST}"),
            Self::Panicked => f.write_str("the backend panicked"),
            Self::Hung(time) => write!(f, "the backend gave nothing for {} ms", time.as_millis()),
        }
    }
}

impl std::error::Error for Fault {}

/// Does something with a backend that may panic. One that did is not to be used again.
///
/// # Errors
/// What it gives, and [`Fault::Panicked`].
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Panicked))
}

/// Renders, and looks whether that is music.
///
/// # Errors
/// If it is not, or the backend fails.
pub(super) fn checked(
    out: &mut [f32],
    render: impl FnOnce(&mut [f32]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    guarded(|| render(out))?;
    // NaN is not within anything.
    out.iter().find(|x| !(-LOUDEST..=LOUDEST).contains(*x)).map_or(Ok(()), |x| Err(Fault::Sample(*x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gives(f32);

    impl Backend for Gives {
        fn seek(&mut self, _: Frame) -> Result<(), Fault> {
            Ok(())
        }
        fn apply(&mut self, _: Change) -> Result<(), Fault> {
            Ok(())
        }
        fn render(&mut self, out: &mut [f32]) -> Result<(), Fault> {
            assert!(self.0 != 7.0);
            out[5] = self.0;
            Ok(())
        }
        fn copy(&self) -> Box<dyn Backend> {
            Box::new(Self(self.0))
        }
    }

    #[test]
    fn what_is_no_music_is_a_fault() {
        let given = |x| checked(&mut [0.0; 8], |out| Gives(x).render(out));
        for fine in [0.0, 1.0, -2.0, 2.0] {
            assert_eq!(given(fine), Ok(()));
        }
        for x in [2.001, -2.001, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(given(x), Err(Fault::Sample(x)));
        }
        assert!(matches!(given(f32::NAN), Err(Fault::Sample(x)) if x.is_nan()));
        assert_eq!(given(7.0), Err(Fault::Panicked));
    }
}
