//! The relay behind nginx, as `deploy/nginx.conf` has it: with TLS, on this machine. Without nginx and openssl it is skipped, and said so.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use auralis_protocol::HEALTH_PATH;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

use crate::support::{HASHED, Relay};

const CONFIGURATION: &str = include_str!("../../../deploy/nginx.conf");
const NAME: &str = "music.example";
/// How many sessions an address may hear at once, as the configuration says.
const MOST_STREAMS: usize = 20;

/// A program that a test needs and that may be missing.
fn found(program: &'static str, ask: &str) -> Option<PathBuf> {
    // Debian has nginx where only root looks.
    let places = [PathBuf::from(program), Path::new("/usr/sbin").join(program)];
    let runs = |place: &PathBuf| Command::new(place).arg(ask).output().is_ok_and(|it| it.status.success());
    let place = places.into_iter().find(runs);
    if place.is_none() {
        println!("skipped: there is no {program} on this machine");
    }
    place
}

/// What these tests run beside the relay.
struct Programs {
    nginx: PathBuf,
    openssl: PathBuf,
}

impl Programs {
    fn find() -> Option<Self> {
        Some(Self { nginx: found("nginx", "-v")?, openssl: found("openssl", "version")? })
    }
}

/// An nginx of this test's own, in front of a relay.
struct Proxy {
    programs: Programs,
    child: Child,
    folder: TempDir,
    http: u16,
    https: u16,
}

impl Proxy {
    fn start(programs: Programs, relay: &Relay) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificate(&programs.openssl, folder.path());
        // Between looking for a free port and taking it another program may have it.
        for _ in 0..5 {
            let [http, https] = free_ports();
            let file = configure(folder.path(), relay.port, http, https);
            let checked = nginx(&programs, folder.path(), &file).arg("-t").output().unwrap();
            let said = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success() && !said.contains("[warn]"), "{said}");
            let mut child = nginx(&programs, folder.path(), &file).stderr(Stdio::null()).spawn().unwrap();
            if answers(&mut child, https) {
                return Self { programs, child, folder, http, https };
            }
        }
        panic!("{}", fs::read_to_string(folder.path().join("error.log")).unwrap_or_default());
    }

    /// A connection with TLS, whose certificate is checked.
    fn connect(&self) -> Tls {
        let certificate = self.folder.path().join("fullchain.pem");
        let mut child = Command::new(&self.programs.openssl)
            .args([
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-verify_hostname",
                NAME,
                "-servername",
                NAME,
            ])
            .args(["-connect", &format!("127.0.0.1:{}", self.https), "-CAfile"])
            .arg(certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Tls { child, to, from }
    }

    /// Asks once, on a connection of its own.
    fn ask(&self, request: &str, headers: &str, body: &str) -> Answer {
        let mut connection = self.connect();
        write!(connection, "{request} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{headers}\r\n{body}")
            .unwrap();
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).unwrap();
        Answer::of(&bytes)
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        self.ask(&format!("GET {path}"), headers, "")
    }

    fn listen(&self, query: &str) -> Result<WebSocket<Tls>, u16> {
        match tungstenite::client(format!("wss://{NAME}/ws/stream{query}"), self.connect()) {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                Err(answer.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).unwrap();
    }
}

/// A connection that `openssl` makes: what is written is encrypted, what is read is decrypted.
struct Tls {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).unwrap();
    }
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").expect("a head and a body");
        Self { head: String::from_utf8(bytes[..end].into()).unwrap(), body: bytes[end + 4..].into() }
    }

    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).map_or("", |header| header.1)
    }
}

/// A key and a certificate for the name, signed by itself.
fn certificate(openssl: &Path, folder: &Path) {
    let made = Command::new(openssl)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(["-subj", &format!("/CN={NAME}"), "-addext", &format!("subjectAltName=DNS:{NAME}")])
        .args(["-keyout", "privkey.pem", "-out", "fullchain.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn free_ports() -> [u16; 2] {
    // Both at once, so that they differ.
    [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()).map(|it| it.local_addr().unwrap().port())
}

/// Writes the configuration, filled in, and around it what Debian's own nginx.conf would be; gives that file.
fn configure(folder: &Path, relay: u16, http: u16, https: u16) -> PathBuf {
    let mut filled = CONFIGURATION.to_owned();
    for (word, value) in [
        ("${PROXY_NAME}", NAME.to_owned()),
        ("${PROXY_RELAY}", format!("127.0.0.1:{relay}")),
        ("${PROXY_CERTIFICATES}", folder.display().to_string()),
        ("${PROXY_HTTP}", format!("127.0.0.1:{http}")),
        ("${PROXY_HTTPS}", format!("127.0.0.1:{https}")),
    ] {
        assert!(filled.contains(word), "{word}");
        filled = filled.replace(word, &value);
    }
    assert!(!filled.contains("${"), "every word is filled in");
    fs::write(folder.join("auralis.conf"), filled).unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path {}/{kind};\n", folder.display()))
        .collect();
    // One process, which ends when it is ended, and needs no other user.
    let around = format!(
        "daemon off;\nmaster_process off;\npid {0}/nginx.pid;\nerror_log {0}/error.log;\nevents {{}}\nhttp {{\n    \
         access_log off;\n    gzip on;\n{temporary}    include {0}/auralis.conf;\n}}\n",
        folder.display()
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, around).unwrap();
    file
}

fn nginx(programs: &Programs, folder: &Path, file: &Path) -> Command {
    let mut command = Command::new(&programs.nginx);
    command.arg("-p").arg(folder).arg("-c").arg(file).stdin(Stdio::null()).stdout(Stdio::null());
    // Before it has read where else to write.
    command.arg("-e").arg(folder.join("error.log"));
    command
}

/// Whether it comes to answer; not if it has ended.
fn answers(child: &mut Child, port: u16) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("nginx neither answers nor ends");
}

/// The next text message of a type.
fn hear(socket: &mut WebSocket<Tls>, kind: &str) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            let value: Value = serde_json::from_str(&text).unwrap();
            if value["type"] == kind {
                return value;
            }
        }
    }
}

