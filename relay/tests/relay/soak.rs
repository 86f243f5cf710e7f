//! A relay in use: listeners that stay, others that come and go, somebody who steers, and a relay that is killed now and then.
//! At full length (`AURALIS_SOAK=1`) ten minutes, otherwise a tenth of it.

use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use auralis_protocol::frame::Header;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::support::client::{Client, reference};
use crate::support::{Relay, folder_with_site, program};

/// How often the relay is killed.
const KILLS: u32 = 3;
/// The longest time that a listener may be without audio, beyond a restart: the seek, and a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

fn length() -> Duration {
    Duration::from_secs(if std::env::var("AURALIS_SOAK").is_ok_and(|v| v == "1") { 600 } else { 60 })
}

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

/// Connects as soon as there is somebody to connect to.
fn connect(port: u16, query: &str) -> Socket {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Ok((socket, _)) = tungstenite::connect(format!("ws://127.0.0.1:{port}/ws/stream{query}")) {
            let MaybeTlsStream::Plain(stream) = socket.get_ref() else { panic!("no TLS here") };
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            return socket;
        }
        assert!(Instant::now() < until, "nobody answers");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Listens until the end: within a connection no chunk is missing and none comes twice; a connection that breaks is made again, and
/// goes on later in the same session. Gives how many chunks came, and how often it was connected.
fn stay(port: u16, query: &str, over: &AtomicBool) -> (u64, u64) {
    let (mut chunks, mut connections, mut latest) = (0, 0, 0);
    while !over.load(Ordering::Relaxed) {
        let mut socket = connect(port, query);
        connections += 1;
        let mut last = None;
        while !over.load(Ordering::Relaxed) {
            match socket.read() {
                Ok(Message::Binary(bytes)) => {
                    let (header, _) = Header::read(&bytes).unwrap();
                    assert!(
                        last.is_none_or(|last| header.chunk_index == last + 1),
                        "after {last:?}: {header:?}"
                    );
                    assert!(header.chunk_index > latest || last.is_none(), "time goes on");
                    last = Some(header.chunk_index);
                    latest = header.chunk_index;
                    chunks += 1;
                }
                Ok(Message::Close(_)) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }
    (chunks, connections)
}

/// Comes and goes, in every form, until the end; gives how often.
fn come_and_go(port: u16, over: &AtomicBool) -> u64 {
    let mut visits = 0;
    while !over.load(Ordering::Relaxed) {
        let transport = ["opus", "score", "json", "pcm"][(visits % 4) as usize];
        let mut socket = connect(port, &format!("?transport={transport}"));
        for _ in 0..visits % 7 {
            if socket.read().is_err() {
                break;
            }
        }
        visits += 1;
        // Now and then without a word of parting.
        if visits % 3 == 0 {
            let _ = socket.close(None);
        }
        drop(socket);
        thread::sleep(Duration::from_millis(200));
    }
    visits
}

/// Changes the tempo over and over, and gives what was acknowledged.
fn steer(port: u16, over: &AtomicBool, acknowledged: &Mutex<Vec<f64>>) {
    let mut wanted = 0_u32;
    while !over.load(Ordering::Relaxed) {
        let mut socket = connect(port, "?transport=score");
        while !over.load(Ordering::Relaxed) {
            wanted += 1;
            let bpm = 50.0 + f64::from(wanted % 80) + f64::from(wanted / 80 % 10) * 0.1;
            let control = json!({ "type": "control", "bpm": bpm }).to_string();
            if socket.send(Message::text(control)).is_err() {
                break;
            }
            // The update says that it is kept, and comes after the change itself.
            let kept = loop {
                match socket.read() {
                    Ok(Message::Text(text)) => {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        assert_ne!(message["type"], "error", "{message}");
                        if message["type"] == "generation_update" {
                            break true;
                        }
                    }
                    Ok(Message::Close(_)) | Err(_) => break false,
                    Ok(_) => {}
                }
            };
            if !kept {
                break;
            }
            acknowledged.lock().unwrap().push(bpm);
            thread::sleep(Duration::from_secs(2));
        }
    }
}

#[test]
fn soak_a_relay_in_use() {
    let data = tempfile::tempdir().unwrap();
    let start = |port: u16| {
        let folder = folder_with_site();
        let command = program(folder.path());
        let port = port.to_string();
        let arguments = [
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--max-clients",
            "50",
            "--data-dir",
            data.path().to_str().unwrap(),
        ];
        Relay::start_with(command, folder, &arguments)
    };
    let mut relay = start(0);
    let port = relay.port;
    let (over, acknowledged, visits) = (AtomicBool::new(false), Mutex::default(), AtomicU64::new(0));
    thread::scope(|scope| {
        let stayed: Vec<_> = ["?transport=pcm", "?transport=opus"]
            .map(|query| scope.spawn(|| stay(port, query, &over)))
            .into();
        scope.spawn(|| visits.store(come_and_go(port, &over), Ordering::Relaxed));
        scope.spawn(|| steer(port, &over, &acknowledged));
        for _ in 0..KILLS {
            thread::sleep(length() / (KILLS + 1));
            relay.signal("-KILL");
            relay = start(port);
        }
        thread::sleep(length() / (KILLS + 1));
        over.store(true, Ordering::Relaxed);
        for listener in stayed {
            let (chunks, connections) = listener.join().unwrap();
            println!("{chunks} chunks in {connections} connections");
            assert_eq!(connections, u64::from(KILLS) + 1, "only a relay that was killed ended them");
            // Some seconds go by until it is there again.
            let least = length().as_secs() * 10 - u64::from(KILLS + 1) * PATIENCE.as_secs() * 10 / 2;
            assert!(chunks > least, "{chunks}");
        }
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    println!("{} visits, {} changes acknowledged", visits.into_inner(), acknowledged.len());
    // Whatever was acknowledged is in the log, in its order; what was not may be there, too.
    let mut client = Client::connect(&relay, "?transport=score");
    let file = client.session();
    let mut kept =
        file.log.changes().iter().filter_map(|change| change.patch.bpm).map(|bpm| f64::from(bpm.get()));
    for bpm in &acknowledged {
        assert!(kept.any(|kept| (kept - bpm).abs() < 0.01), "{bpm} was acknowledged");
    }
    assert!(acknowledged.len() as u64 > length().as_secs() / 6);
    // And what is heard is that session, to the bit.
    let mut pcm = Client::connect(&relay, "?transport=pcm");
    let bytes = loop {
        if let Message::Binary(bytes) = pcm.message() {
            break bytes;
        }
    };
    let (header, payload) = Header::read(&bytes).unwrap();
    assert!(payload == reference(&file, header.frame, payload.len() / 4), "to the bit");
}
