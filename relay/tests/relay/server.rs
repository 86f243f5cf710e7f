//! The real program, over real sockets on this machine.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use auralis_protocol::{HEALTH_PATH, Health, HealthStatus};

use crate::support::{HASHED, Relay, SECRET, fails, folder_with_site, header, program, unpacked};

#[cfg(unix)]
#[test]
fn a_closed_standard_error_stops_nothing() {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let folder = folder_with_site();
    let mut command = program(folder.path());
    command.stderr(closed());
    let mut relay =
        Relay::start_just(command, folder, &["--host", "127.0.0.1", "--port", "0", "--log-level", "trace"]);
    assert_eq!(relay.get(HEALTH_PATH, &[]).status(), 200);
    // That, too, is logged.
    assert!(relay.signal("-TERM").success());

    let nowhere = tempfile::tempdir().unwrap();
    let status = program(nowhere.path()).args(["--port", "http"]).stderr(closed()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn health_says_which_relay_it_is() {
    let relay = Relay::start();
    let mut response = relay.get(HEALTH_PATH, &[]);
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(header(&response, "cache-control"), "no-store");
    let text = response.body_mut().read_to_string().unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["status"], &json["version"]), (&"ok".into(), &env!("CARGO_PKG_VERSION").into()));
    let health: Health = serde_json::from_str(&text).unwrap();
    assert_eq!(health.status, HealthStatus::Ok);
    assert_eq!(health.sound_version, auralis_engine::SOUND_VERSION);
}

