//! What the program does, by running it.

mod common;

use common::{Folder, Run};
use std::io::Read;
use std::process::Stdio;

fn wav(folder: &Folder, name: &str) -> (hound::WavSpec, Vec<f32>) {
    let mut reader = hound::WavReader::open(folder.path(name)).unwrap();
    let spec = reader.spec();
    let samples = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32 - 1.0;
            reader.samples::<i32>().map(|s| s.unwrap() as f32 / full).collect()
        }
    };
    (spec, samples)
}

#[test]
fn a_hash_is_the_same_whichever_way_it_is_made() {
    let folder = Folder::new("hash");
    let hash = |more: &[&str]| {
        let text = folder
            .run(&[&["hash", "--seed", "42", "--preset", "sleep", "--seconds", "0.7"], more].concat())
            .text();
        assert!(
            text.len() == 65 && text.ends_with('\n') && text.trim().bytes().all(|b| b.is_ascii_hexdigit())
        );
        text
    };
    let expected = hash(&[]);
    for more in [
        &["--block", "1"][..],
        &["--block", "441"],
        &["--block", "random"],
        &["--simd", "baseline"],
        &["--threads", "1"],
        &["--threads", "3", "--simd", "baseline"],
        &["--from", "0"],
    ] {
        assert_eq!(hash(more), expected, "{more:?}");
    }
    for more in
        [&["--seed", "43"][..], &["--intensity", "0.9"], &["--sample-rate", "48000"], &["--from", "0.1"]]
    {
        let args = [&["hash", "--preset", "sleep", "--seconds", "0.7"], more].concat();
        assert_ne!(folder.run(&args).text(), expected, "{more:?}");
    }
}

#[test]
fn the_file_holds_the_samples_that_are_hashed() {
    let folder = Folder::new("render");
    let session = ["--seed", "3", "--key", "Eb major", "--seconds", "1.5", "--from", "0.5"];
    let render = |more: &[&str]| folder.run(&[&["render"], &session[..], more].concat());
    let run = render(&["-o", "a.wav", "--format", "f32"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.starts_with("auralis: a.wav: seed 3, 1.5 s at "), "{}", run.err);
    let (spec, floats) = wav(&folder, "a.wav");
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 44_100, 32));
    assert_eq!(floats.len(), 3 * 44_100);
    let mut hash = auralis::sink::Hash::default();
    hash.update(&floats);
    let expected = folder.run(&[&["hash"], &session[..]].concat()).text();
    assert_eq!(hash.finish(), expected.trim());

    for (format, bits, error) in [("16", 16, 0.51 / 32_767.0), ("24", 24, 1e-6)] {
        let run = render(&["-o", "b.wav", "--format", format, "--threads", "2"]);
        assert_eq!(run.code, Some(0));
        let (spec, samples) = wav(&folder, "b.wav");
        assert_eq!(spec.bits_per_sample, bits);
        assert!(samples.iter().zip(&floats).all(|(a, b)| (a - b).abs() <= error));
    }
    assert_eq!(folder.names(), ["a.wav", "b.wav"]);

    // Standard output gives the same file.
    let piped = render(&["-o", "-", "--format", "f32"]);
    assert_eq!(piped.code, Some(0));
    assert!(piped.out == folder.read("a.wav"));
}

