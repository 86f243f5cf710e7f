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
const SOUND_HEADERS: Need = Need {
    what: "ALSA's headers",
    packages: &["libasound2-dev", "pkg-config"],
    elsewhere: "install ALSA's development package and pkg-config",
    found: || process::succeeds(process::program("pkg-config").args(["--exists", "alsa"])),
};

/// A GPU that is software.
const SOFTWARE_GPU: Need = Need {
    what: "a software GPU",
    packages: &["mesa-vulkan-drivers", "libvulkan1"],
    elsewhere: "install Mesa's Vulkan drivers",
    found: || {
        let mut drivers = std::fs::read_dir("/usr/share/vulkan/icd.d").into_iter().flatten().flatten();
        drivers.any(|file| file.file_name().to_string_lossy().starts_with("lvp"))
    },
};

const CHROMIUM: Need = Need {
    what: "Chromium",
    packages: &["chromium"],
    elsewhere: "install Chromium or Chrome, or set AURALIS_CHROMIUM to its program",
    found: || find_chromium().is_some(),
};

/// With, on Linux, a sound server that paces its audio without a card.
const FIREFOX: Need = Need {
    what: "Firefox",
    packages: &["firefox-esr", "pulseaudio", "pulseaudio-utils"],
    elsewhere: "install Firefox, or set AURALIS_FIREFOX to its program",
    found: || {
        find_firefox().is_some() && (!cfg!(target_os = "linux") || process::which("pulseaudio").is_some())
    },
};

/// With a display and the decoders it plays sound by.
const WEBKIT: Need = Need {
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
};

const ARM: Need = Need {
    what: "an emulator and a linker for 64-bit ARM",
    packages: &["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    elsewhere: "install qemu-user, and gcc and libc for aarch64-linux-gnu",
    found: || process::which("qemu-aarch64").is_some() && process::which("aarch64-linux-gnu-gcc").is_some(),
};

/// All of it at once, where apt can install it: one call of apt takes less time than six. Anywhere else each is asked for where it is needed.
pub(crate) fn all() -> Result<()> {
    if !cfg!(target_os = "linux") || !can_install() {
        return Ok(());
    }
    let mut needs = vec![SOUND_HEADERS, SOFTWARE_GPU, CHROMIUM, FIREFOX, WEBKIT];
    // An ARM machine emulates none.
    if std::env::consts::ARCH != "aarch64" {
        needs.push(ARM);
    }
    ensure(&needs)
}

/// Makes sure that the native program can be built.
pub(crate) fn sound_headers() -> Result<()> {
    if cfg!(target_os = "linux") { ensure(&[SOUND_HEADERS]) } else { Ok(()) }
}

/// A GPU for tests of what runs on one. Where it can't be installed they run on the GPUs that there are, and say so where there is none; macOS
/// and Windows have some.
pub(crate) fn software_gpu() -> Result<()> {
    if cfg!(target_os = "linux") && can_install() { ensure(&[SOFTWARE_GPU]) } else { Ok(()) }
}

/// Chromium, or Chrome.
pub(crate) fn chromium() -> Result<PathBuf> {
    ensure(&[CHROMIUM])?;
    found(find_chromium(), "Chromium")
}

/// Firefox.
pub(crate) fn firefox() -> Result<PathBuf> {
    ensure(&[FIREFOX])?;
    found(find_firefox(), "Firefox")
}

/// WebKitGTK's driver. Linux only: `None` elsewhere.
pub(crate) fn webkit() -> Result<Option<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    ensure(&[WEBKIT])?;
    found(process::which("WebKitWebDriver"), "WebKitWebDriver").map(Some)
}

/// The linker and the emulator for 64-bit ARM programs.
pub(crate) fn arm() -> Result<()> {
    ensure(&[ARM])
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

fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.found)()).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let whats: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if process::which("apt-get").is_none() {
        bail!("{} cannot be found: {}", first.what, first.elsewhere);
    }
    if !is_root() {
        bail!("{} cannot be found: type `sudo apt-get install -y {}`", whats.join(", "), packages.join(" "));
    }
    report::step(&format!("install {} ({})", whats.join(", "), packages.join(" ")), || {
        refresh_lists()?;
        let mut install = process::program("apt-get");
        install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages);
        process::output(install.env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
    })?;
    match missing.iter().find(|need| !(need.found)()) {
        Some(need) => {
            bail!(
                "{} cannot be found, even with the packages {} installed",
                need.what,
                need.packages.join(" ")
            )
        }
        None => Ok(()),
    }
}

/// Whether missing packages can be installed without asking anybody.
fn can_install() -> bool {
    process::which("apt-get").is_some() && is_root()
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
