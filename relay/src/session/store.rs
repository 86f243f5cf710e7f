//! Where sessions are kept: a database in the data folder. What it has acknowledged survives the relay being killed.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use auralis_engine::session::SessionFile;
use auralis_engine::{Change, ChangeLog, Session, Settings};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::clock::Clock;

/// The name of the database in the data folder.
const FILE: &str = "sessions.sqlite";

/// The layout of the tables, as SQLite's `user_version` says it.
const LAYOUT: u32 = 3;

const TABLES: &str = "
    CREATE TABLE sessions (
        name TEXT PRIMARY KEY,
        file TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        host BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE changes (
        session TEXT NOT NULL REFERENCES sessions (name) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        change TEXT NOT NULL,
        PRIMARY KEY (session, place)
    ) STRICT, WITHOUT ROWID;
";

/// What came with the second layout: what was wished for in a session that is relieved of some of it.
const WISHES: &str = "
    CREATE TABLE wishes (
        session TEXT PRIMARY KEY REFERENCES sessions (name) ON DELETE CASCADE,
        settings TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;
";

/// What came with the third layout: whether a session's sound is the relay's alone.
const STREAMS_ONLY: &str = "
    ALTER TABLE sessions ADD COLUMN streams_only INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 3;
";

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What it is called.
    pub name: String,
    /// What it began with.
    pub session: Session,
    /// What was changed since.
    pub log: ChangeLog,
    /// When it began.
    pub clock: Clock,
    /// The hash of its host token, if not everybody may steer it.
    pub host: Option<[u8; 32]>,
    /// What was wished for, if the log says less because the relay had too much to do.
    pub wished: Option<Settings>,
    /// Whether nobody makes its sound but the relay.
    pub streams_only: bool,
}

/// The database.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the database in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// If it can't be made or read, or is of a later version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Folder { folder: folder.display().to_string(), error })?;
        Self::with(Connection::open(folder.join(FILE))?)
    }

    fn with(mut connection: Connection) -> Result<Self, StoreError> {
        // What is committed is on the disk: an acknowledged change is never lost, not even with the power.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let layout: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if layout > LAYOUT {
            return Err(StoreError::Later(layout));
        }
        let transaction = connection.transaction()?;
        if layout < 1 {
            transaction.execute_batch(TABLES)?;
        }
        if layout < 2 {
            transaction.execute_batch(WISHES)?;
        }
        if layout < 3 {
            transaction.execute_batch(STREAMS_ONLY)?;
        }
        transaction.commit()?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// The same, that takes no more than so many bytes of the disk, apart from what is not yet in its place (some MB at most). One that
    /// has more already keeps what it has.
    ///
    /// # Errors
    /// If it can't be used.
    pub fn at_most(self, bytes: Option<u64>) -> Result<Self, StoreError> {
        if let Some(bytes) = bytes {
            let connection = self.connection();
            let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            // SQLite itself then refuses to grow beyond it.
            let pages = (bytes / u64::from(page)).max(1);
            connection.pragma_update_and_check(None, "max_page_count", pages as i64, |_| Ok(()))?;
        }
        Ok(self)
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        // A panic within a statement rolls its transaction back: the connection is as good as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All sessions.
    ///
    /// # Errors
    /// If they can't be read, or one of them is damaged.
    pub fn sessions(&self) -> Result<Vec<Kept>, StoreError> {
        let connection = self.connection();
        let mut sessions =
            connection.prepare("SELECT name, file, epoch, host, streams_only FROM sessions ORDER BY name")?;
        let mut changes =
            connection.prepare("SELECT change FROM changes WHERE session = ? ORDER BY place")?;
        let mut wishes = connection.prepare("SELECT settings FROM wishes WHERE session = ?")?;
        let rows = sessions.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, Option<[u8; 32]>>(3)?,
                row.get::<_, bool>(4)?,
            ))
        })?;
        let mut all = Vec::new();
        for row in rows {
            let (name, file, epoch, host, streams_only) = row?;
            let damaged = |what: String| StoreError::Damaged { name: name.clone(), what };
            // As a link of an older version, a session of an older sound plays on, in the new one.
            let session = SessionFile::parse_any_sound(&file).map_err(|e| damaged(e.to_string()))?.session;
            let mut lines = String::new();
            for change in changes.query_map([&name], |row| row.get::<_, String>(0))? {
                lines.push_str(&change?);
                lines.push('\n');
            }
            let (log, damage) = ChangeLog::parse_lines(&lines).map_err(|e| damaged(e.to_string()))?;
            if let Some(damage) = damage {
                return Err(damaged(damage.to_string()));
            }
            let clock = Clock::new(epoch.unsigned_abs(), session.rate);
            let wished: Option<String> =
                wishes.query_row([&name], |row| row.get(0)).optional().map_err(StoreError::Database)?;
            let wished = wished
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|e| damaged(e.to_string()))?;
            all.push(Kept { name, session, log, clock, host, wished, streams_only });
        }
        Ok(all)
    }

    /// Keeps a new session.
    ///
    /// # Errors
    /// If it can't be written, or there is one of that name.
    pub fn add(&self, kept: &Kept) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let file = SessionFile::new(kept.session, ChangeLog::new()).to_text();
        transaction.execute(
            "INSERT INTO sessions (name, file, epoch, host, streams_only) VALUES (?, ?, ?, ?, ?)",
            params![kept.name, file, kept.clock.epoch() as i64, kept.host, kept.streams_only],
        )?;
        for (place, change) in kept.log.changes().iter().enumerate() {
            insert_change(&transaction, &kept.name, place, change)?;
        }
        Ok(transaction.commit()?)
    }

    /// Keeps a change of a session, as the one at `place` of its log, and what was wished for if that is more than the log says. When this
    /// returns, it is on the disk.
    ///
    /// # Errors
    /// If it can't be written, or the log has one there.
    pub fn append(
        &self,
        name: &str,
        place: usize,
        change: &Change,
        wished: Option<&Settings>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        insert_change(&transaction, name, place, change)?;
        match wished {
            Some(wished) => {
                let text = serde_json::to_string(wished).map_err(StoreError::Json)?;
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO wishes (session, settings) VALUES (?, ?)")?
                    .execute(params![name, text])?;
            }
            None => {
                transaction.prepare_cached("DELETE FROM wishes WHERE session = ?")?.execute([name])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Forgets a session.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM sessions WHERE name = ?", [name])?;
        Ok(())
    }
}

fn insert_change(
    connection: &Connection,
    name: &str,
    place: usize,
    change: &Change,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(change).map_err(StoreError::Json)?;
    connection
        .prepare_cached("INSERT INTO changes (session, place, change) VALUES (?, ?, ?)")?
        .execute(params![name, place as i64, text])?;
    Ok(())
}

/// Why sessions can't be kept or read.
#[derive(Debug)]
pub enum StoreError {
    /// The data folder can't be made.
    Folder {
        /// Which one.
        folder: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no room for more.
    Full,
    /// The database says no.
    Database(rusqlite::Error),
    /// The database is of a later version.
    Later(u32),
    /// A change can't be written as text.
    Json(serde_json::Error),
    /// What was kept of a session is damaged.
    Damaged {
        /// Which one.
        name: String,
        /// What is wrong with it.
        what: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { folder, error } => write!(
                f,
                "the data folder {folder:?} can't be made ({error}): choose another with --data-dir (AURALIS_DATA_DIR)"
            ),
            Self::Full => f.write_str(
                "the sessions' database has no room for more: end sessions that nobody needs, or give it more of the disk with --max-disk-mb \
                 (AURALIS_MAX_DISK_MB)",
            ),
            Self::Database(error) => write!(f, "the sessions' database can't be used: {error}"),
            Self::Later(layout) => write!(
                f,
                "the sessions' database is of layout {layout}, and this relay knows {LAYOUT}: use the later relay, or \
                 another data folder with --data-dir (AURALIS_DATA_DIR)"
            ),
            Self::Json(error) => write!(f, "a change can't be written: {error}"),
            Self::Damaged { name, what } => {
                write!(f, "what was kept of the session {name:?} is damaged: {what}")
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::{Frame, Patch, Preset, SampleRate};

    fn change(frame: u64, bpm: &str) -> Change {
        let mut patch = Patch::default();
        patch.set("bpm", bpm).unwrap();
        Change { frame: Frame(frame), patch }
    }

    fn kept(name: &str) -> Kept {
        let session = Session { rate: SampleRate::Hz48000, ..Session::new(u64::MAX) };
        let mut log = ChangeLog::new();
        log.push(change(5, "50")).unwrap();
        let clock = Clock::new(1_790_000_000_000_001, session.rate);
        Kept {
            name: name.into(),
            session,
            log,
            clock,
            host: Some([7; 32]),
            wished: None,
            streams_only: false,
        }
    }

    #[test]
    fn what_is_kept_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut main, mut other) = (kept("main"), Kept { host: None, streams_only: true, ..kept("other") });
        {
            let store = Store::open(&folder.path().join("deep/data")).unwrap();
            assert_eq!(store.sessions().unwrap(), []);
            store.add(&main).unwrap();
            store.add(&other).unwrap();
            store.add(&kept("third")).unwrap();
            let wished = Preset::Bright.settings();
            store.append("third", 1, &change(9, "61.5"), Some(&wished)).unwrap();
            store.append("other", 1, &change(9, "61.5"), Some(&wished)).unwrap();
            store.append("other", 2, &change(9, "62"), None).unwrap();
            store.append("main", 1, &change(9, "63"), Some(&Preset::Focus.settings())).unwrap();
            store.append("main", 2, &change(9, "64"), Some(&wished)).unwrap();
            store.remove("third").unwrap();
            assert!(store.add(&main).is_err(), "there is one of that name");
            assert!(
                store.append("other", 1, &change(10, "80"), Some(&wished)).is_err(),
                "there is one at that place"
            );
            assert!(store.append("nobody", 0, &change(10, "80"), None).is_err());
        }
        for bpm in ["61.5", "62"] {
            other.log.push(change(9, bpm)).unwrap();
        }
        for bpm in ["63", "64"] {
            main.log.push(change(9, bpm)).unwrap();
        }
        main.wished = Some(Preset::Bright.settings());
        let store = Store::open(&folder.path().join("deep/data")).unwrap();
        assert_eq!(store.sessions().unwrap(), [main, other]);
    }

    #[test]
    fn what_the_first_layout_kept_is_there_too() {
        let folder = tempfile::tempdir().unwrap();
        let before = Connection::open(folder.path().join(FILE)).unwrap();
        before.execute_batch(TABLES).unwrap();
        before.pragma_update(None, "user_version", 1).unwrap();
        let main = kept("main");
        let file = SessionFile::new(main.session, ChangeLog::new()).to_text();
        before
            .execute(
                "INSERT INTO sessions (name, file, epoch, host) VALUES (?, ?, ?, ?)",
                params![main.name, file, main.clock.epoch() as i64, main.host],
            )
            .unwrap();
        insert_change(&before, "main", 0, &main.log.changes()[0]).unwrap();
        drop(before);
        assert_eq!(Store::open(folder.path()).unwrap().sessions().unwrap(), [main]);
    }

    #[test]
    fn it_takes_no_more_of_the_disk_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap().at_most(Some(64 * 1024)).unwrap();
        let begin = |n: usize| store.add(&kept(&format!("{n:0>60}")));
        let begun = (0..).take_while(|n| begin(*n).is_ok()).count();
        assert!((10..1000).contains(&begun), "{begun}");
        let error = begin(begun).unwrap_err();
        assert!(
            matches!(error, StoreError::Full) && error.to_string().contains("AURALIS_MAX_DISK_MB"),
            "{error}"
        );
        assert_eq!(store.sessions().unwrap().len(), begun, "nothing is lost");
        // What ends makes room.
        for n in 0..begun / 2 {
            store.remove(&format!("{n:0>60}")).unwrap();
        }
        begin(0).unwrap();
        drop(store);
        assert!(folder.path().join(FILE).metadata().unwrap().len() <= 64 * 1024);
        // One that is larger than it may be is still read.
        let store = Store::open(folder.path()).unwrap().at_most(Some(1)).unwrap();
        assert_eq!(store.sessions().unwrap().len(), begun - begun / 2 + 1);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.add(&kept("main")).unwrap();
        store.connection().execute("UPDATE changes SET change = '{\"frame\": 5, \"bpm\": 1}'", []).unwrap();
        let error = store.sessions().unwrap_err().to_string();
        assert!(error.contains("\"main\" is damaged") && error.contains("bpm"), "{error}");
        store.connection().pragma_update(None, "user_version", 7).unwrap();
        drop(store);
        let error = Store::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("layout 7") && error.contains("AURALIS_DATA_DIR"), "{error}");
        std::fs::write(folder.path().join("file"), "").unwrap();
        let error = Store::open(&folder.path().join("file/data")).err().unwrap().to_string();
        assert!(error.contains("data folder") && error.contains("AURALIS_DATA_DIR"), "{error}");
    }
}
