//! Which of the adapters that were found is used, and why: plain values, decided without touching any of them.

use super::wanted::Wanted;
use std::fmt;

/// The interface by which an adapter is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Metal, on macOS.
    Metal,
    /// Vulkan.
    Vulkan,
    /// Direct3D 12, on Windows.
    Dx12,
    /// WebGPU, in browsers.
    WebGpu,
}

impl Api {
    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Metal => "Metal",
            Self::Vulkan => "Vulkan",
            Self::Dx12 => "Direct3D 12",
            Self::WebGpu => "WebGPU",
        }
    }

    /// The place in the order in which they are tried: a system's own comes before what is translated to it.
    const fn rank(self) -> u8 {
        match self {
            Self::Metal | Self::WebGpu => 0,
            Self::Vulkan => 1,
            Self::Dx12 => 2,
        }
    }
}

/// What kind of processor an adapter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A card with memory of its own.
    Discrete,
    /// A part of the processor, with the same memory.
    Integrated,
    /// A share of a card, in a virtual machine.
    Virtual,
    /// It does not say; in browsers this is every adapter that is not software.
    Unknown,
    /// A program that does as if (llvmpipe, SwiftShader, WARP): slower than the twins, but the same to a test.
    Software,
}

impl Kind {
    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discrete => "a discrete card",
            Self::Integrated => "an integrated GPU",
            Self::Virtual => "a virtual GPU",
            Self::Unknown => "a GPU",
            Self::Software => "software",
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Discrete => 0,
            Self::Integrated => 1,
            Self::Virtual => 2,
            Self::Unknown => 3,
            Self::Software => 4,
        }
    }
}

/// Whether an adapter that is software counts. For listeners it does not: the processor itself is faster. Tests run on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Software {
    /// It is as if it were not there.
    #[default]
    Ignored,
    /// It counts, after all others.
    Allowed,
}

impl Software {
    /// The environment variable that allows it to a program under test: `1`.
    pub const VARIABLE: &'static str = "AURALIS_SOFTWARE_GPU";

    /// What the environment says. Only programs ask it; the library does as its caller says.
    #[must_use]
    pub fn from_environment() -> Self {
        if std::env::var_os(Self::VARIABLE).is_some_and(|value| value == "1") {
            Self::Allowed
        } else {
            Self::Ignored
        }
    }
}

/// What is known of an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name, as the driver has it.
    pub name: String,
    /// How it is driven.
    pub api: Api,
    /// What kind it is.
    pub kind: Kind,
    /// The driver and its version; empty in browsers.
    pub driver: String,
    /// The maker's PCI number, 0 where it is not told.
    pub vendor: u32,
    /// The greatest buffer, in bytes.
    pub largest_buffer: u64,
    /// The greatest part of a buffer that a kernel sees, in bytes.
    pub largest_binding: u64,
    /// The greatest number of invocations in a workgroup.
    pub invocations: u32,
    /// The greatest number of workgroups in one direction of a dispatch.
    pub workgroups: u32,
}

/// NVIDIA's PCI number.
const NVIDIA: u32 = 0x10de;

impl Found {
    /// Less is better: hardware before software, then the better interface, then the better kind.
    #[must_use]
    pub fn rank(&self) -> (bool, u8, u8) {
        (self.kind == Kind::Software, self.api.rank(), self.kind.rank())
    }

    fn is_wanted(&self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::Auto | Wanted::Gpu => true,
            Wanted::Metal => self.api == Api::Metal,
            Wanted::Vulkan => self.api == Api::Vulkan,
            Wanted::Cuda => self.api == Api::Vulkan && self.vendor == NVIDIA,
            Wanted::Dx12 => self.api == Api::Dx12,
            Wanted::WebGpu => self.api == Api::WebGpu,
            Wanted::Cpu | Wanted::Reduced => false,
        }
    }
}

/// What work will run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The adapter's place in the list, or none for the processor.
    pub adapter: Option<usize>,
    /// Whether something was asked for that there is not.
    pub is_second_best: bool,
    text: String,
}

