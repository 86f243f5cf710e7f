//! A relay, started for a measurement, and what its process takes (as Linux tells it).

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// How many ticks a second has in `/proc`: the same on all Linux machines.
const TICKS: f64 = 100.0;

/// A relay at this machine's loopback address. Dropped, it is ended.
pub struct Relay {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Relay {
    /// Starts the program at a path, or the one beside this program, with options, bound to one processor if one is given.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(program: Option<&Path>, processor: Option<usize>, options: &[&str]) -> io::Result<Self> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => beside()?,
        };
        let folder = tempfile::tempdir()?;
        let site = folder.path().join("dist");
        fs::create_dir(&site)?;
        fs::write(site.join("index.html"), "<!doctype html><title>Auralis</title>")?;
        let mut command = match processor {
            Some(processor) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &processor.to_string()]).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        let variables =
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AURALIS_"));
        for (name, _) in variables {
            command.env_remove(name);
        }
        let mut child = command
            .args(["--host", "127.0.0.1", "--port", "0", "--log-level", "warn"])
            .args(options)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                io::Error::new(error.kind(), format!("{} does not start: {error}", program.display()))
            })?;
        let mut line = String::new();
        if let Some(out) = child.stdout.as_mut() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let port = line.trim_end().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let port =
            port.ok_or_else(|| io::Error::other(format!("{} says no port: {line:?}", program.display())))?;
        Ok(Self { child, port, _folder: folder })
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// How many seconds of processor time it took so far.
    ///
    /// # Errors
    /// If this system does not tell.
    pub fn cpu_seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name may hold blanks; it ends at the last parenthesis.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let fields: Vec<f64> =
            after.split_whitespace().skip(11).take(2).filter_map(|x| x.parse().ok()).collect();
        Ok(fields.iter().sum::<f64>() / TICKS)
    }

    /// How many bytes of memory it has.
    ///
    /// # Errors
    /// If this system does not tell.
    pub fn resident(&self) -> io::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kibibytes.map(|kibibytes| 1024.0 * kibibytes).ok_or_else(|| io::Error::other("no VmRSS"))
    }

    /// Asks its REST interface for something.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn get(&self, path: &str) -> io::Result<Value> {
        let mut answer = ureq::get(self.url(path)).call().map_err(io::Error::other)?;
        serde_json::from_str(&answer.body_mut().read_to_string().map_err(io::Error::other)?)
            .map_err(io::Error::other)
    }

    /// Sends its REST interface something.
    ///
    /// # Errors
    /// If it refuses.
    pub fn post(&self, path: &str, body: &Value) -> io::Result<Value> {
        let sent =
            ureq::post(self.url(path)).header("content-type", "application/json").send(body.to_string());
        let mut answer = sent.map_err(io::Error::other)?;
        serde_json::from_str(&answer.body_mut().read_to_string().map_err(io::Error::other)?)
            .map_err(io::Error::other)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // Whether it was there any more is of no interest.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The relay that was built together with this program.
fn beside() -> io::Result<PathBuf> {
    let program =
        std::env::current_exe()?.with_file_name(format!("auralis-relay{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        Ok(program)
    } else {
        Err(io::Error::other(format!(
            "{} is not there: build it with `cargo build --release -p auralis-relay`, or name it with --relay",
            program.display()
        )))
    }
}
