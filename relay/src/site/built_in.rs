//! The page that is in the program: the files of `dist/` as they were when it was built, served as a folder's are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io::{self, Cursor, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use rust_embed::Embed;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

#[derive(Embed)]
#[folder = "../dist/"]
#[allow_missing = true]
struct Dist;

/// Files that are held in memory, by their path with slashes.
#[derive(Clone, Default)]
pub struct Held(Arc<BTreeMap<String, HeldFile>>);

#[derive(Clone)]
struct HeldFile {
    bytes: Cow<'static, [u8]>,
    modified: Option<SystemTime>,
}

impl Held {
    /// The page in this program; nothing if it was built without one.
    pub fn built_in() -> Option<Self> {
        let file = |name: Cow<'static, str>| {
            let file = Dist::get(&name)?;
            let since = file.metadata.last_modified().map(Duration::from_secs);
            let modified = since.map(|since| SystemTime::UNIX_EPOCH + since);
            Some((name.into_owned(), HeldFile { bytes: file.data, modified }))
        };
        let held = Self(Arc::new(Dist::iter().filter_map(file).collect()));
        held.0.contains_key("index.html").then_some(held)
    }

    fn find(&self, path: &Path) -> io::Result<Found> {
        let parts: Vec<_> =
            path.iter().filter_map(|part| part.to_str()).filter(|part| *part != ".").collect();
        let name = parts.join("/");
        if let Some(file) = self.0.get(&name) {
            return Ok(Found::File(file.clone()));
        }
        let inside = if name.is_empty() { String::new() } else { name + "/" };
        let first = self.0.range(inside.clone()..).next();
        match first {
            Some((other, _)) if other.starts_with(&inside) => Ok(Found::Folder),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

enum Found {
    File(HeldFile),
    Folder,
}

impl Backend for Held {
    type File = Open;
    type Metadata = About;
    type OpenFuture = Ready<io::Result<Open>>;
    type MetadataFuture = Ready<io::Result<About>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        ready(match self.find(&path) {
            Ok(Found::File(file)) => Ok(Open { about: About::of(&file), bytes: Cursor::new(file.bytes) }),
            Ok(Found::Folder) => Err(io::ErrorKind::NotFound.into()),
            Err(error) => Err(error),
        })
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        ready(self.find(&path).map(|found| match found {
            Found::File(file) => About::of(&file),
            Found::Folder => About { folder: true, len: 0, modified: None },
        }))
    }
}

/// What is known of a file, or of a folder.
#[derive(Clone, Copy)]
pub struct About {
    folder: bool,
    len: u64,
    modified: Option<SystemTime>,
}

impl About {
    fn of(file: &HeldFile) -> Self {
        Self { folder: false, len: file.bytes.len() as u64, modified: file.modified }
    }
}

impl Metadata for About {
    fn is_dir(&self) -> bool {
        self.folder
    }

    fn modified(&self) -> io::Result<SystemTime> {
        self.modified.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// A file that is read.
pub struct Open {
    about: About,
    bytes: Cursor<Cow<'static, [u8]>>,
}

impl File for Open {
    type Metadata = About;
    type MetadataFuture<'a> = Ready<io::Result<About>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(self.about))
    }
}

impl AsyncRead for Open {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_read(context, buffer)
    }
}

impl AsyncSeek for Open {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.bytes).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.bytes).poll_complete(context)
    }
}

#[cfg(test)]
impl Held {
    /// The files of a folder, as if they were in the program.
    pub(super) fn read(folder: &Path) -> Self {
        fn add(files: &mut BTreeMap<String, HeldFile>, folder: &Path, prefix: &str) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
                if path.is_dir() {
                    add(files, &path, &format!("{name}/"));
                } else {
                    let modified = Some(path.metadata().unwrap().modified().unwrap());
                    files.insert(name, HeldFile { bytes: std::fs::read(&path).unwrap().into(), modified });
                }
            }
        }
        let mut files = BTreeMap::new();
        add(&mut files, folder, "");
        Self(Arc::new(files))
    }
}
