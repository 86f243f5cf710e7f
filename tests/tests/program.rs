//! The built programs: `auralis` gives the golden hashes by every way it has, Node's worklet the same ones, and the relay serves the built page.
//!
//! `cargo xtask test` builds them and says where they are (see xtask/src/test/end_to_end.rs). What it does not name is skipped, and said so.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// What a variable of the environment names, if it is there; otherwise says that the test is skipped.
fn named(variable: &str) -> Option<PathBuf> {
    match std::env::var_os(variable).map(PathBuf::from).filter(|p| p.exists()) {
        None => {
            println!("skipped: {variable} does not name anything that is there");
            None
        }
        path => path,
    }
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

/// What a program prints, without the end of line.
fn says(program: &Path, arguments: &[&str]) -> String {
    let output = run(program, arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// The golden hash of this name.
fn golden(name: &str) -> String {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/hashes.txt")).expect("hashes");
    let line = text.lines().find(|l| l.split_once("  ").is_some_and(|(_, n)| n == name));
    line.unwrap_or_else(|| panic!("there is no golden hash called {name}"))[..64].to_owned()
}

/// The options of a golden hash of a preset: 108 tenths of 4410 frames at 48 kHz are not quite ten seconds.
fn of_preset(preset: &str, hz: u32) -> Vec<String> {
    let seconds = if hz == 44_100 { "10" } else { "9.9225" };
    let rate = hz.to_string();
    ["--seed", "42", "--preset", preset, "--sample-rate", &rate, "--seconds", seconds]
        .map(str::to_owned)
        .into()
}

/// Runs a program's command with options, and gives the hash that it prints.
fn hash(program: &Path, first: &[&str], options: &[String]) -> String {
    let all: Vec<&str> = first.iter().copied().chain(options.iter().map(String::as_str)).collect();
    says(program, &all)
}

#[test]
fn the_program_gives_the_golden_hashes() {
    let Some(program) = named("AURALIS_BIN") else { return };
    for preset in ["focus", "meditation", "sleep", "bright", "drift", "dawn", "rain", "abyss"] {
        for hz in [44_100, 48_000] {
            let expected = golden(&format!("{preset} {hz}"));
            assert_eq!(hash(&program, &["hash"], &of_preset(preset, hz)), expected, "{preset} {hz}");
        }
    }
    let focus = of_preset("focus", 44_100);
    let expected = golden("focus 44100");
    for way in [
        &["hash", "--threads", "1"][..],
        &["hash", "--threads", "2"],
        &["hash", "--block", "1"],
        &["hash", "--block", "441"],
        &["hash", "--block", "random"],
        &["hash", "--simd", "baseline"],
    ] {
        assert_eq!(hash(&program, way, &focus), expected, "{way:?}");
    }
    let seed = u64::MAX.to_string();
    let plain = |preset: &str, more: &[&str]| -> Vec<String> {
        let mut options = vec!["--seed", &seed, "--preset", preset, "--seconds", "5"];
        options.extend(more);
        options.into_iter().map(str::to_owned).collect()
    };
    for (name, options) in [
        ("bright, reduced", plain("bright", &["--quality", "reduced"])),
        ("focus, rich", plain("focus", &["--quality", "rich"])),
        ("focus, without effects", plain("focus", &["--effects", "false"])),
        ("dawn, across a movement's boundary", plain("dawn", &["--from", "148"])),
        ("sleep, a year in", plain("sleep", &["--from", "31536000"])),
    ] {
        assert_eq!(hash(&program, &["hash"], &options), golden(name), "{name}");
        assert_eq!(hash(&program, &["hash", "--threads", "2"], &options), golden(name), "{name}, threads");
    }
}

#[test]
fn rendered_files_hold_the_frames_that_are_hashed() {
    let Some(program) = named("AURALIS_BIN") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("focus.wav");
    let out = file.to_str().expect("a name in UTF-8");
    for threads in ["1", "2"] {
        let more = ["render", "--format", "f32", "--threads", threads, "--out", out];
        hash(&program, &more, &of_preset("focus", 44_100));
        let bytes = fs::read(&file).expect("the file is there");
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
        // Chunks, until that of the samples.
        let mut at = 12;
        let data = loop {
            let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().expect("four bytes")) as usize;
            if &bytes[at..at + 4] == b"data" {
                break &bytes[at + 8..at + 8 + length];
            }
            at += 8 + length + length % 2;
        };
        assert_eq!(data.len(), 441_000 * 8);
        let found: String = Sha256::digest(data).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(found, golden("focus 44100"), "{threads} threads");
        fs::remove_file(&file).expect("the file can be removed");
    }
}

#[test]
fn wrong_options_are_refused_in_one_sentence() {
    let Some(program) = named("AURALIS_BIN") else { return };
    for (options, parts) in [
        (&["--key", "H minor"][..], &["key", "H minor", "minor"][..]),
        (&["--bpm", "39"], &["bpm", "39", "40"]),
        (&["--bpm", "NaN"], &["bpm", "NaN", "40"]),
        (&["--intensity", "1.1"], &["intensity", "1.1", "0 to 1"]),
        (&["--preset", "lullaby"], &["preset", "lullaby", "sleep"]),
        (&["--scale", "locrian"], &["scale", "locrian", "dorian"]),
        (&["--seed", "-1"], &["seed", "-1"]),
        (&["--sample-rate", "22050"], &["sample-rate", "22050", "44100"]),
    ] {
        let all: Vec<&str> = ["hash"].iter().chain(options).copied().collect();
        let output = run(&program, &all);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {text}");
        assert!(output.stdout.is_empty());
        for part in parts {
            assert!(text.contains(part), "{options:?}: {text}");
        }
    }
}

/// What a program says, without a word on what else it could be asked, and how it ends.
fn ends(program: &Path, first: &[&str], options: &[&str], folder: &Path) -> (Option<i32>, String, Vec<u8>) {
    let output = Command::new(program)
        .args(first)
        .args(options)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).trim().to_owned(), output.stdout)
}

