//! What other programs measure: FunDSP built for this processor, the native program, the worklet under Node.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

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
pub fn worklet(seconds: u32) -> Option<String> {
    if !Path::new("web/worklet/dist/auralis-simd.wasm").exists() {
        return None;
    }
    let output = Command::new("node")
        .args(["web/worklet/bench.mjs", "--seconds", &seconds.to_string()])
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
    /// Times real time, preset by preset.
    pub speeds: Vec<f64>,
    /// The time that all blocks of 128 frames but one in a thousand keep within, in percent of their own, at the dearest preset.
    pub usual: f64,
    /// The dearest of all blocks, in percent of its own time.
    pub dearest: f64,
    /// The dearest seek, in seconds.
    pub seek: f64,
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
        } else if let (Some(build), [_, _, _, "ms,", _, "%", _, "ms,", _, "%", _, "s"]) =
            (builds.last_mut(), words.as_slice())
        {
            build.speeds.extend(number(1));
            build.usual = build.usual.max(number(4).unwrap_or(0.0));
            build.dearest = build.dearest.max(number(8).unwrap_or(0.0));
            build.seek = build.seek.max(number(10).unwrap_or(0.0));
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
                    preset       × real time    99.9 % of blocks       dearest block  dearest seek\n\
                    focus              101.5       0.100 ms, 3.4 %    0.900 ms, 31.0 %        0.61 s\n\
                    sleep              150.5       0.080 ms, 2.8 %     0.300 ms, 9.0 %        0.41 s\n\
                    memory: 63 pages of 64 KiB, 4.1 MB\n";
        let build = Build {
            name: "simd".into(),
            gzipped: 91_234,
            speeds: vec![101.5, 150.5],
            usual: 3.4,
            dearest: 31.0,
            seek: 0.61,
            memory: 4.1,
        };
        assert_eq!(builds(text), [build]);
    }
}
