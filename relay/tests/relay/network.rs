//! The real program and those who are no good to it: slow ones, silent ones, too many, too large; and pages of other origins.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use auralis_protocol::HEALTH_PATH;
use serde_json::json;
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};

use crate::support::client::Client;
use crate::support::{Relay, fails, folder_with_site, header, program};

const LOCAL: [&str; 4] = ["--host", "127.0.0.1", "--port", "0"];
/// Longer than anything that the relay lets take its time.
const PATIENCE: Duration = Duration::from_secs(90);

fn start(options: &[&str]) -> Relay {
    let folder = folder_with_site();
    let command = program(folder.path());
    Relay::start_with(command, folder, &[&LOCAL[..], options].concat())
}

fn connect(relay: &Relay) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", relay.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// All that comes until the other side ends it, in whatever way.
fn to_the_end(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            panic!("it goes on")
        }
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn ask(relay: &Relay, path: &str, headers: &str) -> String {
    let mut stream = connect(relay);
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    // Who is refused at once may be cut off before all is written.
    let _ = stream.write_all(request.as_bytes());
    to_the_end(stream)
}

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

/// A WebSocket, or the status and the sentence with which it was refused. A proxy on this machine may say for whom.
fn listen(relay: &Relay, forwarded: Option<&str>) -> Result<Socket, (u16, String)> {
    let url = format!("ws://127.0.0.1:{}/ws/stream?transport=score", relay.port);
    let mut request = url.into_client_request().unwrap();
    if let Some(address) = forwarded {
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
    }
    match tungstenite::connect(request) {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let sentence = answer.body().as_deref().unwrap_or_default();
            Err((answer.status().as_u16(), String::from_utf8_lossy(sentence).into_owned()))
        }
        Err(error) => panic!("{error}"),
    }
}

/// Tries until it is so.
fn comes_to(mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn who_dawdles_is_let_go_and_others_go_on() {
    let relay = start(&[]);
    let mut other = Client::connect(&relay, "?transport=score");
    other.hear("session");
    // One sends its request a byte a second, one never sends any, one asks once and never again, one never ends its body.
    let slow = connect(&relay);
    let mut writer = slow.try_clone().unwrap();
    let dripping = thread::spawn(move || {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1000));
        for byte in request.bytes() {
            if writer.write_all(&[byte]).is_err() {
                return true;
            }
            thread::sleep(Duration::from_secs(1));
        }
        false
    });
    let silent = connect(&relay);
    let mut idle = connect(&relay);
    write!(idle, "GET {HEALTH_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut unfinished = connect(&relay);
    write!(
        unfinished,
        "POST /api/v1/control HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    )
    .unwrap();
    let ends = [slow, silent, idle, unfinished].map(|stream| thread::spawn(move || to_the_end(stream)));
    let [slow, silent, idle, unfinished] = ends.map(|end| end.join().unwrap());
    assert!(!slow.contains("200 OK"), "{slow}");
    assert_eq!(silent, "");
    assert!(idle.starts_with("HTTP/1.1 200 OK") && idle.contains("\"status\":\"ok\""), "{idle}");
    assert!(unfinished.starts_with("HTTP/1.1 408"), "{unfinished}");
    assert!(dripping.join().unwrap(), "nobody took its bytes any more");
    // Whoever was there meanwhile still is.
    other.say(&json!({"type": "ping", "client_time": 5}));
    other.hear("pong");
    assert_eq!(relay.get(HEALTH_PATH, &[]).status(), 200);
}

#[test]
fn an_address_has_so_many_connections() {
    // This machine is no proxy here.
    let relay = start(&["--max-clients-per-address", "3", "--trusted-proxies", "none"]);
    let mut sockets: Vec<_> = (0..3).map(|_| listen(&relay, None).unwrap()).collect();
    let (status, sentence) = listen(&relay, None).err().unwrap();
    assert!(status == 429 && sentence.contains("AURALIS_MAX_CLIENTS_PER_ADDRESS"), "{status} {sentence}");
    let answer = ask(&relay, HEALTH_PATH, "X-Forwarded-For: 192.0.2.1\r\n");
    assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 10"), "{answer}");
    // Whoever goes makes room.
    drop(sockets.pop());
    comes_to(|| ask(&relay, HEALTH_PATH, "").starts_with("HTTP/1.1 200"));
    for socket in &mut sockets {
        socket.send(Message::text(json!({"type": "ping", "client_time": 5}).to_string())).unwrap();
    }
}

#[test]
fn a_proxy_says_for_whom_it_asks() {
    let relay = start(&["--max-clients-per-address", "2"]);
    let mut of_one: Vec<_> = (0..2).map(|_| listen(&relay, Some("192.0.2.1")).unwrap()).collect();
    assert_eq!(listen(&relay, Some("192.0.2.1")).err().unwrap().0, 429);
    // What a client says itself stands before what the proxy has seen.
    assert_eq!(listen(&relay, Some("198.51.100.9, 192.0.2.1")).err().unwrap().0, 429);
    let _other = listen(&relay, Some("192.0.2.2")).unwrap();
    assert!(ask(&relay, HEALTH_PATH, "X-Forwarded-For: 192.0.2.1\r\n").starts_with("HTTP/1.1 429"));
    for _ in 0..10 {
        // Each of these is over when it is answered; and the proxy itself, when it asks for nobody, is not counted.
        let answer = ask(&relay, HEALTH_PATH, "X-Forwarded-For: 192.0.2.3\r\n");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("content-length: "), "{answer}");
    }
    let _own: Vec<_> = (0..5).map(|_| listen(&relay, None).unwrap()).collect();
    drop(of_one.pop());
    comes_to(|| listen(&relay, Some("192.0.2.1")).is_ok());
}