#[test]
fn node_refuses_what_the_program_refuses_in_the_same_words() {
    let (Some(program), Some(worklet)) = (named("AURALIS_BIN"), named("AURALIS_WORKLET")) else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/worklet/hash.mjs");
    let script = script.canonicalize().expect("the script is there");
    let wasm = worklet.join("auralis-simd.wasm").canonicalize().expect("it is there");
    let node = [script.to_str().expect("UTF-8"), "--wasm", wasm.to_str().expect("UTF-8")];
    let work = tempfile::tempdir().expect("a temporary folder");
    let both = |options: &[&str]| {
        let native = ends(&program, &["hash"], options, work.path());
        (native, ends(Path::new("node"), &node, options, work.path()))
    };

    for options in [
        ["--seed", "18446744073709551616"],
        ["--seed", "-1"],
        ["--seed", "1.5"],
        ["--seed", ""],
        ["--seed", "0x10"],
        ["--key", "H minor"],
        ["--key", "C"],
        ["--scale", "locrian"],
        ["--preset", "lullaby"],
        ["--bpm", "39"],
        ["--bpm", "200.1"],
        ["--bpm", "NaN"],
        ["--bpm", "0x50"],
        ["--bpm", ""],
        ["--intensity", "1.1"],
        ["--intensity", "-0.1"],
        ["--brightness", "inf"],
        ["--space", "2"],
        ["--effects", "perhaps"],
        ["--quality", "richer"],
        ["--layer", "tuba=1"],
        ["--layer", "pad"],
        ["--layer", "pad=2"],
        ["--seconds", "0"],
        ["--seconds", "NaN"],
        ["--seconds", "1e14"],
        ["--from", "-1"],
        ["--from", "1e14"],
        ["--sample-rate", "22050"],
        ["--sample-rate", "x"],
        ["--block", "0"],
        ["--block", "1.5"],
        ["--block", "-3"],
        ["--block", "2000000"],
        ["--session", "none.json"],
    ] {
        let (native, node) = both(&options);
        assert_eq!(native, node, "{options:?}");
        assert!(native.0 != Some(0) && native.2.is_empty(), "{options:?}: {native:?}");
    }
    // What is no option at all, both say in their own way.
    let (native, node) = both(&["--tune", "a"]);
    assert_eq!((native.0, node.0), (Some(2), Some(2)));

    let sound = auralis_engine::SOUND_VERSION;
    let whole = format!(
        "{{\"auralis\": 1, \"sound_version\": {sound}, \"seed\": \"5\", \"sample_rate\": 44100, \"settings\": {{\"preset\": \"focus\"}}, \
         \"changes\": [{{\"frame\": 88200, \"intensity\": 0.8}}, {{\"frame\": 132300, \"bpm\": 50}}]}}"
    );
    let file = work.path().join("s.json");
    for (from, to) in [
        ("\"auralis\": 1, ", ""),
        ("\"auralis\": 1", "\"auralis\": 2"),
        ("\"auralis\": 1", "\"tune\": 3, \"auralis\": 1"),
        (&*format!("\"sound_version\": {sound}"), "\"sound_version\": 4711"),
        ("\"5\"", "5"),
        ("\"5\"", "\"18446744073709551616\""),
        ("44100,", "8000,"),
        ("focus", "techno"),
        ("\"preset\"", "\"mood\""),
        ("{\"preset\": \"focus\"}", "[]"),
        ("{\"preset\": \"focus\"}", "{\"layers\": 1}"),
        ("132300", "100"),
        ("132300", "-1"),
        ("\"frame\": 132300, ", ""),
        ("\"bpm\": 50", "\"bpm\": 39"),
    ] {
        let damaged = whole.replacen(from, to, 1);
        assert_ne!(damaged, whole);
        fs::write(&file, damaged).expect("the file can be written");
        let (native, node) = both(&["--session", "s.json"]);
        assert_eq!(native, node, "{from} as {to}");
        assert!(native.0 == Some(2) && native.1.starts_with("auralis: s.json: "), "{native:?}");
    }
    for cut in [0, 1, 50, whole.len() - 1] {
        fs::write(&file, &whole[..cut]).expect("the file can be written");
        let (native, node) = both(&["--session", "s.json"]);
        for told in [&native, &node] {
            assert!(
                told.0 == Some(2) && told.1.contains("s.json: this is not a whole session file: "),
                "{told:?}"
            );
        }
    }
    fs::write(&file, &whole).expect("the file can be written");
    for options in
        [&["--sample-rate", "48000"][..], &["--seconds", "0.1", "--from", "2.5", "--layer", "pad=0.5"]]
    {
        let (native, node) = both(&[&["--session", "s.json"], options].concat());
        assert_eq!(native, node, "{options:?}");
    }

    let log = work.path().join("c.jsonl");
    let good = "{\"frame\": 0, \"intensity\": 1}\n{\"frame\": 4410, \"bpm\": 50}\n";
    for (text, exact) in [
        (format!("{good}{{\"frame\": 9}}\n{{\"frame\": 9000, \"bpm\": 90}}\n"), true),
        (format!("{good}[]\n"), true),
        (format!("{good}{{\"frame\": 9000, \"bpm\": 39}}\n"), true),
        (format!("{good}{{\"frame\": 9000, \"bpm"), false),
        (format!("{good}\u{1}"), false),
        (format!("{{\"sound_version\": {sound}}}\n\n{good}"), true),
        (format!("{{\"sound_version\": 4711}}\n{good}"), true),
    ] {
        fs::write(&log, &text).expect("the log can be written");
        for more in [&[][..], &["--any-sound"], &["--session", "s.json"]] {
            let (mut native, mut node) =
                both(&[&["--seconds", "0.2", "--changes", "c.jsonl"], more].concat());
            if !exact {
                for told in [&mut native, &mut node] {
                    assert!(more.len() == 2 || told.1.contains("c.jsonl, line 3: "), "{told:?}");
                    // How a line is no JSON, each says in its own way.
                    told.1.clear();
                }
            }
            assert_eq!(native, node, "{text:?}, {more:?}");
        }
    }
}