#[test]
fn the_page_and_the_interface_come_through() {
    let Some(programs) = Programs::find() else { return };
    let mut relay = Relay::start();
    let proxy = Proxy::start(programs, &relay);

    let page = proxy.get("/", "");
    assert_eq!(page.status(), "200", "{}", page.head);
    assert!(page.body.starts_with(b"<!doctype html><title>Auralis</title>"));
    assert!(page.header("content-security-policy").ends_with("; frame-ancestors 'none'"), "{}", page.head);
    assert_eq!(page.header("cache-control"), "no-cache");
    let hashed = proxy.get(&format!("/{HASHED}"), "");
    assert_eq!(hashed.header("content-type"), "application/wasm");
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    // Packed by the relay: nginx knows no brotli.
    assert_eq!(proxy.get("/worklet.js", "Accept-Encoding: br\r\n").header("content-encoding"), "br");

    let health = proxy.get(HEALTH_PATH, "");
    let said: Value = serde_json::from_slice(&health.body).unwrap();
    assert_eq!((health.status(), &said["status"]), ("200", &"ok".into()));
    let change = json!({"bpm": 62}).to_string();
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", change.len());
    assert!(proxy.ask("POST /api/v1/control", &headers, &change).status().starts_with('2'));
    let session: Value = serde_json::from_slice(&proxy.get("/api/v1/sessions/main", "").body).unwrap();
    assert_eq!(session["changes"], 1);
    // Of this one only the beginning is read: nginx waits a while for the body that does not come.
    let mut long = proxy.connect();
    write!(long, "POST /api/v1/control HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 100000\r\n\r\n").unwrap();
    let mut begin = [0; 12];
    long.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 413");

    // Without TLS there is only the way to it.
    let mut plain = TcpStream::connect(("127.0.0.1", proxy.http)).unwrap();
    write!(plain, "GET /?relay&session=night HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    plain.read_to_end(&mut bytes).unwrap();
    let answer = Answer::of(&bytes);
    assert_eq!(answer.status(), "308");
    assert_eq!(answer.header("location"), format!("https://{NAME}/?relay&session=night"));

    assert!(relay.signal("-TERM").success());
    assert_eq!(proxy.get(HEALTH_PATH, "").status(), "502");
}

#[test]
fn sessions_are_heard_and_steered_through_it() {
    let Some(programs) = Programs::find() else { return };
    let mut relay = Relay::start();
    let proxy = Proxy::start(programs, &relay);

    let mut listener = proxy.listen("?session=main&transport=json").unwrap();
    let mut next = hear(&mut listener, "audio")["chunk_index"].as_u64().unwrap();
    for _ in 0..20 {
        next += 1;
        assert_eq!(hear(&mut listener, "audio")["chunk_index"], next, "no chunk is missing");
    }
    let mut other = proxy.listen("?transport=score").unwrap();
    hear(&mut other, "session");
    other.send(Message::text(json!({"type": "control", "bpm": 62}).to_string())).unwrap();
    assert_eq!(hear(&mut other, "change")["change"]["bpm"].as_f64(), Some(62.0));
    for socket in [&mut other, &mut listener] {
        hear(socket, "generation_update");
    }
    assert_eq!(proxy.listen("?session=nowhere").err(), Some(404));
    assert!(proxy.get("/ws/stream", "").status().starts_with('4'));

    // As many as an address may have, and not one more.
    let more: Vec<_> = (2..MOST_STREAMS).map(|_| proxy.listen("?transport=score").unwrap()).collect();
    assert_eq!(proxy.listen("?transport=score").err(), Some(429));
    drop(more);

    assert!(relay.signal("-TERM").success());
    for mut socket in [listener, other] {
        let code = loop {
            if let Message::Close(frame) = socket.read().unwrap() {
                break u16::from(frame.unwrap().code);
            }
        };
        assert_eq!(code, 1012);
    }
}

#[test]
fn the_proxy_waits_longer_than_the_relay() {
    let seconds = |name: &str| {
        let line = CONFIGURATION.lines().map(str::trim).find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].trim().trim_end_matches("s;").parse::<u32>().unwrap()
    };
    // The relay lets go of who is silent for 60 s, and looks every 30 s.
    for name in ["proxy_read_timeout", "proxy_send_timeout"] {
        assert!(seconds(name) > 90, "{name}");
    }
}

#[test]
fn the_image_can_ask_how_the_relay_is() {
    let Some(bash) = found("bash", "--version") else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/health.sh");
    let mut relay = Relay::start();
    let port = relay.port.to_string();
    let well = || {
        let mut command = Command::new(&bash);
        command.arg(script).env("AURALIS_PORT", &port).stderr(Stdio::null());
        command.status().unwrap().success()
    };
    assert!(well());
    assert!(relay.signal("-TERM").success());
    assert!(!well());
}
