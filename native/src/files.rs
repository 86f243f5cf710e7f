//! Files that are either whole or not there: each is written beside its target and renamed when it is complete.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const BUFFER: usize = 1 << 18;

/// Makes a limit on the size of files (`ulimit -f`) an error like a full disk. By default the system ends a program that meets it, and a
/// part would be left behind.
pub(crate) fn bear_size_limits() {
    #[cfg(unix)]
    // Where the handler cannot be had, all is as it was.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}

/// A file that comes to its name only when [`WholeFile::keep`] is called; dropped before that, nothing is left of it.
///
/// What exists and is no plain file (a device, a pipe) is written to directly, from the front to the end.
#[derive(Debug)]
pub struct WholeFile {
    target: PathBuf,
    /// Where it is written until it is whole; `None` for a device or a pipe.
    part: Option<PathBuf>,
    out: BufWriter<File>,
}

impl WholeFile {
    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(path: &Path) -> Result<Self> {
        Self::open(path).map_err(|e| Error::writing(path, &e))
    }

    fn open(path: &Path) -> io::Result<Self> {
        // Through a link, what it points to is replaced, not the link.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let exists = std::fs::metadata(&target);
        if exists.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
            return Err(io::Error::other("it is a directory"));
        }
        if let Ok(found) = exists {
            // Also asks whether it may be written: a rename would not care.
            let file = OpenOptions::new().write(true).open(&target)?;
            if !found.is_file() {
                return Ok(Self { target, part: None, out: BufWriter::with_capacity(BUFFER, file) });
            }
        }
        let name = target.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
        let part = target.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&part)?;
        Ok(Self { target, part: Some(part), out: BufWriter::with_capacity(BUFFER, file) })
    }

    /// Where it will be.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Whether [`WholeFile::rewrite`] works.
    #[must_use]
    pub const fn can_rewrite(&self) -> bool {
        self.part.is_some()
    }

    /// Writes over the file's beginning.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn rewrite(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(bytes)?;
        self.out.seek(SeekFrom::End(0)).map(drop)
    }

    /// Gives the file its name: now it is whole.
    ///
    /// # Errors
    /// If what is left cannot be written.
    pub fn keep(mut self) -> Result<()> {
        self.finish().map_err(|e| Error::writing(&self.target, &e))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()?;
        if let Some(part) = &self.part {
            self.out.get_ref().sync_all()?;
            std::fs::rename(part, &self.target)?;
            self.part = None;
        }
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // Nothing more can be done about it here; the name says that it is a part.
            let _ = std::fs::remove_file(part);
        }
    }
}

/// Writes a file by a function, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut file = WholeFile::create(path)?;
    write(&mut file).map_err(|e| Error::writing(path, &e))?;
    file.keep()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("auralis-files-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_comes_to_its_name_when_it_is_whole() {
        let dir = folder("whole");
        let path = dir.join("a.txt");
        std::fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"__ new").unwrap();
        file.flush().unwrap();
        assert!(file.can_rewrite());
        file.rewrite(b"a ").unwrap();
        file.write_all(b"er").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        file.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"a  newer");
        assert_eq!(names(&dir), ["a.txt"]);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn of_a_file_that_fails_nothing_is_left() {
        let dir = folder("fails");
        let path = dir.join("a.txt");
        let error = write_whole(&path, |_| Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "));
        assert!(names(&dir).is_empty());
        assert!(WholeFile::create(&dir).unwrap_err().to_string().ends_with("it is a directory"));
        assert!(WholeFile::create(&dir.join("no/such/file")).is_err());
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_to_and_never_replaced() {
        let file = WholeFile::create(Path::new("/dev/null")).unwrap();
        assert!(!file.can_rewrite());
        file.keep().unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
        let full = write_whole(Path::new("/dev/full"), |out| out.write_all(&[0; 1 << 20]));
        assert_eq!(full.unwrap_err().to_string(), "cannot write /dev/full: no space left on device");
    }
}
