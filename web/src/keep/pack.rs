//! Samples as the bytes of one file, or of several in a ZIP.
//!
//! The files grow side by side. Their bytes are handed on in pieces as they come, so that little is held; at the end, what lies around them
//! is laid between.

use super::What;
use auralis_engine::SampleRate;
use auralis_export::archive::{self, Entry};
use auralis_export::wav::Header;
use auralis_export::{Format, stems};

/// Takes what is ready: a file's number, and its bytes.
pub type HandOn<'a, E> = &'a mut dyn FnMut(usize, &[u8]) -> Result<(), E>;

/// The bytes of a file that are handed on at once: few calls, and little to hold.
const PIECE: usize = 1 << 20;

/// Files that are being made.
pub struct Pack {
    format: Format,
    files: Vec<File>,
    zipped: bool,
}

struct File {
    entry: Entry,
    bytes: Vec<u8>,
}

impl Pack {
    /// The files of so many frames: stems in a folder of this name, or the mix.
    #[must_use]
    pub fn new(what: What, format: Format, folder: &str, rate: SampleRate, frames: u64) -> Self {
        let header = Header::new(format, rate, frames).bytes(frames);
        let file = |name: String| {
            let mut file = File { entry: Entry::new(name), bytes: Vec::with_capacity(PIECE + PIECE / 8) };
            file.bytes.extend(&header);
            file
        };
        let zipped = matches!(what, What::Stems(_));
        let files = if zipped {
            stems::names().map(|name| file(format!("{folder}/{name}.wav"))).collect()
        } else {
            vec![file(String::new())]
        };
        Self { format, files, zipped }
    }

    /// How many files there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The next frames of each file, interleaved, are taken out of `samples`. What is ready is handed on: the file's number and its bytes.
    ///
    /// # Errors
    /// What `hand_on` says.
    pub fn take<E>(&mut self, samples: &mut [Vec<f32>], hand_on: HandOn<'_, E>) -> Result<(), E> {
        for (n, (file, samples)) in self.files.iter_mut().zip(samples).enumerate() {
            self.format.encode(samples, &mut file.bytes);
            samples.clear();
            if file.bytes.len() >= PIECE {
                file.hand_on(n, self.zipped, hand_on)?;
            }
        }
        Ok(())
    }

    /// Hands on the rest, and gives what lies around the files: before each, and after the last.
    ///
    /// # Errors
    /// What `hand_on` says, or in a sentence that the files make no ZIP.
    pub fn finish<E: From<String>>(
        mut self,
        unix_seconds: i64,
        hand_on: HandOn<'_, E>,
    ) -> Result<Vec<Vec<u8>>, E> {
        for (n, file) in self.files.iter_mut().enumerate() {
            file.hand_on(n, self.zipped, hand_on)?;
        }
        if !self.zipped {
            return Ok(vec![Vec::new(); self.files.len() + 1]);
        }
        let entries: Vec<_> = self.files.into_iter().map(|file| file.entry).collect();
        archive::frame(&entries, unix_seconds).map_err(|error| error.to_string().into())
    }
}

impl File {
    fn hand_on<E>(&mut self, number: usize, zipped: bool, hand_on: HandOn<'_, E>) -> Result<(), E> {
        if zipped {
            self.entry.take(&self.bytes);
        }
        hand_on(number, &self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of two seconds and a bit.
    fn packed(what: What, format: Format) -> (Vec<Vec<u8>>, Vec<Vec<u8>>, usize) {
        let frames = 100_000;
        let mut pack = Pack::new(what, format, "folder", SampleRate::Hz44100, frames);
        let mut files = vec![Vec::new(); pack.count()];
        let mut pieces = 0;
        let mut keep = |n: usize, bytes: &[u8]| -> Result<(), String> {
            files[n].extend(bytes);
            pieces += 1;
            Ok(())
        };
        for part in 0..100 {
            let mut samples: Vec<_> =
                (0..pack.count()).map(|n| vec![(n * 100 + part) as f32 / 1e4; 2000]).collect();
            pack.take(&mut samples, &mut keep).unwrap();
            assert!(samples.iter().all(Vec::is_empty));
        }
        let around = pack.finish(0, &mut keep).unwrap();
        (files, around, pieces)
    }

    fn samples(file: &[u8]) -> Vec<f32> {
        hound::WavReader::new(file).unwrap().samples().map(Result::unwrap).collect()
    }

    #[test]
    fn the_mix_is_a_file_by_itself() {
        let (files, around, pieces) = packed(What::Wav(Format::Float32), Format::Float32);
        assert_eq!((files.len(), around), (1, vec![Vec::new(); 2]));
        assert!(files[0].len() > 2 * PIECE / 3 && pieces <= 2, "{pieces}");
        let samples = samples(&files[0]);
        assert_eq!((samples.len(), samples[0], samples[199_999]), (200_000, 0.0, 99.0 / 1e4));
    }

    #[test]
    fn stems_are_laid_into_a_zip() {
        let (files, around, _) = packed(What::Stems(Format::Float32), Format::Float32);
        assert_eq!((files.len(), around.len()), (8, 9));
        for (n, file) in files.iter().enumerate() {
            assert_eq!(samples(file)[0], n as f32 / 100.0);
        }
        let zip: Vec<u8> = around
            .iter()
            .zip(files.iter().chain([&Vec::new()]))
            .flat_map(|(a, b)| [a, b])
            .flatten()
            .copied()
            .collect();
        assert_eq!(zip[..4], *b"PK\x03\x04");
        let names = String::from_utf8_lossy(&around[8]).into_owned();
        assert!(names.contains("folder/drone.wav") && names.contains("folder/space.wav"));
    }

    #[test]
    fn whoever_takes_the_bytes_may_refuse() {
        let mut pack = Pack::new(What::Wav(Format::Int16), Format::Int16, "", SampleRate::Hz44100, 1 << 20);
        let mut full = |_: usize, _: &[u8]| Err("full".to_owned());
        assert_eq!(pack.take(&mut [vec![0.0; 1 << 20]], &mut full), Err("full".into()));
        assert!(pack.finish(0, &mut full).is_err());
    }
}