#[test]
fn stems_are_a_file_for_each_layer_and_one_for_space() {
    let folder = Folder::new("stems");
    let run =
        folder.run(&["render", "--seconds", "0.5", "--stems", "parts", "--format", "f32", "-o", "mix.wav"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for name in ["drone", "pad", "lead", "bell", "grains", "noise", "percussion", "space"] {
        let (spec, samples) = wav(&folder, &format!("parts/{name}.wav"));
        assert_eq!((spec.bits_per_sample, samples.len()), (32, 44_100), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path("parts")).unwrap().count(), 8);
    // Without a mix, too.
    assert_eq!(folder.run(&["render", "--seconds", "0.5", "--stems", "only"]).code, Some(0));
    assert_eq!(folder.names(), ["mix.wav", "only", "parts"]);
}

#[test]
fn a_saved_session_is_the_session() {
    let folder = Folder::new("session");
    folder.write("c.jsonl", "{\"frame\": 22050, \"intensity\": 1, \"layers\": {\"pad\": 0}}\n");
    let options =
        ["--seed", "18446744073709551615", "--preset", "dawn", "--layer", "bell=0.2", "--changes", "c.jsonl"];
    let hash =
        folder.run(&[&["hash", "--seconds", "1", "--save-session", "s.json"], &options[..]].concat()).text();
    assert_eq!(folder.run(&["hash", "--seconds", "1", "--session", "s.json"]).text(), hash);
    let text = String::from_utf8(folder.read("s.json")).unwrap();
    assert!(text.contains("\"18446744073709551615\"") && text.contains("22050"), "{text}");
    // What is said with it overrides it.
    assert_ne!(
        folder.run(&["hash", "--seconds", "1", "--session", "s.json", "--brightness", "0.9"]).text(),
        hash
    );
    assert_ne!(folder.run(&["hash", "--seconds", "1", "--session", "s.json", "--seed", "1"]).text(), hash);
    assert_eq!(folder.names(), ["c.jsonl", "s.json"]);
}

#[test]
fn the_score_as_text_json_and_midi() {
    let folder = Folder::new("score");
    let score = |more: &[&str]| {
        folder.run(&[&["score", "--seed", "6", "--seconds", "200", "--from", "20"], more].concat())
    };
    let text = score(&[]).text();
    assert!(
        text.lines().any(|l| l.contains("chord ")) && text.lines().any(|l| l.contains("movement  1")),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&score(&["--format", "json"]).text()).unwrap();
    let events = json["events"].as_array().unwrap();
    assert_eq!(events.len(), text.lines().count());
    assert_eq!(json["seed"], "6");
    let frames: Vec<_> = events.iter().map(|e| e["frame"].as_u64().unwrap()).collect();
    assert!(frames.is_sorted() && frames[0] >= 882_000 && *frames.last().unwrap() < 220 * 44_100);
    for kind in ["note", "chord", "phrase", "bar", "movement"] {
        assert!(events.iter().any(|e| e["type"] == kind), "{kind}");
    }
    // The file's ending says which.
    assert_eq!(score(&["-o", "a.mid"]).code, Some(0));
    assert_eq!(&folder.read("a.mid")[..4], b"MThd");
    assert_eq!(score(&["-o", "a.json"]).code, Some(0));
    assert!(serde_json::from_slice::<serde_json::Value>(&folder.read("a.json")).unwrap() == json);
    assert_eq!(folder.names(), ["a.json", "a.mid"]);
}

#[test]
fn a_reader_that_has_heard_enough_is_no_error() {
    let folder = Folder::new("pipe");
    for args in [
        &["render", "--seconds", "36000", "--threads", "2", "-o", "-"][..],
        &["score", "--seconds", "100000"],
        &["completions", "bash"],
        &["man"],
    ] {
        let mut child = folder.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let run = Run::of(&child.wait_with_output().unwrap());
        assert!(run.code == Some(0) && run.err.is_empty(), "{args:?}: {run:?}");
    }
}

/// Standard error is a pipe that nobody reads: what goes there is lost, and nothing else.
#[test]
fn a_closed_standard_error_changes_neither_result_nor_code() {
    let folder = Folder::new("deaf");
    folder.write("whole.jsonl", "{\"frame\": 0, \"bpm\": 60}\n");
    folder.write("damaged.jsonl", "{\"frame\": 0, \"bpm\": 60}\n[]\n");
    let hash = folder.run(&["hash", "--seconds", "0.3", "--changes", "whole.jsonl"]).out;
    for (args, code, out) in [
        (&["hash", "--key", "H minor"][..], 2, &[][..]),
        (&["dance"], 2, &[]),
        (&["hash", "--session", "none.json"], 1, &[]),
        (&["hash", "--seconds", "0.3", "--changes", "damaged.jsonl"], 0, &hash),
        (&["render", "--seconds", "0.3", "-o", "a.wav"], 0, &[]),
        (&["play", "--device", "none", "--seconds", "0.3"], 0, &[]),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.command(args).stderr(writer).output().unwrap();
        assert_eq!((output.status.code(), &output.stdout[..]), (Some(code), out), "{args:?}");
    }
    assert_eq!(folder.names(), ["a.wav", "damaged.jsonl", "whole.jsonl"]);
}

#[test]
fn help_man_page_and_completions_know_every_option() {
    let folder = Folder::new("help");
    let help = folder.run(&["render", "--help"]).text();
    let page = folder.run(&["man", "render"]).text().replace('\\', "");
    for option in auralis_engine::settings::PARAMETERS.iter().filter(|p| !p.name.starts_with("layers.")) {
        for text in [&help, &page] {
            assert!(text.contains(&format!("--{}", option.name)), "{}", option.name);
        }
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = folder.run(&["completions", shell]).text();
        assert!(["intensity", "save-session"].iter().all(|word| text.contains(word)), "{shell}");
        // Where completing values is possible, those too.
        assert!(matches!(shell, "powershell" | "elvish") || text.contains("meditation"), "{shell}");
    }
    assert!(folder.run(&["man"]).text().contains("auralis"));
    assert_eq!(folder.run(&["man", "--dir", "pages"]).code, Some(0));
    for page in [
        "auralis",
        "auralis-play",
        "auralis-render",
        "auralis-batch",
        "auralis-score",
        "auralis-hash",
        "auralis-doctor",
    ] {
        assert!(folder.path(&format!("pages/{page}.1")).exists(), "{page}");
    }
    assert!(folder.run(&["--version"]).text().starts_with("auralis 0."));
}

#[test]
fn playing_to_nobody_takes_its_time_and_saves_the_session() {
    let folder = Folder::new("play");
    let run = folder.run(&[
        "play",
        "--device",
        "none",
        "--seconds",
        "0.5",
        "--seed",
        "2",
        "--save-session",
        "s.json",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("seed 2 on no device at 44100 Hz"), "{}", run.err);
    assert!(run.err.contains("played 0:00:00.500 of seed 2"), "{}", run.err);
    assert_eq!(folder.names(), ["s.json"]);
}

#[test]
fn doctor_and_devices_say_what_there_is() {
    let folder = Folder::new("doctor");
    let text = folder.run(&["doctor", "--seconds", "0.5"]).text();
    for part in ["SOUND", "cores", "Sound", "real time", "used"] {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part} is missing in {text}");
    }
    let text = folder.run(&["doctor", "--seconds", "0.5", "--device", "cpu"]).text();
    assert!(text.contains("used           CPU: cpu was asked for"), "{text}");
    let run =
        folder.command(&["doctor", "--seconds", "0.5"]).env("AURALIS_DEVICE", "reduced").output().unwrap();
    let text = Run::of(&run).text();
    assert!(text.contains("used           CPU: reduced was asked for"), "{text}");
    let devices = folder.run(&["devices"]);
    assert!(devices.code == Some(0) || devices.err.contains("no sound device"), "{devices:?}");
}

/// ALSA's null device is a sound card in all but sound.
#[cfg(target_os = "linux")]
#[test]
fn a_sound_card_is_played_on() {
    let folder = Folder::new("card");
    folder.write(".asoundrc", "pcm.!default { type null }\n");
    let run = folder.run(&["play", "--seconds", "0.5", "--seed", "5"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("played 0:00:00.500 of seed 5"), "{}", run.err);
    let text = folder.run(&["doctor", "--seconds", "0.5"]).text();
    assert!(text.contains("the session's own rate"), "{text}");
}

#[cfg(unix)]
mod ctrl_c {
    use super::*;
    use std::process::{Child, Command};
    use std::time::{Duration, Instant};

    /// Sends what Ctrl-C sends, as soon as something is there.
    fn interrupt(child: &Child, ready: impl Fn() -> bool) {
        let began = Instant::now();
        while !ready() {
            assert!(began.elapsed() < Duration::from_secs(60), "it does not begin");
            std::thread::sleep(Duration::from_millis(10));
        }
        let done = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    fn start(folder: &Folder, args: &[&str]) -> Child {
        folder.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    #[test]
    fn leaves_a_whole_file_and_says_so() {
        for threads in ["1", "2"] {
            let folder = Folder::new(&format!("ctrl-c-{threads}"));
            let args =
                ["render", "--seconds", "360000", "--threads", threads, "-o", "a.wav", "--format", "24"];
            let child = start(&folder, &args);
            let part = folder.path(&format!(".a.wav.{}.part", child.id()));
            interrupt(&child, || std::fs::metadata(&part).is_ok_and(|m| m.len() > 100_000));
            let run = Run::of(&child.wait_with_output().unwrap());
            assert_eq!(run.code, Some(130), "{}", run.err);
            assert!(
                run.err.contains("stopped; a.wav holds the first ") && run.err.contains("playable"),
                "{}",
                run.err
            );
            assert_eq!(folder.names(), ["a.wav"]);
            // So long a plan was to be an RF64, which few readers know; what is left of it, all do.
            let (_, samples) = wav(&folder, "a.wav");
            assert!(samples.len() > 10_000);
            assert_eq!(folder.read("a.wav").len(), 104 + 3 * samples.len());
        }
    }

    #[test]
    fn prints_no_hash_of_a_part() {
        let folder = Folder::new("ctrl-c-hash");
        for threads in [&[][..], &["--threads", "2"]] {
            let child = start(&folder, &[&["hash", "--seconds", "360000"], threads].concat());
            interrupt(&child, || {
                std::fs::read_to_string(format!("/proc/{}/status", child.id())).map_or(true, |s| {
                    // Once the handler is there: SIGINT is the second of the caught signals.
                    let caught =
                        s.lines().find_map(|l| l.strip_prefix("SigCgt:")).unwrap_or("0").trim().to_owned();
                    u64::from_str_radix(&caught, 16).unwrap_or(0) & 2 != 0
                })
            });
            let run = Run::of(&child.wait_with_output().unwrap());
            assert_eq!(run.code, Some(130), "{}", run.err);
            assert!(run.out.is_empty() && run.err.contains("none is printed"), "{}", run.err);
        }
    }

    #[test]
    fn ends_playing() {
        let folder = Folder::new("ctrl-c-play");
        let child = start(&folder, &["play", "--device", "none", "--save-session", "s.json"]);
        // Saved once before it begins.
        interrupt(&child, || folder.path("s.json").exists());
        let run = Run::of(&child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(130), "{}", run.err);
    }
}
