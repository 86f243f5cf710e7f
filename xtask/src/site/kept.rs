//! Files that were built to the same bytes keep their time, so that the relay, which has the page in it, is not built anew for them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::weight;
use crate::paths;

/// What was there before, and since when.
pub(super) struct Times(BTreeMap<String, (Vec<u8>, SystemTime)>);

impl Times {
    /// Of a folder, which may be missing.
    pub(super) fn of(folder: &Path) -> Self {
        let file = |name: String| {
            let path = folder.join(&name);
            let since = path.metadata().and_then(|about| about.modified());
            Some((name, (fs::read(&path).ok()?, since.ok()?)))
        };
        Self(weight::files(folder).unwrap_or_default().into_iter().filter_map(file).collect())
    }

    /// Gives files that are the same their old time again. Where there was nothing, the relay's build script is to look again.
    pub(super) fn keep(self, folder: &Path) -> Result<()> {
        for (name, (bytes, since)) in &self.0 {
            let path = folder.join(name);
            if fs::read(&path).is_ok_and(|now| now == *bytes) {
                touch(&path, *since)?;
            }
        }
        if self.0.is_empty() {
            touch(&paths::root().join("relay/build.rs"), SystemTime::now())?;
        }
        Ok(())
    }
}

fn touch(path: &Path, time: SystemTime) -> Result<()> {
    let file = File::options().write(true).open(path);
    let touched = file.and_then(|file| file.set_modified(time));
    touched.with_context(|| format!("cannot set the time of {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_the_same_keeps_its_time() {
        let folder = std::env::temp_dir().join(format!("auralis-kept-{}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).unwrap();
        let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for name in ["same", "sub/same", "other", "gone"] {
            fs::write(folder.join(name), name).unwrap();
            touch(&folder.join(name), past).unwrap();
        }
        let before = Times::of(&folder);
        for name in ["same", "sub/same", "new"] {
            fs::write(folder.join(name), name).unwrap();
        }
        fs::write(folder.join("other"), "changed").unwrap();
        fs::remove_file(folder.join("gone")).unwrap();
        before.keep(&folder).unwrap();
        let is_old = |name: &str| folder.join(name).metadata().unwrap().modified().unwrap() == past;
        assert_eq!(["same", "sub/same", "other", "new"].map(is_old), [true, true, false, false]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