#[test]
fn node_gives_the_golden_hashes() {
    let Some(folder) = named("AURALIS_WORKLET") else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/worklet/hash.mjs");
    let script = script.to_str().expect("a name in UTF-8");
    let node = Path::new("node");
    for build in ["simd", "plain"] {
        let wasm = folder.join(format!("auralis-{build}.wasm"));
        let wasm = wasm.to_str().expect("a name in UTF-8");
        for (preset, hz) in [("focus", 44_100), ("sleep", 48_000), ("bright", 44_100), ("abyss", 48_000)] {
            let expected = golden(&format!("{preset} {hz}"));
            let first = [script, "--wasm", wasm, "--block", "random"];
            assert_eq!(hash(node, &first, &of_preset(preset, hz)), expected, "{build}, {preset} {hz}");
        }
    }
}

#[test]
fn node_and_the_program_agree_on_a_steered_session() {
    let (Some(program), Some(folder)) = (named("AURALIS_BIN"), named("AURALIS_WORKLET")) else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/worklet/hash.mjs");
    let script = script.to_str().expect("a name in UTF-8");
    let work = tempfile::tempdir().expect("a temporary folder");
    let changes = work.path().join("changes.jsonl");
    let lines = [
        "{\"frame\": 1, \"intensity\": 0.9}",
        "{\"frame\": 44100, \"key\": \"Eb major\", \"bpm\": 120}",
        "{\"frame\": 100001, \"layers\": {\"lead\": 0.25}, \"space\": 0.9}",
        "{\"frame\": 300033, \"quality\": \"reduced\", \"effects\": false}",
        "{\"frame\": 400000, \"preset\": \"sleep\"}",
    ];
    fs::write(&changes, lines.join("\n")).expect("the log can be written");
    let changes = changes.to_str().expect("a name in UTF-8");
    let wasm = folder.join("auralis-simd.wasm");
    let wasm = wasm.to_str().expect("a name in UTF-8");
    for from in ["0", "3.7"] {
        let options: Vec<String> =
            ["--seed", "18446744073709551615", "--preset", "dawn", "--changes", changes, "--from", from]
                .map(str::to_owned)
                .into();
        let native = hash(&program, &["hash"], &options);
        assert_eq!(hash(&program, &["hash", "--threads", "2"], &options), native, "threads, from {from}");
        assert_eq!(hash(Path::new("node"), &[script, "--wasm", wasm], &options), native, "node, from {from}");
    }
}

