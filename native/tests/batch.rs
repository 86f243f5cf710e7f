//! `auralis batch`: files and tables of voices.

mod common;

use auralis_engine::SampleRate;
use auralis_gpu::batch::{Batch, Sound};
use auralis_gpu::voice::Grid;
use common::Folder;
use std::num::NonZeroUsize;

/// What the library makes of a seed's first voices.
fn rows(seed: u64, count: u64, seconds: f64) -> Vec<f32> {
    let grid = Grid::new(seconds, SampleRate::Hz44100).unwrap();
    let sounds: Vec<_> = (0..count).map(|voice| Sound::random(seed, voice)).collect();
    Batch::new(&grid).rows(&sounds, NonZeroUsize::MIN)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

#[test]
fn wav_files_hold_the_voices_and_the_table_their_parameters() {
    let folder = Folder::new("batch-wav");
    let run = folder.run(&[
        "batch",
        "--count",
        "3",
        "--seconds",
        "0.25",
        "--seed",
        "9",
        "--format",
        "f32",
        "--out",
        "a/b",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let lines: Vec<_> = run.err.lines().collect();
    assert!(lines[0] == "auralis: device: CPU: cpu was asked for", "{}", run.err);
    assert!(lines[1].starts_with("auralis: a/b: 3 voices of seed 9, 0.8 s at "), "{}", run.err);
    let expected = rows(9, 3, 0.25);
    for (voice, row) in expected.chunks(11_025).enumerate() {
        let mut wav = hound::WavReader::open(folder.path(&format!("a/b/voice-{voice:06}.wav"))).unwrap();
        assert_eq!((wav.spec().channels, wav.spec().sample_rate, wav.duration()), (1, 44_100, 11_025));
        assert!(wav.samples::<f32>().map(Result::unwrap).eq(row.iter().copied()));
    }
    let table = String::from_utf8(folder.read("a/b/parameters.csv")).unwrap();
    assert_eq!(table.lines().count(), 4);
    assert!(table.starts_with("voice,seed,adsr_1.attack,") && table.contains("\n2,9,"));
    assert_eq!(std::fs::read_dir(folder.path("a/b")).unwrap().count(), 4);
}

#[test]
fn whole_numbers_have_even_chunks() {
    let folder = Folder::new("batch-24");
    // 2205 samples of three bytes.
    let run = folder.run(&["batch", "--count", "1", "--seconds", "0.05", "--format", "24", "--out", "."]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let file = folder.read("voice-000000.wav");
    assert_eq!(file.len() % 2, 0);
    assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
    assert_eq!(hound::WavReader::new(&file[..]).unwrap().duration(), 2205);
}

#[test]
fn raw_rows_are_the_same_on_any_number_of_threads_and_from_the_table() {
    let folder = Folder::new("batch-raw");
    let expected = rows(4, 5, 0.2);
    for threads in ["1", "3"] {
        let run = folder.run(&[
            "batch",
            "--count",
            "5",
            "--seconds",
            "0.2",
            "--seed",
            "4",
            "--raw",
            "--threads",
            threads,
            "--out",
            threads,
        ]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(floats(&folder.read(format!("{threads}/voices.f32"))) == expected);
    }
    let run = folder.run(&[
        "batch",
        "--parameters",
        "1/parameters.csv",
        "--seconds",
        "0.2",
        "--raw",
        "--out",
        "again",
    ]);
    assert!(run.err.contains("5 voices of a table"), "{}", run.err);
    assert!(folder.read("again/voices.f32") == folder.read("1/voices.f32"));
    assert!(folder.read("again/parameters.csv") == folder.read("1/parameters.csv"));
    assert_eq!(folder.names(), ["1", "3", "again"]);
}

#[test]
fn a_table_may_be_edited() {
    let folder = Folder::new("batch-edited");
    folder.run(&["batch", "--count", "2", "--seconds", "0.1", "--raw", "--out", "a"]);
    let table = String::from_utf8(folder.read("a/parameters.csv")).unwrap();
    let silent: Vec<_> = table.lines().map(|line| line.split(',').collect::<Vec<_>>()).collect();
    let level = silent[0].iter().position(|name| *name == "mixer.vco_1").unwrap();
    let edited: Vec<_> = silent
        .into_iter()
        .enumerate()
        .map(|(i, mut row)| {
            if i == 2 {
                row[level..level + 3].fill("0");
            }
            row.join(",")
        })
        .collect();
    folder.write("edited.csv", edited.join("\n"));
    folder.run(&["batch", "--parameters", "edited.csv", "--seconds", "0.1", "--raw", "--out", "b"]);
    let (before, after) = (floats(&folder.read("a/voices.f32")), floats(&folder.read("b/voices.f32")));
    assert!(after[..4410] == before[..4410] && after[4410..].iter().all(|x| *x == 0.0));
}

/// On whichever adapter this machine has, software too.
#[test]
#[cfg(feature = "gpu")]
fn a_device_makes_the_same_files_within_its_tolerance_and_the_same_table() {
    use auralis_gpu::tolerance::{VOICE, apart};
    let folder = Folder::new("batch-device");
    let run = |out: &str, device: &str, software: &str| {
        let args = [
            "batch",
            "--count",
            "7",
            "--seconds",
            "0.3",
            "--seed",
            "6",
            "--raw",
            "--device",
            device,
            "--out",
            out,
        ];
        let output = folder.command(&args).env("AURALIS_SOFTWARE_GPU", software).output().unwrap();
        let run = common::Run::of(&output);
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.err
    };
    run("cpu", "cpu", "0");
    let said = run("gpu", "gpu", "1");
    assert_eq!(folder.read("cpu/parameters.csv"), folder.read("gpu/parameters.csv"));
    let got = ["cpu", "gpu"].map(|out| floats(&folder.read(format!("{out}/voices.f32"))));
    assert!(got[0] == rows(6, 7, 0.3));
    assert!(apart(&got[0], &got[1]) <= VOICE);
    if said.contains("device: CPU: no adapter") {
        println!("skipped: no adapter");
        assert!(said.contains("auralis: warning: device: CPU: no adapter"), "{said}");
    } else {
        assert!(said.contains(", as gpu was asked for\n"), "{said}");
    }
    let other = run("browser", "webgpu", "1");
    assert!(other.contains("auralis: warning: device: CPU: "), "{other}");
    assert!(floats(&folder.read("browser/voices.f32")) == got[0]);
}

#[test]
fn what_is_wrong_is_said_in_a_sentence_and_leaves_nothing() {
    let folder = Folder::new("batch-wrong");
    let batch = |args: &[&str]| folder.run(&[&["batch", "--out", "out"], args].concat());
    batch(&["--count", "0"])
        .assert_refused(2, &["count cannot be \"0\"; allowed: a whole number from 1 to 1000000000"]);
    batch(&["--count", "1", "--seconds", "0.01"])
        .assert_refused(2, &["seconds cannot be 0.01; allowed: 0.05 to 600"]);
    batch(&["--count", "1", "--seconds", "601"]).assert_refused(2, &["seconds cannot be 601"]);
    batch(&["--count", "1", "--sample-rate", "8000"])
        .assert_refused(2, &["sample-rate cannot be \"8000\"", "44100 or 48000"]);
    batch(&["--count", "1", "--device", "tpu"])
        .assert_refused(2, &["device cannot be \"tpu\"; allowed: auto, gpu"]);
    batch(&["--parameters", "none.csv"]).assert_refused(1, &["cannot read none.csv: no such file"]);
    folder.run(&["batch", "--count", "1", "--seconds", "0.05", "--out", "good"]);
    let good = String::from_utf8(folder.read("good/parameters.csv")).unwrap();
    std::fs::remove_dir_all(folder.path("good")).unwrap();
    let (names, row) = good.split_once('\n').unwrap();
    let (_, rest) = row.split_once(',').unwrap();
    for (text, parts) in [
        (names.into(), &["t.csv: there is no voice in it"][..]),
        (String::new(), &["t.csv: column adsr_1.attack is missing"]),
        (
            good.replace("adsr_2.decay", "decay"),
            &["t.csv: column cannot be \"decay\"", "allowed: voice, seed"],
        ),
        (format!("{names}\n{row}x,{rest}"), &["t.csv: line 3: voice cannot be \"x\"", "a whole number"]),
        (format!("{names}\n{row}0,1"), &["t.csv: it is not a table"]),
        (format!("{names}\n{row}{row}"), &["t.csv: line 3: voice cannot be \"0\"", "each number once"]),
    ] {
        folder.write("t.csv", text);
        batch(&["--parameters", "t.csv"]).assert_refused(2, parts);
    }
    folder.write("file", "");
    folder.run(&["batch", "--count", "1", "--out", "file"]).assert_refused(1, &["cannot write file: "]);
    assert_eq!(folder.names(), ["file", "t.csv"]);
    for usage in
        [&[][..], &["--count", "1", "--raw", "--format", "16"], &["--count", "1", "--parameters", "t.csv"]]
    {
        let run = batch(usage);
        assert!(run.code == Some(2) && run.err.contains("Usage"), "{}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_files_and_their_table() {
    let folder = Folder::new("batch-ctrl-c");
    let mut command = folder.command(&["batch", "--count", "1000000000", "--out", "."]);
    let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let began = std::time::Instant::now();
    while !folder.path("voice-000004.wav").exists() {
        assert!(began.elapsed().as_secs() < 60, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let done = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(done.success());
    let run = common::Run::of(&child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(130), "{}", run.err);
    let table = String::from_utf8(folder.read("parameters.csv")).unwrap();
    let voices = table.lines().count() - 1;
    assert!(run.err.contains(&format!("stopped; . holds the first {voices} voices")), "{}", run.err);
    assert_eq!(folder.names().len(), voices + 1);
    let last = folder.path(&format!("voice-{:06}.wav", voices - 1));
    assert_eq!(hound::WavReader::open(last).unwrap().duration(), 176_400);
}
