//! What is wrong is said in one sentence that names field, value and what is allowed, with an exit code, and nothing half-written is left.

mod common;

use common::Folder;

#[test]
fn values_that_settings_do_not_take() {
    let folder = Folder::new("values");
    for (option, value, allowed) in [
        ("key", "H minor", "\"F# minor\""),
        ("bpm", "39", "40 to 200"),
        ("bpm", "NaN", "40 to 200"),
        ("intensity", "1.1", "0 to 1"),
        ("preset", "techno", "one of focus, meditation, sleep, bright"),
        ("scale", "locrian", "one of aeolian, dorian"),
        ("effects", "perhaps", "true or false"),
        ("quality", "richer", "one of full, reduced, rich"),
        ("seed", "18446744073709551616", "0 to 18446744073709551615"),
        ("seconds", "0", "above 0"),
        ("seconds", "NaN", "above 0"),
        ("from", "-1", "from 0"),
        ("sample-rate", "22050", "44100 or 48000"),
        ("layer", "tuba=1", "one of drone, pad"),
    ] {
        for command in [&["render", "-o", "a.wav"][..], &["hash"], &["score"], &["play"]] {
            let run = folder.run(&[command, &[&format!("--{option}"), value]].concat());
            run.assert_refused(2, &[&format!("{option} cannot be \"{value}\"; allowed: "), allowed]);
        }
    }
    folder
        .run(&["render", "-o", "a.wav", "--threads", "0"])
        .assert_refused(2, &["threads cannot be \"0\"", "1 to 1024"]);
    folder
        .run(&["render", "-o", "a.wav", "--format", "8"])
        .assert_refused(2, &["format cannot be \"8\"", "16, 24, f32"]);
    folder.run(&["hash", "--block", "0"]).assert_refused(2, &["block cannot be \"0\"", "random"]);
    folder.run(&["play", "--volume", "101"]).assert_refused(2, &["volume cannot be \"101\"", "0 to 100"]);
    folder.run(&["doctor", "--device", "tpu"]).assert_refused(2, &["device cannot be \"tpu\"", "vulkan"]);
    let run = folder.command(&["doctor"]).env("AURALIS_DEVICE", "tpu").output().unwrap();
    common::Run::of(&run).assert_refused(2, &["AURALIS_DEVICE cannot be \"tpu\"", "vulkan"]);
    folder.run(&["man", "dance"]).assert_refused(2, &["command cannot be \"dance\"", "render"]);
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn usage_has_code_2() {
    let folder = Folder::new("usage");
    for args in
        [&["render"][..], &["dance"], &["hash", "--tune"], &["hash", "--block", "1", "--threads", "2"], &[]]
    {
        let run = folder.run(args);
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains("Usage"), "{}", run.err);
    }
}

const SESSION: &str = r#"{"auralis": 1, "sound_version": 1, "seed": "5", "sample_rate": 44100, "settings": {"preset": "focus"},
  "changes": [{"frame": 88200, "intensity": 0.8}, {"frame": 132300, "bpm": 50}]}"#;

#[test]
fn session_files_with_something_wrong() {
    let folder = Folder::new("sessions");
    let sound = auralis_engine::SOUND_VERSION;
    let session = SESSION.replace("\"sound_version\": 1", &format!("\"sound_version\": {sound}"));
    let past = session.replace("132300", "100");
    let other = session.replace(&format!("\"sound_version\": {sound}"), "\"sound_version\": 4711");
    for (text, parts) in [
        (past.as_str(), &["frame cannot be 100", "88200"][..]),
        (&other, &["sound_version cannot be 4711", "allowed", "--any-sound"]),
        (&session.replace("focus", "techno"), &["preset cannot be \"techno\"", "allowed: one of focus"]),
        (&session.replace("\"5\"", "5"), &["seed cannot be 5", "decimal string"]),
        (&session.replace("44100,", "8000,"), &["sample_rate cannot be 8000", "44100 or 48000"]),
        (&session[..50], &["not a whole session file"]),
        ("", &["not a whole session file"]),
        ("\u{0}\u{1}", &["not a whole session file"]),
    ] {
        folder.write("s.json", text);
        folder.run(&["hash", "--session", "s.json"]).assert_refused(2, &[&["s.json: "], parts].concat());
    }
    folder
        .run(&["hash", "--session", "none.json"])
        .assert_refused(1, &["cannot read none.json: no such file"]);

    folder.write("s.json", &other);
    let any = folder.run(&["hash", "--seconds", "0.1", "--session", "s.json", "--any-sound"]);
    assert!(any.err.contains("warning") && any.err.contains("4711"), "{}", any.err);
    folder.write("s.json", &session);
    assert_eq!(any.text(), folder.run(&["hash", "--seconds", "0.1", "--session", "s.json"]).text());

    let run = folder.run(&["hash", "--session", "s.json", "--sample-rate", "48000"]);
    run.assert_refused(2, &["sample-rate cannot be \"48000\"; allowed: 44100"]);
    folder.write("c.jsonl", "{\"frame\": 5, \"bpm\": 60}\n");
    let run = folder.run(&["hash", "--session", "s.json", "--changes", "c.jsonl"]);
    run.assert_refused(2, &["c.jsonl: frame cannot be 5", "132300"]);
}