#[test]
fn the_relay_serves_the_built_page() {
    let (Some(program), Some(site)) = (named("AURALIS_RELAY"), named("AURALIS_DIST")) else { return };
    let work = tempfile::tempdir().expect("a temporary folder");
    // The program alone, in an empty folder; then with a page from elsewhere.
    let alone = work.path().join(program.file_name().expect("a name"));
    fs::copy(&program, &alone).expect("it can be copied");
    let index = fs::read_to_string(site.join("index.html")).expect("a page");
    let other = work.path().join("other");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("index.html"), "another page").expect("it can be written");
    for (option, expected) in [("built-in", index.as_str()), ("other", "another page")] {
        let mut relay = Command::new(&alone)
            .args(["--host", "127.0.0.1", "--port", "0", "--site", option])
            .current_dir(work.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the relay starts");
        let mut line = String::new();
        let stdout = relay.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it is");
        let port: u16 = line.trim().rsplit(':').next().and_then(|p| p.parse().ok()).expect("a port");
        let answers = ["/", "/api/v1/health", "/nothing/there.js"].map(|path| get(port, path));
        // As a browser would have it: every file of the site.
        let files: Vec<_> = if option == "built-in" { files(&site, "") } else { Vec::new() };
        let served: Vec<_> = files.iter().map(|name| get(port, &format!("/{name}"))).collect();
        relay.kill().and_then(|()| relay.wait()).expect("it ends");
        let [page, health, nothing] = answers;
        assert!(page.0.starts_with("HTTP/1.1 200") && page.1 == expected.as_bytes(), "{}", page.0);
        assert!(health.0.starts_with("HTTP/1.1 200"), "{}", health.0);
        assert!(nothing.0.starts_with("HTTP/1.1 404"), "{}", nothing.0);
        for (name, (head, body)) in files.iter().zip(served) {
            assert!(head.starts_with("HTTP/1.1 200"), "{name}: {head}");
            assert!(body == fs::read(site.join(name)).expect("a file"), "{name} is another file");
        }
    }
}

/// The head and the body of what is answered.
fn get(port: u16, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").expect("a head and a body");
    (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec())
}

/// All files of a folder, with slashes.
fn files(folder: &Path, prefix: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_str().expect("a name in UTF-8"));
        if entry.path().is_dir() {
            all.extend(files(&entry.path(), &format!("{name}/")));
        } else {
            all.push(name);
        }
    }
    all
}
