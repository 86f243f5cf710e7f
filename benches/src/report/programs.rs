//! What other programs measure: FunDSP built for this processor, the native program, the worklet under Node.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use auralis_engine::{Preset, Session};

/// The folder into which this program was built, and the one above, where folders of other builds lie.
fn built_into() -> Option<(PathBuf, PathBuf)> {
    let here = std::env::current_exe().ok()?;
    let folder = here.parent()?;
    Some((folder.to_owned(), folder.parent()?.to_owned()))
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The reference scene in FunDSP.
pub struct Fundsp(PathBuf);

impl Fundsp {
    /// Builds it for this machine's own processor, in a target folder of its own.
    #[must_use]
    pub fn build() -> Option<Self> {
        let target = built_into()?.1.join("native");
        let built = cargo()
            .args([
                "build",
                "--release",
                "--locked",
                "-p",
                "auralis-benches",
                "--bin",
                "pad64-fundsp",
                "--target-dir",
            ])
            .arg(&target)
            .env("RUSTFLAGS", "-C target-cpu=native")
            .status()
            .is_ok_and(|status| status.success());
        built.then(|| Self(program(&target.join("release"), "pad64-fundsp")))
    }

    /// Seconds of audio per second of CPU.
    #[must_use]
    pub fn run(&self, way: &str, seconds: f64) -> Option<f64> {
        let output =
            Command::new(&self.0).args(["--way", way, "--seconds", &seconds.to_string()]).output().ok()?;
        speed(&String::from_utf8_lossy(&output.stdout))
    }
}

/// The number before "x real time".
fn speed(text: &str) -> Option<f64> {
    text.split(" x real time").next()?.rsplit(' ').next()?.parse().ok()
}

/// The program `auralis`.
pub struct Auralis(PathBuf);

impl Auralis {
    /// Builds it.
    #[must_use]
    pub fn build() -> Option<Self> {
        let (folder, target) = built_into()?;
        let built = cargo()
            .args(["build", "--release", "--locked", "-p", "auralis", "--target-dir"])
            .arg(target)
            .status()
            .is_ok_and(|status| status.success());
        let path = program(&folder, "auralis");
        (built && path.exists()).then_some(Self(path))
    }

    /// Seconds by the clock that rendering takes.
    #[must_use]
    pub fn render(&self, preset: &str, seconds: u32, threads: u32) -> Option<f64> {
        let start = Instant::now();
        let ran = Command::new(&self.0)
            .args(["render", "--seed", "42", "--preset", preset, "--seconds", &seconds.to_string()])
            .args(["--threads", &threads.to_string(), "-o", "-"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        ran.then(|| start.elapsed().as_secs_f64())
    }
}

/// What the worklet costs under Node, in the words of `web/worklet/bench.mjs`.
#[must_use]
pub fn worklet(brief: bool) -> Option<String> {
    node(if brief { &["--seconds", "2", "--passes", "1", "--presets", "bright"] } else { &[] })
}

/// Seconds of audio per second of CPU of the worklet's build with SIMD under Node, over as many seconds of the same session as
/// [`super::native::render`]'s.
#[must_use]
pub fn worklet_speed(session: &Session, preset: Preset, seconds: f64) -> Option<f64> {
    let (hz, seconds) = (session.rate.hz().to_string(), seconds.to_string());
    let quality = session.settings.quality.name();
    let text = node(&["--speed", preset.name(), "--quality", quality, "--rate", &hz, "--seconds", &seconds])?;
    text.trim().parse().ok()
}

fn node(arguments: &[&str]) -> Option<String> {
    if !Path::new("web/worklet/dist/auralis-simd.wasm").exists() {
        return None;
    }
    let output = Command::new("node")
        .arg("web/worklet/bench.mjs")
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What is found in those words of one build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// "simd" or "plain".
    pub name: String,
    /// Bytes, gzipped.
    pub gzipped: u64,
    /// The lowest speed, in times real time.
    pub speed: f64,
    /// The time that all blocks of 128 frames but one in a thousand keep within, in percent of their own, at the dearest preset.
    pub usual: f64,
    /// The dearest of all blocks, in percent of its own time.
    pub dearest: f64,
    /// The dearest block in which a movement begins, in percent of its own time.
    pub begins: f64,
    /// The dearest seek of the first year, in seconds.
    pub seek: f64,
    /// The same in slices on the audio thread, in seconds.
    pub sliced: f64,
    /// How many calls came too late meanwhile, at the worst preset.
    pub late: f64,
    /// The dearest of those calls, in percent of its own time.
    pub slice: f64,
    /// Megabytes.
    pub memory: f64,
}

/// Reads the words.
#[must_use]
pub fn builds(text: &str) -> Vec<Build> {
    let mut builds: Vec<Build> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |n: usize| words.get(n).and_then(|word| word.parse::<f64>().ok());
        if let (Some((name, _)), [.., gzipped, "gzipped"]) = (line.split_once(": "), words.as_slice()) {
            let gzipped = gzipped.parse().unwrap_or(0);
            builds.push(Build { name: name.to_owned(), gzipped, ..Build::default() });
        } else if let (Some(build), Some(("memory", _)), [.., megabytes, "MB"]) =
            (builds.last_mut(), line.split_once(':'), words.as_slice())
        {
            build.memory = megabytes.parse().unwrap_or(0.0);
        } else if let (Some(build), [_, _, _, _, "%", _, "%", _, "%", _, "s", _, "s", _, _, "%"]) =
            (builds.last_mut(), words.as_slice())
        {
            let speed = number(1).unwrap_or(0.0);
            build.speed = if build.speed > 0.0 { build.speed.min(speed) } else { speed };
            for (most, n) in [
                (&mut build.usual, 3),
                (&mut build.dearest, 5),
                (&mut build.begins, 7),
                (&mut build.seek, 9),
                (&mut build.sliced, 11),
                (&mut build.late, 13),
                (&mut build.slice, 14),
            ] {
                *most = most.max(number(n).unwrap_or(0.0));
            }
        }
    }
    builds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_are_understood() {
        assert_eq!(
            speed("pad64-fundsp: 64 voices, 60 s, 1.236 s of CPU, 48.55 x real time\nabc"),
            Some(48.55)
        );
        assert_eq!(speed("something else"), None);
        let text = "A processor, Node v20, 60 s of each preset in blocks of 128 at 44100 Hz\n\n\
                    simd: 223565 bytes, 91234 gzipped\n\
                    preset          full  reduced  99.9 % of blocks  dearest  a movement begins  worst seek  in slices  late  dearest slice\n\
                    focus          101.5    240.0             3.4 %   31.0 %              3.0 %      0.61 s     3.46 s     0         40.1 %\n\
                    sleep          150.5    302.5             2.8 %    9.0 %              4.1 %      0.71 s     2.00 s     1        101.1 %\n\
                    memory: 63 pages of 64 KiB, 4.1 MB\n";
        let build = Build {
            name: "simd".into(),
            gzipped: 91_234,
            speed: 101.5,
            usual: 3.4,
            dearest: 31.0,
            begins: 4.1,
            seek: 0.71,
            sliced: 3.46,
            late: 1.0,
            slice: 101.1,
            memory: 4.1,
        };
        assert_eq!(builds(text), [build]);
    }
}
