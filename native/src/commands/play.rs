//! `auralis play`: through the sound card, with a status line and keys.

use crate::device;
use crate::error::{Error, Result};
use crate::live::card::Card;
use crate::live::keys;
use crate::live::speaker::{NOTHING, Nothing, Open, Speaker};
use crate::live::terminal::Screen;
use crate::live::textures::{Supply, Textures};
use crate::live::{desk, desk::Heard};
use crate::options::{Plan, SessionOptions};
use crate::{interrupt, say, tell, values, warn};
use auralis_engine::Frame;
use auralis_export::names;
use auralis_gpu::device::Wanted;
use clap::Args;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The options of `auralis play`.
#[derive(Args, Clone, Debug)]
#[command(after_help = concat!("Keys: space pause, up/down intensity, left/right tempo, p next preset, +/- volume, q quit. ",
    "What changes the music becomes part of the session (--save-session keeps it); volume and pause do not."))]
pub struct Options {
    /// The sound device, by its identifier or a part of its name (see `auralis devices`); "none" plays to nobody, in real time
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Who renders the textures of a session of quality rich: auto (a GPU, where there is one), gpu, metal (or mps), vulkan, cuda, dx12 or cpu. A GPU's are within -80 dB of the
    /// session's own sound, which is the processor's [default: AURALIS_DEVICE, or auto]
    #[arg(long, value_name = "NAME", value_parser = values::device)]
    pub textures: Option<Wanted>,
    /// Your volume in percent; it is no part of the session
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = values::volume, allow_hyphen_values = true)]
    pub volume: f32,
    #[allow(
        missing_docs,
        reason = "a doc comment would become the help text of the command it is flattened into"
    )]
    #[command(flatten)]
    pub session: SessionOptions,
}

/// Plays.
///
/// # Errors
/// If an option is refused, there is no sound card, or it stops.
pub fn run(options: &Options) -> Result<()> {
    // Keyed by the system's randomness, and different each time.
    let by_chance = RandomState::new().build_hasher().finish();
    if options.textures == Some(Wanted::Reduced) {
        let allowed = "auto, gpu, metal (or mps), vulkan, cuda, dx12 or cpu; --quality reduced is what makes fewer voices";
        return Err(Error::refused("textures", Wanted::Reduced, allowed));
    }
    let wanted = device::wanted(options.textures)?;
    let plan = options.session.plan(by_chance)?;
    options.session.save(&plan.session, &plan.log)?;
    let speaker: Box<dyn Speaker> = match &options.device {
        Some(name) if name == NOTHING => Box::new(Nothing),
        wanted => Box::new(Card { wanted: wanted.clone() }),
    };
    let textures = textures(&plan, wanted);
    let heard = desk::play(&plan, options.volume / 100.0, &*speaker, interrupt::wish(), textures, |open| {
        say(greeting(&plan, open));
        let screen = Screen::new();
        if screen.is_there() {
            // In raw mode a line's end does not go back to its beginning.
            tell(format_args!("{}\r", keys::HELP));
        }
        screen
    })?;
    options.session.save(&plan.session, &heard.log)?;
    farewell(&plan, &heard)
}

/// Who renders the session's textures beside the player, which does it itself where it is nobody.
#[cfg(feature = "gpu")]
fn textures(plan: &Plan, wanted: Wanted) -> Option<(Textures, Supply)> {
    use crate::live::textures::on;
    use auralis_gpu::device::Software;
    use auralis_gpu::supplier::{Supplier, is_rich};
    let on_processor = matches!(wanted, Wanted::Cpu | Wanted::Reduced);
    // No key makes a session rich that is not, or does not become so by its log.
    (!on_processor && is_rich(&plan.session, &plan.log))
        .then(|| on(Supplier::on(wanted, Software::from_environment()), wanted.is_gpu()))
}

#[cfg(not(feature = "gpu"))]
fn textures(_: &Plan, wanted: Wanted) -> Option<(Textures, Supply)> {
    if wanted.is_gpu() {
        warn(format_args!(
            "textures: the processor renders: {wanted} was asked for, but this program was built without GPUs"
        ));
    }
    None
}

fn greeting(plan: &Plan, open: &Open) -> String {
    let hz = plan.session.rate.hz();
    let resampled =
        if open.hz == hz { String::new() } else { format!(", resampled from the session's {hz} Hz") };
    format!("seed {} on {} at {} Hz{resampled}", plan.session.seed, open.name, open.hz)
}

fn farewell(plan: &Plan, heard: &Heard) -> Result<()> {
    let seed = plan.session.seed;
    let played = format!("played {} of seed {seed}", names::moment(Frame(heard.frames), plan.session.rate));
    if heard.gaps > 0 {
        warn(format_args!("the device ran empty {} times: this machine is busy", heard.gaps));
    }
    if let Some(trouble) = &heard.trouble {
        return Err(Error::Failed(format!("{trouble}; {played}")));
    }
    if heard.interrupted {
        return Err(Error::Interrupted(format!("stopped; {played}")));
    }
    say(played);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{ChangeLog, Session};

    #[test]
    fn it_says_what_it_plays_on_and_how_it_ended() {
        let plan = Plan { session: Session::new(7), log: ChangeLog::new(), from: Frame::ZERO, frames: None };
        let open = |hz| Open { name: "Card".into(), hz, stream: Box::new(()) };
        assert_eq!(greeting(&plan, &open(44_100)), "seed 7 on Card at 44100 Hz");
        assert!(greeting(&plan, &open(48_000)).ends_with("48000 Hz, resampled from the session's 44100 Hz"));
        let mut heard =
            Heard { frames: 44_100, log: ChangeLog::new(), gaps: 1, interrupted: false, trouble: None };
        assert!(farewell(&plan, &heard).is_ok());
        heard.interrupted = true;
        let error = farewell(&plan, &heard).unwrap_err();
        assert_eq!(
            (error.exit_code(), error.to_string().as_str()),
            (130, "stopped; played 0:00:01.000 of seed 7")
        );
        heard.trouble = Some("the sound device stopped".into());
        assert_eq!(farewell(&plan, &heard).unwrap_err().exit_code(), 1);
    }
}