#[test]
fn an_endless_answer_holds_its_place() {
    let relay = start(&["--max-clients-per-address", "1"]);
    let forwarded = "X-Forwarded-For: 192.0.2.1\r\n";
    let mut stream = connect(&relay);
    write!(stream, "GET /stream.wav HTTP/1.1\r\nHost: localhost\r\n{forwarded}\r\n").unwrap();
    stream.read_exact(&mut [0; 2000]).unwrap();
    assert!(ask(&relay, HEALTH_PATH, forwarded).starts_with("HTTP/1.1 429"));
    drop(stream);
    comes_to(|| ask(&relay, HEALTH_PATH, forwarded).starts_with("HTTP/1.1 200"));
}

#[test]
fn there_are_so_many_connections_in_all() {
    let mut relay = start(&["--max-connections", "2"]);
    let held = [listen(&relay, None).unwrap(), listen(&relay, None).unwrap()];
    let (status, sentence) = listen(&relay, None).err().unwrap();
    assert!(status == 503 && sentence.contains("try again later"), "{status} {sentence}");
    let [mut first, second] = held;
    drop(second);
    comes_to(|| ask(&relay, HEALTH_PATH, "").starts_with("HTTP/1.1 200"));
    // Those who are left are told that it stops.
    let ending = thread::spawn(move || {
        loop {
            if let Message::Close(frame) = first.read().unwrap() {
                return u16::from(frame.unwrap().code);
            }
        }
    });
    relay.end();
    assert_eq!(ending.join().unwrap(), 1012);
}

