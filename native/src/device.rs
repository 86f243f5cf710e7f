//! The device that is asked for, by option or environment.

use crate::error::{Error, Result};
use crate::values;
use auralis_gpu::device::Wanted;
use std::ffi::OsString;

/// What the option says, else what `AURALIS_DEVICE` says, else [`Wanted::Auto`].
///
/// # Errors
/// If the environment says what is no device.
pub fn wanted(option: Option<Wanted>) -> Result<Wanted> {
    among(option, std::env::var_os(Wanted::VARIABLE))
}

fn among(option: Option<Wanted>, variable: Option<OsString>) -> Result<Wanted> {
    if let Some(wanted) = option {
        return Ok(wanted);
    }
    let Some(word) = variable.filter(|word| !word.is_empty()) else { return Ok(Wanted::Auto) };
    let word = word.to_string_lossy();
    values::device(&word).map_err(|allowed| Error::refused(Wanted::VARIABLE, &word, allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_comes_before_the_environment() {
        let among = |option, word: &str| among(option, Some(word.into()));
        assert_eq!(among(Some(Wanted::Cpu), "vulkan").unwrap(), Wanted::Cpu);
        assert_eq!(among(Some(Wanted::Cpu), "nonsense").unwrap(), Wanted::Cpu);
        assert_eq!(among(None, "mps").unwrap(), Wanted::Metal);
        assert_eq!(among(None, "").unwrap(), Wanted::Auto);
        let refused = among(None, "tpu").unwrap_err();
        assert_eq!(refused.exit_code(), 2);
        assert_eq!(
            refused.to_string(),
            format!("AURALIS_DEVICE cannot be \"tpu\"; allowed: {}", Wanted::ALLOWED)
        );
    }
}
