//! What the operating system brings: headers for sound, a software GPU, the browsers, an emulator.
//!
//! On Debian and its relatives, as root, the packages are installed; anywhere else the command to type is printed.

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::{process, report};

/// Something that a package of the system brings.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    /// What to do where there is no apt.
    elsewhere: &'static str,
    found: fn() -> bool,
}

/// The headers that the native program's sound output is built with. macOS and Windows have their own.
pub(crate) fn sound_headers() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    ensure(&Need {
        what: "ALSA's headers",
        packages: &["libasound2-dev", "pkg-config"],
        elsewhere: "install ALSA's development package and pkg-config",
        found: || process::succeeds(process::program("pkg-config").args(["--exists", "alsa"])),
    })
}

/// A GPU that is software, for tests of what runs on one. Where it can't be installed they run on the GPUs that there are, and say so where
/// there is none; macOS and Windows have some.
pub(crate) fn software_gpu() -> Result<()> {
    let found = || {
        let drivers = std::fs::read_dir("/usr/share/vulkan/icd.d").into_iter().flatten().flatten();
        drivers.into_iter().any(|file| file.file_name().to_string_lossy().starts_with("lvp"))
    };
    if !cfg!(target_os = "linux") || found() || process::which("apt-get").is_none() || !is_root() {
        return Ok(());
    }
    ensure(&Need {
        what: "a software GPU",
        packages: &["mesa-vulkan-drivers", "libvulkan1"],
        elsewhere: "install Mesa's Vulkan drivers",
        found,
    })
}

/// Chromium, or Chrome.
pub(crate) fn chromium() -> Result<PathBuf> {
    ensure(&Need {
        what: "Chromium",
        packages: &["chromium"],
        elsewhere: "install Chromium or Chrome, or set AURALIS_CHROMIUM to its program",
        found: || find_chromium().is_some(),
    })?;
    found(find_chromium(), "Chromium")
}

/// Firefox, and on Linux a sound server that paces its audio without a card.
pub(crate) fn firefox() -> Result<PathBuf> {
    ensure(&Need {
        what: "Firefox",
        packages: &["firefox-esr", "pulseaudio", "pulseaudio-utils"],
        elsewhere: "install Firefox, or set AURALIS_FIREFOX to its program",
        found: || {
            find_firefox().is_some() && (!cfg!(target_os = "linux") || process::which("pulseaudio").is_some())
        },
    })?;
    found(find_firefox(), "Firefox")
}

/// WebKitGTK's driver, with a display and the decoders it plays sound by. Linux only: `None` elsewhere.
pub(crate) fn webkit() -> Result<Option<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    ensure(&Need {
        what: "WebKitGTK's driver",
        packages: &[
            "webkit2gtk-driver",
            "xvfb",
            "xauth",
            "gstreamer1.0-plugins-base",
            "gstreamer1.0-plugins-good",
            "gstreamer1.0-plugins-bad",
        ],
        elsewhere: "install WebKitGTK's WebKitWebDriver, Xvfb and GStreamer's plugins",
        found: || process::which("WebKitWebDriver").is_some() && process::which("Xvfb").is_some(),
    })?;
    found(process::which("WebKitWebDriver"), "WebKitWebDriver").map(Some)
}

/// The linker and the emulator for 64-bit ARM programs.
pub(crate) fn arm() -> Result<()> {
    ensure(&Need {
        what: "an emulator and a linker for 64-bit ARM",
        packages: &["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
        elsewhere: "install qemu-user, and gcc and libc for aarch64-linux-gnu",
        found: || {
            process::which("qemu-aarch64").is_some() && process::which("aarch64-linux-gnu-gcc").is_some()
        },
    })
}

fn find_chromium() -> Option<PathBuf> {
    find_browser(
        "AURALIS_CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
        &[
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        ],
    )
}

fn find_firefox() -> Option<PathBuf> {
    find_browser(
        "AURALIS_FIREFOX",
        &["firefox-esr", "firefox"],
        &[
            "/Applications/Firefox.app/Contents/MacOS/firefox",
            r"C:\Program Files\Mozilla Firefox\firefox.exe",
        ],
    )
}

fn find_browser(variable: &str, names: &[&str], files: &[&str]) -> Option<PathBuf> {
    let chosen = std::env::var_os(variable).map(PathBuf::from);
    let on_path = || names.iter().find_map(|name| process::which(name));
    let installed = || files.iter().map(PathBuf::from).find(|file| file.is_file());
    chosen.or_else(on_path).or_else(installed)
}

fn found(program: Option<PathBuf>, what: &str) -> Result<PathBuf> {
    program.ok_or_else(|| anyhow::anyhow!("{what} was installed but is not on the PATH"))
}

fn ensure(need: &Need) -> Result<()> {
    if (need.found)() {
        return Ok(());
    }
    if process::which("apt-get").is_none() {
        bail!("{} cannot be found: {}", need.what, need.elsewhere);
    }
    let packages = need.packages.join(" ");
    if !is_root() {
        bail!("{} cannot be found: type `sudo apt-get install -y {packages}`", need.what);
    }
    report::step(&format!("install {} ({packages})", need.what), || {
        refresh_lists()?;
        let mut install = process::program("apt-get");
        install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(need.packages);
        process::output(install.env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
    })?;
    if !(need.found)() {
        bail!("{} cannot be found, even with the packages {packages} installed", need.what);
    }
    Ok(())
}

/// apt's lists of packages, fetched once a run.
fn refresh_lists() -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_none() {
        process::output(process::program("apt-get").args(["update", "-qq"]))?;
        DONE.get_or_init(|| ());
    }
    Ok(())
}

fn is_root() -> bool {
    process::output(process::program("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}
