//! The real program with TLS of its own, and a certificate made for the test.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use auralis_protocol::HEALTH_PATH;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::Message;

use crate::support::{Relay, fails, folder_with_site, program};

type Tls = StreamOwned<ClientConnection, TcpStream>;

const FILES: [&str; 6] = ["--enable-ssl", "true", "--ssl-cert-path", "cert.pem", "--ssl-key-path", "key.pem"];
const LOCAL: [&str; 4] = ["--host", "127.0.0.1", "--port", "0"];

/// A key and a certificate for this machine, signed by itself.
fn certificate(folder: &Path, names: [&str; 2]) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join(names[0]), cert.pem()).unwrap();
    fs::write(folder.join(names[1]), signing_key.serialize_pem()).unwrap();
}

fn folder() -> TempDir {
    let folder = folder_with_site();
    certificate(folder.path(), ["cert.pem", "key.pem"]);
    folder
}

fn start(options: &[&str]) -> Relay {
    let folder = folder();
    let command = program(folder.path());
    Relay::start_with(command, folder, &[&LOCAL[..], &FILES, options].concat())
}

/// A connection whose certificate is checked.
fn connect(relay: &Relay, port: u16) -> Tls {
    let mut roots = RootCertStore::empty();
    let file = relay.folder.path().join("cert.pem");
    roots.add(rustls::pki_types::CertificateDer::from_pem_file(file).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

fn get(relay: &Relay, port: u16, path: &str) -> String {
    let mut stream = connect(relay, port);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn page_interface_and_sessions_go_over_tls() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut relay = start(&["--metrics-port", &free.to_string()]);
    let port = relay.port;
    let page = get(&relay, port, "/");
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("<title>Auralis</title>"), "{page}");
    assert!(
        get(&relay, port, "/stream.m3u")
            .contains(&format!("https://localhost:{port}/stream.opus?session=main"))
    );
    assert!(get(&relay, free, HEALTH_PATH).contains("\"status\":\"ok\""));

    let url = format!("wss://localhost:{port}/ws/stream?transport=json");
    let (mut socket, _) = tungstenite::client(url, connect(&relay, port)).unwrap();
    let mut hear = |kind: &str, say: Option<Value>| {
        if let Some(say) = say {
            socket.send(Message::text(say.to_string())).unwrap();
        }
        loop {
            match socket.read().unwrap() {
                Message::Text(text) if text.contains(&format!("\"type\":\"{kind}\"")) => return,
                Message::Close(frame) => {
                    return assert_eq!((kind, u16::from(frame.unwrap().code)), ("close", 1012));
                }
                _ => {}
            }
        }
    };
    for _ in 0..5 {
        hear("audio", None);
    }
    hear("generation_update", Some(json!({"type": "control", "bpm": 62})));

    // Who does not speak TLS gets no answer, and disturbs nobody; nor does who says nothing.
    let silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut plain = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut answer = Vec::new();
    // It may be cut off at any moment.
    let _ = write!(plain, "GET {HEALTH_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    hear("pong", Some(json!({"type": "ping", "client_time": 5})));
    // It is let go.
    silent.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    assert!(matches!((&silent).read(&mut [0; 10]), Ok(0)));

    relay.end();
    if cfg!(unix) {
        hear("close", None);
    }
}

#[cfg(unix)]
#[test]
fn a_renewed_certificate_is_shown_from_then_on() {
    let relay = start(&[]);
    let (folder, port) = (relay.folder.path(), relay.port);
    let hang_up = || {
        let id = relay.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
    };
    let shown = || {
        let mut stream = connect(&relay, port);
        // Fails where it is not the one in the folder.
        let told = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        told.and_then(|()| stream.read_to_end(&mut Vec::new())).is_ok()
    };
    let url = format!("wss://localhost:{port}/ws/stream?transport=score");
    let (mut socket, _) = tungstenite::client(url, connect(&relay, port)).unwrap();
    assert!(shown());
    certificate(folder, ["cert.pem", "key.pem"]);
    assert!(!shown(), "the old one is shown as long as nobody asks");
    hang_up();
    let begun = Instant::now();
    while !shown() {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    // One that cannot be used changes nothing.
    let right = fs::read(folder.join("cert.pem")).unwrap();
    fs::write(folder.join("cert.pem"), "nothing").unwrap();
    hang_up();
    thread::sleep(Duration::from_millis(300));
    fs::write(folder.join("cert.pem"), right).unwrap();
    assert!(shown());
    // Who was connected still is.
    socket.send(Message::text(json!({"type": "ping", "client_time": 5}).to_string())).unwrap();
    while !socket.read().unwrap().into_text().is_ok_and(|text| text.contains("pong")) {}
}

#[test]
fn a_certificate_or_key_that_cannot_be_used_is_named() {
    let folder = folder();
    certificate(folder.path(), ["other.pem", "other-key.pem"]);
    fs::write(folder.path().join("empty.pem"), "nothing\n").unwrap();
    fs::write(
        folder.path().join("broken.pem"),
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for (certificate, key, parts) in [
        ("nowhere.pem", "key.pem", ["\"nowhere.pem\"", "AURALIS_SSL_CERT_PATH"]),
        ("empty.pem", "key.pem", ["\"empty.pem\" (there is none in it)", "AURALIS_SSL_CERT_PATH"]),
        ("broken.pem", "key.pem", ["\"broken.pem\"", "AURALIS_SSL_CERT_PATH"]),
        ("key.pem", "key.pem", ["\"key.pem\" (there is none in it)", "AURALIS_SSL_CERT_PATH"]),
        ("cert.pem", "nowhere.pem", ["\"nowhere.pem\"", "AURALIS_SSL_KEY_PATH"]),
        ("cert.pem", "cert.pem", ["\"cert.pem\" (there is none in it)", "AURALIS_SSL_KEY_PATH"]),
        (
            "cert.pem",
            "other-key.pem",
            ["\"other-key.pem\"", "is not that of the first certificate in \"cert.pem\""],
        ),
    ] {
        let options = ["--enable-ssl", "true", "--ssl-cert-path", certificate, "--ssl-key-path", key];
        for (check, expected) in [(&[][..], 1), (&["--check-config"], 2)] {
            let output = program(folder.path()).args(LOCAL).args(options).args(check).output().unwrap();
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(expected), "{message}");
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
            assert_eq!(message.lines().count(), 1);
        }
    }
    let (code, message) = fails(program(folder.path()).args(LOCAL).args(["--enable-ssl", "true"]));
    assert!(code == 2 && message.contains("AURALIS_SSL_KEY_PATH"), "{message}");
}