#[cfg(unix)]
#[test]
fn the_system_is_asked_for_files_and_may_have_none_left() {
    // One that gets more when it asks, and one that does not.
    for (limits, enough) in [("ulimit -Sn 60", true), ("ulimit -n 60", false)] {
        let folder = folder_with_site();
        let inner = program(folder.path());
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limits} && exec \"$0\" \"$@\"")).arg(inner.get_program());
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let relay = Relay::start_with(command, folder, &[&LOCAL[..], &["--max-connections", "100"]].concat());
        let held: Vec<_> = (0..90).map(|_| connect(&relay)).collect();
        if enough {
            assert!(ask(&relay, HEALTH_PATH, "").starts_with("HTTP/1.1 200"));
        }
        drop(held);
        // Those who were not taken waited.
        comes_to(|| ask(&relay, HEALTH_PATH, "").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn what_is_too_long_is_refused() {
    let relay = start(&[]);
    let url = format!("http://127.0.0.1:{}/api/v1/control", relay.port);
    let long = format!("{{\"bpm\": 60, \"note\": \"{}\"}}", "a".repeat(70_000));
    let post = |body: String| {
        let request = relay.agent.post(&url).header("content-type", "application/json");
        let mut answer = request.send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let (status, told) = post(long.clone());
    assert!(status == 413 && told.contains("allowed: 64 KiB"), "{status} {told}");
    // The same in parts, whose length is not said before.
    let mut stream = connect(&relay);
    write!(
        stream,
        "POST /api/v1/control HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{long}\r\n0\r\n\r\n",
        long.len()
    )
    .unwrap();
    let answer = to_the_end(stream);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(post("{\"bpm\": 60}".into()).0, 200);

    let head = ask(&relay, HEALTH_PATH, &format!("X: {}\r\n", "a".repeat(100_000)));
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 431"), "{head}");

    let mut socket = listen(&relay, None).unwrap();
    // It is told why, if that reaches it before the end does.
    let mut ended = socket.send(Message::text("a".repeat(200_000))).err();
    while ended.is_none() {
        match socket.read() {
            Ok(Message::Close(frame)) => assert_eq!(u16::from(frame.unwrap().code), 1009),
            Ok(_) => {}
            Err(error) => ended = Some(error),
        }
    }
    let by_the_relay = matches!(ended, Some(Error::ConnectionClosed | Error::Io(_) | Error::Protocol(_)));
    assert!(by_the_relay, "{ended:?}");
    assert_eq!(relay.get(HEALTH_PATH, &[]).status(), 200);
}

#[test]
fn pages_of_other_origins_may_what_they_are_allowed() {
    const PAGE: &str = "https://music.example";
    let asked = |relay: &Relay, origin: &str, method: &str| {
        let url = format!("http://127.0.0.1:{}/api/v1/control", relay.port);
        let request =
            relay.agent.options(url).header("Origin", origin).header("Access-Control-Request-Method", method);
        let answer = request.header("Access-Control-Request-Headers", "content-type").call().unwrap();
        ["origin", "methods", "headers"]
            .map(|what| header(&answer, &format!("access-control-allow-{what}")).to_owned())
    };
    let own = start(&[]);
    let answer = own.get(HEALTH_PATH, &[("Origin", PAGE)]);
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, ""));
    assert_eq!(asked(&own, PAGE, "POST")[0], "");

    let some = start(&["--cors-origins", "https://music.example, http://localhost:3000"]);
    for origin in [PAGE, "http://localhost:3000"] {
        let answer = some.get(HEALTH_PATH, &[("Origin", origin)]);
        assert_eq!(header(&answer, "access-control-allow-origin"), origin);
        assert!(header(&answer, "vary").contains("origin"));
        let [allowed, methods, headers] = asked(&some, origin, "DELETE");
        assert_eq!((allowed.as_str(), headers.as_str()), (origin, "authorization,content-type"));
        assert!(methods.contains("DELETE") && methods.contains("POST"), "{methods}");
    }
    for origin in ["https://music.example.evil.example", "http://music.example", "null"] {
        assert_eq!(header(&some.get(HEALTH_PATH, &[("Origin", origin)]), "access-control-allow-origin"), "");
    }

    let all = start(&["--cors-origins", "*"]);
    assert_eq!(header(&all.get(HEALTH_PATH, &[("Origin", PAGE)]), "access-control-allow-origin"), "*");
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

#[test]
fn it_is_watched_at_a_port_of_its_own() {
    let address = free_port().unwrap();
    let relay = start(&["--metrics-port", &address.port().to_string()]);
    let url = format!("http://{address}");
    let health = |url: &str| relay.agent.get(format!("{url}{HEALTH_PATH}")).call().unwrap().status().as_u16();
    assert_eq!(health(&url), 200);
    assert_eq!(health(&format!("http://127.0.0.1:{}", relay.port)), 200);
    for path in ["/", "/api/v1/sessions", "/ws/stream"] {
        assert_eq!(relay.agent.get(format!("{url}{path}")).call().unwrap().status(), 404, "{path}");
    }
}

#[test]
fn a_metrics_port_in_use_is_named() {
    let folder = folder_with_site();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let (code, message) = fails(program(folder.path()).args(LOCAL).args(["--metrics-port", &port]));
    assert_eq!(code, 1);
    assert!(
        message.contains(&format!("port {port} is already in use"))
            && message.contains("AURALIS_METRICS_PORT"),
        "{message}"
    );
}