impl fmt::Display for Choice {
    /// What is used and why, in a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Choice {
    /// The best of what was found (see [`Found::rank`]; equals in the order of the list) that is what is wanted.
    #[must_use]
    pub fn of(found: &[Found], wanted: Wanted, software: Software) -> Self {
        if matches!(wanted, Wanted::Cpu | Wanted::Reduced) {
            return Self::cpu(format!("{wanted} was asked for"), false);
        }
        let counts = |f: &Found| software == Software::Allowed || f.kind != Kind::Software;
        let fits = |f: &Found| f.is_wanted(wanted);
        let best =
            found.iter().enumerate().filter(|(_, f)| counts(f) && fits(f)).min_by_key(|(_, f)| f.rank());
        if let Some((at, best)) = best {
            let why = match wanted {
                Wanted::Auto => String::new(),
                _ => format!(", as {wanted} was asked for"),
            };
            let text = format!("{} on {}: {}{why}", best.api.name(), best.name, best.kind.name());
            return Self { adapter: Some(at), is_second_best: false, text };
        }
        let names = |of: &dyn Fn(&Found) -> bool| {
            let mut names: Vec<_> = found.iter().filter(|f| of(f)).map(|f| f.name.as_str()).collect();
            names.dedup();
            names.join(", ")
        };
        let passed_over = names(&|f| fits(f) && !counts(f));
        let others = names(&|f| counts(f));
        let why = if !passed_over.is_empty() {
            format!("no adapter but software ones ({passed_over})")
        } else if !others.is_empty() {
            format!("none of the adapters is what {wanted} means (found: {others})")
        } else {
            "no adapter".into()
        };
        Self::cpu(why, wanted.is_gpu())
    }

    fn cpu(why: String, is_second_best: bool) -> Self {
        Self { adapter: None, is_second_best, text: format!("CPU: {why}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, api: Api, kind: Kind, vendor: u32) -> Found {
        let (largest_buffer, largest_binding) = (1 << 30, 1 << 27);
        let (driver, invocations, workgroups) = (String::new(), 256, 65_535);
        Found {
            name: name.into(),
            api,
            kind,
            driver,
            vendor,
            largest_buffer,
            largest_binding,
            invocations,
            workgroups,
        }
    }

    fn desk() -> Vec<Found> {
        vec![
            found("llvmpipe", Api::Vulkan, Kind::Software, 0x10005),
            found("Iris", Api::Vulkan, Kind::Integrated, 0x8086),
            found("RTX by D3D", Api::Dx12, Kind::Discrete, NVIDIA),
            found("Radeon", Api::Vulkan, Kind::Discrete, 0x1002),
            found("RTX", Api::Vulkan, Kind::Discrete, NVIDIA),
        ]
    }

    #[test]
    fn vulkan_comes_before_direct3d_and_a_discrete_card_before_an_integrated_one() {
        let says = |wanted, software| Choice::of(&desk(), wanted, software).to_string();
        assert_eq!(says(Wanted::Auto, Software::Ignored), "Vulkan on Radeon: a discrete card");
        assert_eq!(says(Wanted::Auto, Software::Allowed), "Vulkan on Radeon: a discrete card");
        let cuda = says(Wanted::Cuda, Software::Ignored);
        assert_eq!(cuda, "Vulkan on RTX: a discrete card, as cuda was asked for");
        let dx12 = says(Wanted::Dx12, Software::Ignored);
        assert_eq!(dx12, "Direct3D 12 on RTX by D3D: a discrete card, as dx12 was asked for");
    }

    #[test]
    fn software_is_no_gpu_unless_it_is_allowed() {
        let only = &desk()[..1];
        let choice = Choice::of(only, Wanted::Auto, Software::Ignored);
        assert_eq!(choice.to_string(), "CPU: no adapter but software ones (llvmpipe)");
        assert!(choice.adapter.is_none() && !choice.is_second_best);
        assert!(Choice::of(only, Wanted::Gpu, Software::Ignored).is_second_best);
        let allowed = Choice::of(only, Wanted::Gpu, Software::Allowed);
        assert_eq!((allowed.adapter, allowed.is_second_best), (Some(0), false));
    }

    #[test]
    fn what_is_not_there_is_said_so() {
        let metal = Choice::of(&desk(), Wanted::Metal, Software::Ignored);
        assert!(
            metal.is_second_best && metal.to_string().contains("none of the adapters is what metal means")
        );
        assert_eq!(Choice::of(&[], Wanted::Auto, Software::Allowed).to_string(), "CPU: no adapter");
        assert_eq!(Choice::of(&desk(), Wanted::Cpu, Software::Allowed).to_string(), "CPU: cpu was asked for");
        assert!(Choice::of(&desk(), Wanted::Reduced, Software::Allowed).adapter.is_none());
    }
}
