//! docs/listening.md.

use std::fmt::{self, Write};

use auralis_engine::settings::LAYERS;

use super::study::{SILENCE, SOUNDING, Study};

/// Writes the page. The pictures lie in `pictures` beside it, each named after its preset.
///
/// # Errors
/// Never: a string takes it all.
pub fn write(studies: &[Study], seed: u64, pictures: &str) -> Result<String, fmt::Error> {
    let mut page = String::new();
    let Some(first) = studies.first() else { return Ok(page) };
    writeln!(page, "# Listening\n")?;
    writeln!(
        page,
        "Every preset, seed {seed}, the first {} minutes, measured. `cargo xtask listening` writes this page and its pictures.\n",
        first.length / 60
    )?;
    writeln!(page, "## Levels\n")?;
    writeln!(
        page,
        "Loudness by ITU-R BS.1770 with EBU R 128's gate (wanted: -20 to -16 LUFS), short-term loudness (3 s windows) from its 5th to its 95th \
         percentile, true peak (wanted: at most -1 dBTP), peak over RMS, direct component (wanted: below -60 dBFS), the centre of the spectrum's \
         power, the longest time below {SILENCE} dBFS (wanted: at most 4 s), and the greatest change of short-term loudness from one second to the next \
         where a movement begins and elsewhere.\n"
    )?;
    writeln!(
        page,
        "| preset | LUFS | short-term | dBTP | crest dB | DC dBFS | centre Hz | silence s | change LU at seams / elsewhere |"
    )?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for study in studies {
        let levels = &study.levels;
        writeln!(
            page,
            "| {} | {:.1} | {:.1} to {:.1} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} | {:.1} / {:.1} |",
            study.preset.name(),
            levels.integrated,
            levels.percentile(0.05),
            levels.percentile(0.95),
            levels.true_peak,
            levels.crest,
            levels.direct,
            study.centroid,
            study.silence,
            study.changes[0],
            study.changes[1],
        )?;
    }
    writeln!(page, "\n## Layers\n")?;
    writeln!(
        page,
        "The level of each layer before the master, in dBFS RMS over the seconds in which it sounds (above {SOUNDING} dBFS), and in brackets in how many \
         percent of all seconds that is. The last column: in how many percent of all seconds at least three layers sound (wanted: 90).\n"
    )?;
    let header: Vec<&str> = first.parts.iter().map(|part| part.name).collect();
    writeln!(page, "| preset | {} | three or more |", header.join(" | "))?;
    writeln!(page, "| --- |{}", " --- |".repeat(header.len() + 1))?;
    for study in studies {
        let cells: Vec<String> = study
            .parts
            .iter()
            .map(|part| {
                if part.share > 0.0 {
                    format!("{:.0} ({:.0})", part.level, part.share * 100.0)
                } else {
                    "-".into()
                }
            })
            .collect();
        writeln!(
            page,
            "| {} | {} | {:.0} % |",
            study.preset.name(),
            cells.join(" | "),
            study.three_layers * 100.0
        )?;
    }
    writeln!(page, "\nThe centre of each layer's spectrum, in Hz:\n")?;
    writeln!(page, "| preset | {} |", header.join(" | "))?;
    writeln!(page, "| --- |{}", " --- |".repeat(header.len()))?;
    for study in studies {
        let cells: Vec<String> = study
            .parts
            .iter()
            .map(|part| if part.share > 0.0 { format!("{:.0}", part.centroid) } else { "-".into() })
            .collect();
        writeln!(page, "| {} | {} |", study.preset.name(), cells.join(" | "))?;
    }
    writeln!(page, "\n## Music\n")?;
    writeln!(
        page,
        "Seconds that a chord stays (shortest, mean, longest), notes a minute by layer, and the greatest part of the notes that any two passages of 30 s have in \
         common (same layer, same pitch, within a quarter of a second; wanted: at most 80 %).\n"
    )?;
    let names: Vec<&str> = header[..LAYERS].iter().copied().filter(|name| *name != "noise").collect();
    writeln!(page, "| preset | chord s | {} | alike |", names.join(" | "))?;
    writeln!(page, "| --- | --- |{}", " --- |".repeat(names.len() + 1))?;
    for study in studies {
        let [least, mean, most] = study.written.chord_seconds();
        let notes = study.written.notes_a_minute();
        let cells: Vec<String> = notes
            .iter()
            .zip(&header)
            .filter(|(_, name)| **name != "noise")
            .map(|(notes, _)| format!("{notes:.1}"))
            .collect();
        writeln!(
            page,
            "| {} | {least:.0}, {mean:.0}, {most:.0} | {} | {:.0} % |",
            study.preset.name(),
            cells.join(" | "),
            study.written.similarity(30.0, 0.25) * 100.0
        )?;
    }
    writeln!(page, "\n## Pictures\n")?;
    writeln!(
        page,
        "Above: the spectrogram, 30 Hz to 16 kHz, over 80 dB. Below it: short-term loudness with lines at -16, -20 and -30 LUFS, then the layers' levels, black at \
         {SOUNDING} dBFS. Minutes along the bottom. Dotted: where a movement begins."
    )?;
    for study in studies {
        let name = study.preset.name();
        writeln!(
            page,
            "\n### {name}\n\n{}\n\n![Spectrogram, loudness and layers of {name}]({pictures}/{name}.png)",
            study.preset.description()
        )?;
    }
    Ok(page)
}
