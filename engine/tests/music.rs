//! docs/music.md says what the code does: its tables are read and compared.

use auralis_engine::mapping;
use auralis_engine::math::db;
use auralis_engine::music::{Chord, Colour, Scale, chain};
use auralis_engine::settings::Layer;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/music.md")).unwrap()
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The table after a line: its head and its rows.
fn table<'a>(page: &'a str, after: &str) -> (Vec<&'a str>, Vec<Vec<&'a str>>) {
    let rest = page.split_once(after).unwrap_or_else(|| panic!("docs/music.md has no {after:?}")).1;
    let lines: Vec<&str> =
        rest.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|')).collect();
    (cells(lines[0]), lines[2..].iter().map(|l| cells(l)).collect())
}

#[test]
fn chains_are_as_written() {
    let page = page();
    for scale in Scale::ALL {
        let (head, rows) = table(&page, &format!("\n**{scale}**\n"));
        let count = scale.steps().len();
        assert_eq!((head.len(), rows.len()), (count + 1, count), "{scale}");
        for (degree, row) in rows.iter().enumerate() {
            assert_eq!(row[0], head[degree + 1], "{scale}: rows and columns are the same degrees");
            let written: Vec<f32> = row[1..].iter().map(|c| c.parse().unwrap()).collect();
            assert_eq!(written, chain::row(scale, degree as u8), "{scale}, from {}", row[0]);
            // The numerals of scales of seven notes: upper case where the third is major, with signs before and after.
            if count == 7 {
                let numeral = row[0].trim_start_matches('#').trim_end_matches(['°', '+']);
                let chord = Chord::new(0, scale, degree as u8, Colour::Triad);
                assert_eq!(numeral, chord.numeral(scale), "{scale}");
                assert_eq!(row[0].ends_with('°'), chord.notes() == [0, 3, 6], "{scale}: {}", row[0]);
                assert_eq!(row[0].ends_with('+'), chord.notes() == [0, 4, 8], "{scale}: {}", row[0]);
            }
        }
    }
}

#[test]
fn the_table_of_intensity_is_the_mapping() {
    let page = page();
    let (head, rows) = table(&page, "## What intensity does");
    assert_eq!(head[1..], ["0", "¼", "½", "¾", "1"]);
    let layer = |name: &'static str| {
        let index = Layer::parse(name).unwrap().index();
        move |x: f32| 20.0 * mapping::layer_gain(index, x).log10()
    };
    type Column = Box<dyn Fn(f32) -> f32>;
    let columns: Vec<(&str, f32, Column)> = vec![
        ("a chord stays, s (0: one bar)", 0.05, Box::new(mapping::chord_seconds)),
        ("grains a second", 0.05, Box::new(mapping::grains_a_second)),
        ("chance that a bell's loop strikes", 0.005, Box::new(mapping::bell_chance)),
        ("drone cutoff, Hz", 0.5, Box::new(mapping::drone_cutoff)),
        ("pad cutoff, Hz", 0.5, Box::new(mapping::pad_cutoff)),
        ("lead cutoff, Hz", 0.5, Box::new(mapping::lead_cutoff)),
        ("wind centre, Hz", 0.5, Box::new(mapping::noise_cutoff)),
        ("soft top, Hz", 0.5, Box::new(|x| mapping::top_cutoff(x, 1.0))),
        ("send to the echo", 0.005, Box::new(mapping::echo_send)),
        ("send to the reverb", 0.005, Box::new(mapping::reverb_send)),
        ("drone, dB", 0.01, Box::new(layer("drone"))),
        ("pad, dB", 0.01, Box::new(layer("pad"))),
        ("lead, dB", 0.01, Box::new(layer("lead"))),
        ("bell, dB", 0.01, Box::new(layer("bell"))),
        ("grains, dB", 0.01, Box::new(layer("grains"))),
        ("wind, dB", 0.01, Box::new(layer("noise"))),
        ("percussion, dB", 0.01, Box::new(layer("percussion"))),
        ("melody notes a bar, at most", 0.01, Box::new(mapping::melody_notes)),
        ("chance that each sounds", 0.001, Box::new(mapping::melody_chance)),
        ("onsets lean by up to, ms", 0.05, Box::new(|x| mapping::lean_seconds(x) * 1000.0)),
    ];
    for row in &rows {
        let written: Vec<f32> = row[1..].iter().map(|c| c.parse().unwrap()).collect();
        assert_eq!(written.len(), 5);
        for (i, value) in written.iter().enumerate() {
            let x = i as f32 / 4.0;
            if row[0] == "voices of a chord (whole part)" {
                assert_eq!(*value as usize, mapping::pad_voices(x));
                continue;
            }
            let (_, within, column) = columns.iter().find(|c| c.0 == row[0]).unwrap_or_else(|| {
                panic!("docs/music.md has a row {:?} that no function stands for", row[0])
            });
            let real = column(x);
            assert!(
                (real - value).abs() <= *within,
                "{} at {x}: {value} written, {real} in the code",
                row[0]
            );
        }
    }
    assert_eq!(rows.len(), columns.len() + 1, "every column of the mapping is written down");
    assert!((db(-20.0) - 0.1).abs() < 1e-6);
}
