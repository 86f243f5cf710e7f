//! What `auralis doctor` says of GPUs.

use auralis_gpu::device::Wanted;
#[cfg(feature = "gpu")]
use auralis_gpu::device::{Adapters, Choice, Found, Gpu, Software};

/// What was found, what is chosen and why.
#[cfg(feature = "gpu")]
pub(super) fn text(wanted: Wanted) -> String {
    let adapters = pollster::block_on(Adapters::find());
    let choice = adapters.choose(wanted, Software::from_environment());
    let probed = choice.adapter.map(|at| {
        pollster::block_on(auralis_gpu::open::open_adapter(&adapters, at, Gpu::PATIENCE))
            .map(|_| ())
            .map_err(|error| error.to_string())
    });
    describe(wanted, adapters.found(), &choice, probed)
}

/// What a program without GPUs says.
#[cfg(not(feature = "gpu"))]
pub(super) fn text(wanted: Wanted) -> String {
    format!("GPU\n  asked for      {wanted}\n  used           none: this program was built without them\n")
}

#[cfg(feature = "gpu")]
fn describe(wanted: Wanted, found: &[Found], choice: &Choice, probed: Option<Result<(), String>>) -> String {
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
    text += &match probed {
        Some(Err(why)) => format!("  used           CPU: {choice}, but {why}\n"),
        Some(Ok(())) => {
            format!("  used           {choice}\n  probe          the same sound as the processor\'s\n")
        }
        None => format!("  used           {choice}\n"),
    };
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
        let good = says(Wanted::Auto, &found, Some(Ok(())));
        assert!(good.contains("Card: a discrete card, by Vulkan; driver unknown"), "{good}");
        assert!(good.contains("buffers to 4000 MB, of which a kernel sees 128 MB"), "{good}");
        assert!(good.contains("used           Vulkan on Card: a discrete card\n  probe"), "{good}");
        let bad = says(Wanted::Auto, &found, Some(Err("it computes something else".into())));
        assert!(
            bad.contains("used           CPU: Vulkan on Card: a discrete card, but it computes"),
            "{bad}"
        );
        let none = says(Wanted::Vulkan, &[], None);
        assert!(none.contains("asked for      vulkan") && none.contains("found          none"), "{none}");
        assert!(none.contains("used           CPU: no adapter"), "{none}");
    }
}
