//! The real program, started and ended for a test.

pub(crate) mod client;
pub(crate) mod sound;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use ureq::http::Response;
use ureq::{Agent, Body};

pub(crate) const HASHED: &str = "auralis-web-0123456789abcdef_bg.wasm";
pub(crate) const SECRET: &str = "nobody is to read this";

/// The program, with nothing in its environment that concerns it, and an empty folder to work in. Its page is the one of that folder, whether
/// or not there is one in the program.
pub(crate) fn program(working_folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis-relay"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AURALIS_")) {
        command.env_remove(name);
    }
    command.env("AURALIS_SITE", "dist");
    command.current_dir(working_folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A folder with a page in `dist`, and beside it something that must not be served.
pub(crate) fn folder_with_site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("dist");
    fs::create_dir_all(site.join("sub")).unwrap();
    fs::write(site.join("index.html"), format!("<!doctype html><title>Auralis</title>{}", " ".repeat(500)))
        .unwrap();
    fs::write(site.join("sub/index.html"), "<!doctype html><title>Below</title>").unwrap();
    fs::write(site.join("worklet.js"), format!("// {}\n", "a".repeat(2000))).unwrap();
    fs::write(site.join("sw.js"), "// keeps\n").unwrap();
    fs::write(site.join("manifest.webmanifest"), "{}").unwrap();
    fs::write(site.join("icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    fs::write(site.join(HASHED), [&b"\0asm\x01\0\0\0"[..], &[7; 4000]].concat()).unwrap();
    fs::write(site.join("packed.js"), "plain").unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"packed").unwrap();
    fs::write(site.join("packed.js.gz"), packed.finish().unwrap()).unwrap();
    fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
    folder
}

pub(crate) struct Relay {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) agent: Agent,
    pub(crate) folder: TempDir,
}

impl Relay {
    pub(crate) fn start() -> Self {
        let folder = folder_with_site();
        let command = program(folder.path());
        Self::start_with(command, folder, &["--host", "127.0.0.1", "--port", "0"])
    }

    pub(crate) fn start_with(mut command: Command, folder: TempDir, arguments: &[&str]) -> Self {
        command.stderr(Stdio::null());
        Self::start_just(command, folder, arguments)
    }

    pub(crate) fn start_just(mut command: Command, folder: TempDir, arguments: &[&str]) -> Self {
        let mut child = command.args(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let at = line.trim_end().rsplit_once(':').filter(|(at, _)| at.starts_with("Auralis is at http"));
        let port = at.unwrap().1.parse().unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        Self { child, port, agent, folder }
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = self.agent.get(format!("http://127.0.0.1:{}{path}", self.port));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().unwrap()
    }

    /// Sends a path as it is, which no client library does, and gives all that comes back.
    pub(crate) fn get_raw(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Ends it, gently where there is a way.
    pub(crate) fn end(&mut self) {
        #[cfg(unix)]
        self.signal("-TERM");
        #[cfg(not(unix))]
        self.child.kill().and_then(|()| self.child.wait()).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn signal(&mut self, signal: &str) -> std::process::ExitStatus {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // So that coverage is written.
            self.end();
        }
    }
}

pub(crate) fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn unpacked(response: &mut Response<Body>) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(response.body_mut().as_reader()).read_to_string(&mut text).unwrap();
    text
}

/// Runs it to its end, which must come with one sentence.
pub(crate) fn fails(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(stdout.is_empty());
    let message = String::from_utf8(stderr).unwrap();
    assert!(message.starts_with("auralis-relay: ") && message.lines().count() == 1, "{message}");
    (status.code().unwrap(), message)
}