#[test]
fn files_have_their_type_and_their_time() {
    let relay = Relay::start();
    let hashed = format!("/{HASHED}");
    let forever = "public, max-age=31536000, immutable";
    for (path, kind, kept) in [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        ("/sub/", "text/html", "no-cache"),
        ("/worklet.js?v=0123456789abcdef", "text/javascript", "no-cache"),
        ("/sw.js?engine=simd", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        (hashed.as_str(), "application/wasm", forever),
    ] {
        let response = relay.get(path, &[]);
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(header(&response, "cache-control"), kept, "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        let policy = header(&response, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.ends_with("; frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(header(&response, "content-encoding"), "");
        let since = header(&response, "last-modified").to_owned();
        assert_eq!(relay.get(path, &[("If-Modified-Since", &since)]).status(), 304, "{path}");
    }
    let mut wasm = relay.get(&hashed, &[]);
    let served = wasm.body_mut().read_to_vec().unwrap();
    assert_eq!(served, fs::read(relay.folder.path().join("dist").join(HASHED)).unwrap());
    let part = relay.get(&hashed, &[("Range", "bytes=0-3")]).body_mut().read_to_vec().unwrap();
    assert_eq!(part, b"\0asm");
}

#[test]
fn files_are_packed_for_who_can_unpack_them() {
    let relay = Relay::start();
    for (path, encoding) in
        [("/worklet.js", "gzip"), ("/worklet.js", "br"), ("/", "gzip"), (&format!("/{HASHED}"), "gzip")]
    {
        let response = relay.get(path, &[("Accept-Encoding", encoding)]);
        assert_eq!(header(&response, "content-encoding"), encoding, "{path}");
        assert!(header(&response, "vary").to_lowercase().contains("accept-encoding"), "{path}");
    }
    let mut worklet = relay.get("/worklet.js", &[("Accept-Encoding", "gzip")]);
    assert_eq!(unpacked(&mut worklet), format!("// {}\n", "a".repeat(2000)));
    let mut packed = relay.get("/packed.js", &[("Accept-Encoding", "gzip")]);
    assert_eq!(header(&packed, "content-type"), "text/javascript");
    assert_eq!(unpacked(&mut packed), "packed");
    assert_eq!(relay.get("/packed.js", &[]).body_mut().read_to_string().unwrap(), "plain");
}

#[test]
fn where_there_is_nothing_it_says_so() {
    let relay = Relay::start();
    for path in ["/nothing.js", "/sub/nothing/", "/api", "/api/v1/nothing", "/auralis-0123456789abcdef.js"] {
        let mut response = relay.get(path, &[]);
        assert_eq!(response.status(), 404, "{path}");
        assert_ne!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(response.body_mut().read_to_string().unwrap(), "There is nothing here.\n", "{path}");
    }
    let url = |path| format!("http://127.0.0.1:{}{path}", relay.port);
    for path in [HEALTH_PATH, "/index.html"] {
        assert_eq!(relay.agent.post(url(path)).send_empty().unwrap().status(), 405, "{path}");
    }
}

#[test]
fn nothing_beside_the_page_can_be_had() {
    let relay = Relay::start();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/sub/../../secret.txt",
        "/sub/%2e%2e/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/%00secret.txt",
        &format!("/{}", relay.folder.path().join("secret.txt").display()),
        &format!("/{}", relay.folder.path().join("secret.txt").display().to_string().replace('/', "%2f")),
    ] {
        let answer = relay.get_raw(path);
        assert!(answer.starts_with("HTTP/1.1 40"), "{path}: {answer}");
        assert!(!answer.contains(SECRET), "{path}");
    }
}

#[test]
fn variables_and_the_env_file_are_read() {
    let folder = folder_with_site();
    fs::rename(folder.path().join("dist"), folder.path().join("page")).unwrap();
    fs::write(folder.path().join(".env"), "AURALIS_SITE=page\nAURALIS_PORT=http\nAURALIS_LOG_LEVEL=debug\n")
        .unwrap();
    let mut command = program(folder.path());
    command.env("AURALIS_HOST", "localhost").env("AURALIS_PORT", "0").env_remove("AURALIS_SITE");
    let relay = Relay::start_with(command, folder, &[]);
    assert_eq!(relay.get("/", &[]).status(), 200);
}

#[test]
fn without_a_page_it_says_how_to_build_one() {
    let folder = tempfile::tempdir().unwrap();
    let (code, message) = fails(program(folder.path()).args(["--port", "0"]));
    assert_eq!(code, 1);
    assert!(message.contains("\"dist\"") && message.contains("cargo xtask build"), "{message}");
}

#[test]
fn the_page_in_the_program_is_served_from_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.env_remove("AURALIS_SITE");
    if auralis_relay::site::Held::built_in().is_none() {
        // Whoever has built it without a page is told how to come by one.
        let (code, message) = fails(command.args(["--host", "127.0.0.1", "--port", "0"]));
        assert_eq!(code, 1);
        assert!(message.contains("without a page") && message.contains("--site (AURALIS_SITE)"), "{message}");
        return;
    }
    let relay = Relay::start_with(command, folder, &["--host", "127.0.0.1", "--port", "0"]);
    let mut page = relay.get("/", &[]);
    assert_eq!((page.status().as_u16(), header(&page, "cache-control")), (200, "no-cache"));
    assert!(page.body_mut().read_to_string().unwrap().contains("Auralis"));
    assert_eq!(header(&relay.get("/", &[("Accept-Encoding", "br")]), "content-encoding"), "br");
}

#[test]
fn a_port_in_use_is_named() {
    let folder = folder_with_site();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let (code, message) = fails(program(folder.path()).args(["--host", "127.0.0.1", "--port", &port]));
    assert_eq!(code, 1);
    assert!(message.contains(&format!("port {port} is already in use")), "{message}");
}

#[cfg(unix)]
#[test]
fn signals_end_it_in_order() {
    for signal in ["-INT", "-TERM"] {
        let mut relay = Relay::start();
        // An idle connection keeps nobody waiting.
        let idle = TcpStream::connect(("127.0.0.1", relay.port)).unwrap();
        let begun = Instant::now();
        assert_eq!(relay.signal(signal).code(), Some(0), "{signal}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        drop(idle);
    }
}
