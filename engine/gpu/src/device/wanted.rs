//! The device that a person asks for: `AURALIS_DEVICE`, `--device`.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// What work is to run on. [`Wanted::ALLOWED`] lists the words for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The best GPU where there is one, else the processor.
    #[default]
    Auto,
    /// A GPU, by whatever interface.
    Gpu,
    /// A GPU by Metal (macOS). `mps` is the same.
    Metal,
    /// A GPU by Vulkan.
    Vulkan,
    /// An NVIDIA card, which is driven by Vulkan.
    Cuda,
    /// A GPU by Direct3D 12 (Windows).
    Dx12,
    /// A GPU by WebGPU (browsers).
    WebGpu,
    /// The processor.
    Cpu,
    /// The processor, with fewer voices and layers.
    Reduced,
}

impl Wanted {
    /// The environment variable that says it.
    pub const VARIABLE: &'static str = "AURALIS_DEVICE";

    /// The words that are allowed, as a sentence lists them.
    pub const ALLOWED: &'static str = "auto, gpu, metal (or mps), vulkan, cuda, dx12, webgpu, cpu or reduced";

    /// Every device that can be asked for.
    pub const ALL: [Self; 9] = [
        Self::Auto,
        Self::Gpu,
        Self::Metal,
        Self::Vulkan,
        Self::Cuda,
        Self::Dx12,
        Self::WebGpu,
        Self::Cpu,
        Self::Reduced,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Metal => "metal",
            Self::Vulkan => "vulkan",
            Self::Cuda => "cuda",
            Self::Dx12 => "dx12",
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
            Self::Reduced => "reduced",
        }
    }

    /// Whether nothing but a GPU was asked for, so that the processor is second best.
    #[must_use]
    pub const fn is_gpu(self) -> bool {
        !matches!(self, Self::Auto | Self::Cpu | Self::Reduced)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDevice {
    /// The word.
    pub word: String,
}

impl fmt::Display for UnknownDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no device; allowed: {}", self.word, Wanted::ALLOWED)
    }
}

impl Error for UnknownDevice {}

impl FromStr for Wanted {
    type Err = UnknownDevice;

    fn from_str(word: &str) -> Result<Self, UnknownDevice> {
        match word {
            "mps" => Ok(Self::Metal),
            _ => {
                let found = Self::ALL.into_iter().find(|wanted| wanted.word() == word);
                found.ok_or_else(|| UnknownDevice { word: word.into() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_and_any_other_is_refused_with_what_is_allowed() {
        for wanted in Wanted::ALL {
            assert_eq!(wanted.word().parse(), Ok(wanted));
            assert!(Wanted::ALLOWED.contains(wanted.word()), "{wanted}");
        }
        assert_eq!("mps".parse(), Ok(Wanted::Metal));
        for word in ["", "GPU", "tpu", "vulkan "] {
            let refused = word.parse::<Wanted>().unwrap_err().to_string();
            assert!(refused.contains(&format!("{word:?}")) && refused.contains(Wanted::ALLOWED), "{refused}");
        }
    }
}
