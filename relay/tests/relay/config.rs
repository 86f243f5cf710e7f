//! What the real program is told: wrong values, `--check-config`, the example, the log's files.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use auralis_protocol::HEALTH_PATH;

use crate::support::{Relay, fails, folder_with_site, program};

const LOCAL: [&str; 4] = ["--host", "127.0.0.1", "--port", "0"];

/// What it prints when it has nothing to complain of.
fn prints(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn wrong_values_end_it_with_2() {
    let folder = folder_with_site();
    for (name, value, allowed) in [
        ("AURALIS_ENV", "staging", "allowed: development or production"),
        ("AURALIS_HOST", "auralis.example", "allowed: an IP address"),
        ("AURALIS_PORT", "65536", "allowed: a whole number from 0 to 65535"),
        ("AURALIS_SITE", "", "allowed: built-in, or the path of a folder"),
        ("AURALIS_DEVICE", "webgpu", "WebGPU is the browsers' way to a GPU"),
        ("AURALIS_THREADS", "0", "allowed: auto"),
        ("AURALIS_ENABLE_TRANSFORMER", "true", "there is no learned melody model yet"),
        ("AURALIS_ENABLE_SSL", "true", "AURALIS_SSL_CERT_PATH"),
        ("AURALIS_CORS_ORIGINS", "music.example", "allowed: none, *, or origins"),
        ("AURALIS_TRUSTED_PROXIES", "nginx", "allowed: none, loopback"),
        ("AURALIS_MAX_DISK_MB", "0", "allowed: none"),
        ("AURALIS_LOG_LEVEL", "loud", "allowed: off, error"),
        ("AURALIS_LOG_FORMAT", "xml", "allowed: auto, human or json"),
    ] {
        for check in [&[][..], &["--check-config"]] {
            let (code, message) = fails(program(folder.path()).env(name, value).args(check));
            assert_eq!(code, 2);
            let parts = [name, value, allowed];
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }
    let (code, message) = fails(program(folder.path()).args(["--port", "-1"]));
    assert!(code == 2 && message.contains("--port") && message.contains("-1"), "{message}");
    fs::write(folder.path().join(".env"), "AURALIS_PORT\n").unwrap();
    let (code, message) = fails(&mut program(folder.path()));
    assert!(code == 2 && message.contains(".env"), "{message}");
    let unknown = program(folder.path()).arg("--loud").output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}

#[test]
fn help_names_every_variable() {
    let folder = tempfile::tempdir().unwrap();
    // However wide the terminal is.
    let help = prints(program(folder.path()).arg("--help"));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let example = prints(program(folder.path()).arg("--example-env"));
    let names =
        example.lines().filter_map(|line| Some(line.split_once('=')?.0)).filter(|it| !it.starts_with('#'));
    let names: Vec<_> = names.collect();
    assert!(names.len() > 25);
    for name in names {
        let flag = name.trim_start_matches("AURALIS_").to_lowercase().replace('_', "-");
        assert!(help.contains(&format!("[env: {name}]")) && help.contains(&format!("--{flag} ")), "{name}");
    }
}

#[test]
fn what_holds_is_said_without_taking_the_address() {
    let folder = folder_with_site();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fs::write(
        folder.path().join(".env"),
        format!("AURALIS_PORT={port}\nAURALIS_MAX_CLIENTS=3\nAURALIS_PROT=1\n"),
    )
    .unwrap();
    let mut command = program(folder.path());
    command.env("AURALIS_MAX_SESSIONS", "5").args(["--check-config", "--default-key", "Eb major"]);
    let printed = prints(&mut command);
    let line = |name: &str| {
        let line = printed.lines().find(|line| line.split(' ').next() == Some(name)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("AURALIS_PORT"), format!("{port} .env"));
    assert_eq!(line("AURALIS_MAX_CLIENTS"), "3 .env");
    assert_eq!(line("AURALIS_MAX_SESSIONS"), "5 environment");
    assert_eq!(line("AURALIS_DEFAULT_KEY"), "\"Eb major\" flag");
    assert_eq!(line("AURALIS_DATA_DIR"), "data default");
    assert_eq!(line("AURALIS_PROT"), "unknown, and ignored");
    assert!(!folder.path().join("data").exists(), "nothing was begun");

    fs::rename(folder.path().join("dist"), folder.path().join("elsewhere")).unwrap();
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("cargo xtask build"), "{said}");
}

/// Files of the log, by name.
fn logs(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder.join("logs")).into_iter().flatten();
    let mut all: Vec<_> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_log_is_written_to_files_of_which_the_oldest_go() {
    let folder = folder_with_site();
    let work = folder.path().to_owned();
    fs::create_dir(work.join("logs")).unwrap();
    for day in ["2020-01-01", "2020-01-02", "2020-01-03"] {
        fs::write(work.join("logs").join(format!("relay.log.{day}")), "long ago\n").unwrap();
        // Their age is that of the file.
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::write(work.join("logs/other"), "").unwrap();
    let mut command = program(&work);
    command
        .env("AURALIS_ENV", "production")
        .env("AURALIS_LOG_FILE", "logs/relay.log")
        .env("AURALIS_LOG_FILES", "3");
    let mut relay = Relay::start_with(command, folder, &LOCAL);
    assert_eq!(relay.get(HEALTH_PATH, &[]).status(), 200);
    relay.end();
    let logs = logs(&work);
    let names: Vec<_> = logs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["other", "relay.log.2020-01-02", "relay.log.2020-01-03"]);
    assert_eq!(names.len(), 4);
    let today = names[3].strip_prefix("relay.log.2").unwrap();
    assert_eq!(today.len(), "026-01-01".len(), "{today}");
    let lines: Vec<serde_json::Value> =
        logs[3].1.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["fields"]["message"] == "stopped"), "{lines:?}");
}

