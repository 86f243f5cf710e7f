//! What a site weighs on its way to a listener: every file as gzip makes it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::{self, Size};

/// What a device may fetch at most, icons and all. No device fetches both builds of the engine: not the page, nor its service worker.
const MOST_GZIPPED: u64 = 300_000;

/// What a device with SIMD never fetches.
const OTHER_BUILD: &str = "-plain.wasm";

/// What is fetched only where there is a GPU.
pub(crate) const WITH_GPU: [&str; 3] = ["gpu.js", "gpu_bg.wasm", "textures.js"];

/// Prints what each file weighs, and refuses a site that is too heavy.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let (mut sums, mut spared, mut with_gpu) = ((0, 0), (0, 0), (0, 0));
    report::say(format_args!("{:<44}{:>12}{:>12}", "file", "raw", "gzipped"));
    for path in files(folder)?.into_iter().filter(|path| !path.starts_with(super::DOCUMENTS)) {
        let bytes = fs::read(folder.join(&path)).with_context(|| format!("cannot read {path}"))?;
        let (raw, packed) = (bytes.len() as u64, gzipped(&bytes)?);
        report::say(format_args!("{path:<44}{:>12}{:>12}", Size(raw), Size(packed)));
        sums = (sums.0 + raw, sums.1 + packed);
        if path.ends_with(OTHER_BUILD) {
            spared = (spared.0 + raw, spared.1 + packed);
        }
        if WITH_GPU.contains(&path.as_str()) {
            with_gpu = (with_gpu.0 + raw, with_gpu.1 + packed);
        }
    }
    let fetched = (sums.0 - spared.0 - with_gpu.0, sums.1 - spared.1 - with_gpu.1);
    for (what, (raw, packed)) in [
        ("together", sums),
        ("on a device with SIMD", fetched),
        ("more where there is a GPU, else 0", with_gpu),
    ] {
        report::say(format_args!("{what:<44}{:>12}{:>12}", Size(raw), Size(packed)));
    }
    if fetched.1 > MOST_GZIPPED {
        bail!(
            "a device would fetch {} gzipped, and {} is the most it may be",
            Size(fetched.1),
            Size(MOST_GZIPPED)
        );
    }
    Ok(())
}

/// The paths of all files in a folder, with slashes, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a file's name in the site is not UTF-8")?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?.into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// How many bytes gzip makes of these. What is packed already does not get heavier.
pub(crate) fn gzipped(bytes: &[u8]) -> Result<u64> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?.len().min(bytes.len()) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, noise: usize) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("auralis-weight-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("b.txt"), "b").unwrap();
        fs::write(folder.join("a.txt"), vec![b'a'; 10_000]).unwrap();
        let mut seed = 1u32;
        let noise: Vec<u8> = (0..noise)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect();
        fs::write(folder.join("sub/noise"), noise).unwrap();
        folder
    }

    #[test]
    fn files_of_inner_folders_count() {
        let folder = folder("files", 10);
        assert_eq!(files(&folder).unwrap(), ["a.txt", "b.txt", "sub/noise"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_heavy_site_is_refused() {
        let light = folder("light", 299_000);
        let heavy = folder("heavy", 301_000);
        assert!(check(&light).is_ok());
        assert!(check(&heavy).unwrap_err().to_string().contains("300.0 kB is the most"));
        fs::remove_dir_all(&light).unwrap();
        fs::remove_dir_all(&heavy).unwrap();
    }
}
