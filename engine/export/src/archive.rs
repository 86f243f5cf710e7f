//! Several files as one ZIP, stored as they are: samples hardly shrink.
//!
//! The files grow side by side, and only their sizes and checksums are kept here. When they are complete, [`frame`] gives what a ZIP has
//! around them, so that whoever keeps their bytes can lay those in between without reading them again.

use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};
use std::cell::Cell;
use std::io::{self, Write};

/// ZIP's checksum. One table is fast enough, and 15 KiB lighter on its way to a browser than the sixteen that rawzip has.
static CHECKSUM: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// What a ZIP says of a file: its name, its size and its checksum.
#[derive(Clone)]
pub struct Entry {
    name: String,
    size: u64,
    crc: Digest<'static, u32, Table<1>>,
}

impl Entry {
    /// A file without anything in it yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), size: 0, crc: CHECKSUM.digest() }
    }

    /// The file goes on with these bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.crc.update(bytes);
    }
}

/// What comes before each of the files, and after the last: one piece more than there are files. They are dated `unix_seconds`, seconds
/// since 1970 in UTC.
///
/// # Errors
/// If a name is longer than 64 KiB.
pub fn frame(entries: &[Entry], unix_seconds: i64) -> io::Result<Vec<Vec<u8>>> {
    // The zip's writer counts every byte that passes. Those of the files lie elsewhere, so as many others pass in their place.
    static PLACEHOLDER: [u8; 1 << 16] = [0; 1 << 16];
    let within_file = Cell::new(false);
    let piece = Cell::new(0);
    let pieces = vec![Vec::new(); entries.len() + 1];
    let mut zip = ZipArchiveWriter::new(Around { pieces, piece: &piece, within_file: &within_file });
    for entry in entries {
        let file = zip.new_file(&entry.name).compression_method(CompressionMethod::STORE);
        let file = file.last_modified(UtcDateTime::from_unix(unix_seconds));
        let (mut file, _) = file.start().map_err(io::Error::other)?;
        within_file.set(true);
        let mut left = entry.size;
        while left > 0 {
            left -= file.write(&PLACEHOLDER[..left.min(1 << 16) as usize])? as u64;
        }
        within_file.set(false);
        piece.set(piece.get() + 1);
        file.finish(DataDescriptorOutput::new(entry.crc.clone().finalize(), entry.size))
            .map_err(io::Error::other)?;
    }
    Ok(zip.finish().map_err(io::Error::other)?.pieces)
}

/// Keeps what lies around the files.
struct Around<'a> {
    pieces: Vec<Vec<u8>>,
    piece: &'a Cell<usize>,
    within_file: &'a Cell<bool>,
}

impl Write for Around<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.within_file.get() {
            self.pieces[self.piece.get()].extend(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rawzip::ZipArchive;

    #[test]
    fn a_reader_finds_the_files_whole() {
        let files = [("a.wav", vec![7; 200_000]), ("empty.wav", Vec::new()), ("b.wav", b"xyz".to_vec())];
        let mut entries = Vec::new();
        for (name, bytes) in &files {
            let mut entry = Entry::new(*name);
            bytes.chunks(70_000).for_each(|part| entry.take(part));
            entries.push(entry);
        }
        let around = frame(&entries, 1_700_000_000).unwrap();
        assert_eq!(around.len(), files.len() + 1);
        let mut zip = around[0].clone();
        for ((_, bytes), after) in files.iter().zip(&around[1..]) {
            zip.extend(bytes);
            zip.extend(after);
        }
        let archive = ZipArchive::from_slice(&zip).unwrap();
        let mut found = Vec::new();
        for entry in archive.entries() {
            let entry = entry.unwrap();
            let name = String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap();
            assert_eq!(entry.compression_method(), CompressionMethod::STORE);
            let data = archive.get_entry(entry.wayfinder()).unwrap();
            // Reading to the end compares size and checksum.
            let mut bytes = Vec::new();
            io::copy(&mut data.verifying_reader(data.data()), &mut bytes).unwrap();
            found.push((name, bytes));
        }
        assert_eq!(found, files.map(|(name, bytes)| (name.to_owned(), bytes)));
    }
}
