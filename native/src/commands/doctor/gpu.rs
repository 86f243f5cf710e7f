//! What `auralis doctor` says of GPUs.

#[cfg(feature = "gpu")]
use auralis_gpu::batch::GpuBatch;
use auralis_gpu::device::Wanted;
#[cfg(feature = "gpu")]
use auralis_gpu::device::{Adapters, Choice, Found, Gpu, Software};

/// What a GPU is used for, and whether it does that as the processor does: each is probed.
#[cfg(feature = "gpu")]
const USES: [(&str, &str); 3] = [
    ("textures", "of rich sessions, ahead of what `auralis play` plays"),
    ("voices", "of `auralis render --device gpu`, and of a relay's streams-only sessions"),
    ("batches", "of `auralis batch`"),
];

/// What was found, what is chosen and why.
#[cfg(feature = "gpu")]
pub(super) fn text(wanted: Wanted) -> String {
    let adapters = pollster::block_on(Adapters::find());
    let choice = adapters.choose(wanted, Software::from_environment());
    let probed = choice.adapter.map(|at| {
        let textures = pollster::block_on(auralis_gpu::open::open_adapter(&adapters, at, Gpu::PATIENCE));
        let voices = auralis_gpu::score::open::open_adapter(&adapters, at, Gpu::PATIENCE);
        let batches = pollster::block_on(GpuBatch::open_adapter(&adapters, at));
        [textures.map(drop), voices.map(drop), batches.map(drop)]
            .map(|opened| opened.map_err(|error| error.to_string()))
    });
    describe(wanted, adapters.found(), &choice, probed)
}

/// What a program without GPUs says.
#[cfg(not(feature = "gpu"))]
pub(super) fn text(wanted: Wanted) -> String {
    format!("GPU\n  asked for      {wanted}\n  used           none: this program was built without them\n")
}

#[cfg(feature = "gpu")]
fn describe(
    wanted: Wanted,
    found: &[Found],
    choice: &Choice,
    probed: Option<[Result<(), String>; USES.len()]>,
) -> String {
    let mut text = format!("GPU\n  asked for      {wanted} (by --device or {})\n", Wanted::VARIABLE);
    if found.is_empty() {
        text += "  found          none\n";
    }
    for adapter in found {
        let megabytes = |bytes: u64| bytes / 1_000_000;
        text += &format!(
            "  found          {}: {}, by {}; driver {}\n                 buffers to {} MB, of which a kernel sees {} MB; {} invocations in \
             a workgroup\n",
            adapter.name,
            adapter.kind.name(),
            adapter.api.name(),
            if adapter.driver.is_empty() { "unknown" } else { &adapter.driver },
            megabytes(adapter.largest_buffer),
            megabytes(adapter.largest_binding),
            adapter.invocations,
        );
    }
    text += &format!("  used           {choice}\n");
    for ((what, whose), probed) in USES.iter().zip(probed.into_iter().flatten()) {
        let who = match probed {
            Ok(()) => "by the GPU, whose sound is the processor's in a probe".into(),
            Err(why) => format!("by the processor: {why}"),
        };
        text += &format!("  {what:<14} {whose}: {who}\n");
    }
    text
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;
    use auralis_gpu::device::{Api, Kind};

    #[test]
    fn it_says_what_is_there_what_is_used_and_why() {
        let card = Found {
            name: "Card".into(),
            api: Api::Vulkan,
            kind: Kind::Discrete,
            driver: String::new(),
            vendor: 1,
            largest_buffer: 4_000_000_000,
            largest_binding: 128_000_000,
            invocations: 1024,
            workgroups: 65_535,
        };
        let found = [card];
        let says = |wanted, found: &[Found], probed| {
            describe(wanted, found, &Choice::of(found, wanted, Software::Ignored), probed)
        };
        let good = says(Wanted::Auto, &found, Some([const { Ok(()) }; 3]));
        assert!(good.contains("Card: a discrete card, by Vulkan; driver unknown"), "{good}");
        assert!(good.contains("buffers to 4000 MB, of which a kernel sees 128 MB"), "{good}");
        assert!(good.contains("used           Vulkan on Card: a discrete card\n  textures"), "{good}");
        assert_eq!(good.matches(": by the GPU").count(), 3, "{good}");
        let different = Err("it computes something else".into());
        let bad = says(Wanted::Auto, &found, Some([Ok(()), different, Ok(())]));
        assert!(bad.contains("voices         of `auralis render --device gpu`"), "{bad}");
        assert!(bad.contains("sessions: by the processor: it computes something else\n"), "{bad}");
        assert_eq!(bad.matches(": by the GPU").count(), 2, "{bad}");
        let none = says(Wanted::Vulkan, &[], None);
        assert!(none.contains("asked for      vulkan") && none.contains("found          none"), "{none}");
        assert!(none.contains("used           CPU: no adapter"), "{none}");
        assert!(!none.contains("textures"), "{none}");
    }
}