#[test]
fn a_new_file_of_the_log_begins_in_time() {
    let folder = folder_with_site();
    let work = folder.path().to_owned();
    let mut command = program(&work);
    command.env("AURALIS_LOG_FILE", "logs/relay.log").env("AURALIS_LOG_ROTATION", "minutely");
    let relay = Relay::start_with(command, folder, &[&LOCAL[..], &["--log-level", "debug"]].concat());
    let begun = Instant::now();
    while logs(&work).iter().filter(|(_, text)| !text.is_empty()).count() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(150), "{:?}", logs(&work));
        relay.get(HEALTH_PATH, &[]);
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(logs(&work)[0].0 < logs(&work)[1].0);
}

#[test]
fn a_log_that_cannot_be_written_is_named() {
    let folder = folder_with_site();
    fs::write(folder.path().join("file"), "").unwrap();
    let (code, message) = fails(program(folder.path()).args(LOCAL).args(["--log-file", "file/relay.log"]));
    assert!(
        code == 1 && message.contains("file/relay.log") && message.contains("AURALIS_LOG_FILE"),
        "{message}"
    );
}

#[test]
fn the_log_is_for_people_or_for_programs() {
    for (format, json) in [("human", false), ("json", true)] {
        let folder = folder_with_site();
        let mut command = program(folder.path());
        command.stderr(Stdio::piped());
        let mut relay = Relay::start_just(command, folder, &[&LOCAL[..], &["--log-format", format]].concat());
        let stderr = relay.child.stderr.take().unwrap();
        relay.end();
        let log = std::io::read_to_string(stderr).unwrap();
        assert!(log.contains("stopped"), "{log}");
        assert!(
            log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok() == json),
            "{log}"
        );
    }
}

#[test]
fn new_sessions_are_as_it_was_told() {
    let folder = folder_with_site();
    let options = [
        "--device",
        "reduced",
        "--default-key",
        "Eb major",
        "--default-bpm",
        "61.5",
        "--default-intensity",
        "0.25",
    ];
    let options = [&LOCAL[..], &options, &["--enable-effects", "no", "--sample-rate", "48000"]].concat();
    let command = program(folder.path());
    let relay = Relay::start_with(command, folder, &options);
    let text = relay.get("/api/v1/sessions/main", &[]).body_mut().read_to_string().unwrap();
    let session: serde_json::Value = serde_json::from_str(&text).unwrap();
    let settings = &session["settings"];
    assert_eq!((&settings["key"], &settings["quality"]), (&"Eb major".into(), &"reduced".into()));
    assert_eq!((settings["bpm"].as_f64(), settings["intensity"].as_f64()), (Some(61.5), Some(0.25)));
    assert_eq!((&settings["effects"], &session["sample_rate"]), (&false.into(), &48000.into()));
}

#[test]
fn what_does_not_fit_on_the_disk_is_refused() {
    let folder = folder_with_site();
    let command = program(folder.path());
    let relay = Relay::start_with(
        command,
        folder,
        &[&LOCAL[..], &["--max-disk-mb", "1", "--max-sessions", "100000"]].concat(),
    );
    let url = format!("http://127.0.0.1:{}/api/v1", relay.port);
    let begin = |n: u32| {
        let body = format!("{{\"name\": \"{n:0>60}\"}}");
        let request = relay.agent.post(format!("{url}/sessions")).header("content-type", "application/json");
        let mut answer = request.send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let refused = (0..10_000).map(begin).find(|(status, _)| *status != 201).unwrap();
    assert!(refused.0 == 507 && refused.1.contains("AURALIS_MAX_DISK_MB"), "{refused:?}");
    // Changes need less room, and then have none either.
    let change = |n: u32| {
        let request = relay
            .agent
            .post(format!("{url}/control?session={n:0>60}"))
            .header("content-type", "application/json");
        request
            .send("{\"key\": \"Eb minor\", \"bpm\": 61.25, \"intensity\": 0.123}")
            .unwrap()
            .status()
            .as_u16()
    };
    let status = (0..10_000).map(|n| change(n % 500)).find(|status| *status != 200).unwrap();
    assert_eq!(status, 507);
    assert_eq!(relay.agent.delete(format!("{url}/sessions/{:0>60}", 1)).call().unwrap().status(), 204);
    assert_eq!(begin(1).0, 201, "there is room again");
}