#[test]
fn a_log_is_read_up_to_its_damage() {
    let folder = Folder::new("logs");
    let good = "{\"frame\": 0, \"intensity\": 1}\n{\"frame\": 4410, \"bpm\": 50}\n";
    let hash = |log: &[u8], more: &[&str]| {
        folder.write("c.jsonl", log);
        folder.run(&[&["hash", "--seconds", "0.2", "--changes", "c.jsonl"], more].concat())
    };
    let whole = hash(good.as_bytes(), &[]);
    assert!(whole.err.is_empty());
    for damage in
        ["{\"frame\": 50000, \"bpm", "{\"frame\": 9}\n", "[]\n", "{\"frame\": 99999, \"bpm\": 39}", "\u{1}"]
    {
        let damaged = hash(format!("{good}{damage}").as_bytes(), &[]);
        assert_eq!(damaged.text(), whole.text());
        assert!(damaged.err.contains("warning: c.jsonl, line 3: "), "{}", damaged.err);
        assert!(damaged.err.contains("the 2 changes before it"), "{}", damaged.err);
    }
    assert_eq!(hash(&[good.as_bytes(), &[0xFF, 0xFE]].concat(), &[]).text(), whole.text());

    let other = format!("{{\"sound_version\": 4711}}\n{good}");
    hash(other.as_bytes(), &[]).assert_refused(2, &["c.jsonl: sound_version cannot be 4711", "--any-sound"]);
    let any = hash(other.as_bytes(), &["--any-sound"]);
    assert!(any.text() == whole.text() && any.err.contains("4711"), "{}", any.err);

    // More changes than fit into a movement.
    let many: String = (0..300).map(|n| format!("{{\"frame\": {}, \"bpm\": 60}}\n", n * 8)).collect();
    for more in [&[][..], &["--threads", "2"], &["--threads", "1"]] {
        hash(many.as_bytes(), more).assert_refused(2, &["already 256 changes"]);
    }
    folder.run(&["score", "--changes", "c.jsonl"]).assert_refused(2, &["256 changes"]);
}

#[test]
fn places_that_cannot_be_written() {
    let folder = Folder::new("unwritable");
    std::fs::create_dir(folder.path("dir")).unwrap();
    for (args, target) in [
        (&["render", "--seconds", "1", "-o"][..], "no/such/folder/a.wav"),
        (&["render", "--seconds", "1", "-o"], "dir"),
        (&["score", "-o"], "no/such/folder/a.mid"),
        (&["hash", "--seconds", "1", "--save-session"], "no/such/folder/s.json"),
    ] {
        folder.run(&[args, &[target]].concat()).assert_refused(1, &["cannot write ", target]);
    }
    folder.write("file", "");
    folder.run(&["render", "--seconds", "1", "--stems", "file"]).assert_refused(1, &["cannot write file"]);
    folder.run(&["man", "--dir", "file"]).assert_refused(1, &["cannot write file"]);
    assert_eq!(folder.names(), ["dir", "file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = Folder::new("full");
    for args in [
        &["render", "--seconds", "20", "-o", "/dev/full"][..],
        &["render", "--seconds", "20", "--threads", "2", "-o", "/dev/full"],
        &["score", "-o", "/dev/full", "--format", "midi"],
        &["score", "-o", "/dev/full", "--seconds", "900"],
    ] {
        folder.run(args).assert_refused(1, &["cannot write /dev/full: no space left"]);
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = folder.command(&["render", "--seconds", "5", "-o", "-"]).stdout(full).output().unwrap();
    common::Run::of(&run).assert_refused(1, &["cannot write to standard output: no space left"]);
    assert!(folder.names().is_empty());
}

/// A file that may not grow any further, as on a full disk: in the middle of it, with all that was written before.
#[cfg(unix)]
#[test]
fn a_file_at_its_limit_leaves_nothing() {
    let folder = Folder::new("limit");
    for args in [
        &["render", "--seconds", "20", "-o", "a.wav"][..],
        &["render", "--seconds", "20", "--threads", "2", "-o", "a.wav"],
        &["render", "--seconds", "20", "--stems", "stems", "-o", "a.wav"],
        &["score", "--seconds", "100000", "-o", "a.mid"],
    ] {
        // 300 kB: more than is kept in memory before it's written.
        let limited = folder.command(args);
        let run = std::process::Command::new("sh")
            .args(["-c", "ulimit -f 600 && exec \"$0\" \"$@\""])
            .arg(limited.get_program())
            .args(limited.get_args())
            .current_dir(&folder.0)
            .output()
            .unwrap();
        let run = common::Run::of(&run);
        run.assert_refused(1, &["cannot write ", "file too large"]);
        let left: Vec<_> = folder.names().into_iter().filter(|name| name != "stems").collect();
        assert!(left.is_empty(), "{args:?} leaves {left:?}");
        if let Ok(stems) = std::fs::read_dir(folder.path("stems")) {
            assert_eq!(stems.count(), 0, "{args:?} leaves stems");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_sound_card() {
    // An ALSA without any device, whatever this machine has.
    let folder = Folder::new("no-card");
    folder.write("empty.conf", "");
    let silent = |args: &[&str]| {
        let mut command = folder.command(args);
        // The other: Mesa's Vulkan looks for a display, and complains by itself where a person never logs in.
        command.env("ALSA_CONFIG_PATH", folder.path("empty.conf")).env("NODEVICE_SELECT", "1");
        let run = command.output().unwrap();
        common::Run::of(&run)
    };
    silent(&["play", "--seconds", "1"])
        .assert_refused(1, &["no sound card was found; connect one", "--device"]);
    silent(&["play", "--device", "tuba"]).assert_refused(2, &["device cannot be \"tuba\"; allowed: one of "]);
    let run = silent(&["doctor", "--seconds", "1"]);
    assert!(run.text().contains("Speed") && run.err.is_empty(), "{}", run.err);
}
