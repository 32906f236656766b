//! Online copies of the database: made while the engine works, checked whole, rotated, and put back by `restore`.
//!
//! A backup is a folder: the database, and the bodies it names. Deliberately not here: when to make one (the engine's).

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use pult_domain::Instant;
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::{FILE, OpenError, StoreError, blobs};

/// The folder of backups within the data folder, unless settings name another.
pub const FOLDER: &str = "backups";
const PREFIX: &str = "pult-";

const UNFINISHED: &str = ".part";
/// Pages of one step of a copy.
const STEP: i32 = 2048;
/// Between two steps the writer has the disk for itself.
const PAUSE: Duration = Duration::from_millis(2);

/// Copies the database of `data` into a new folder of `into` and checks the copy. Blocking; the engine goes on writing. `stopped` is
/// asked all the time: once it says yes, the copy is given up.
///
/// # Errors
/// When the disk says no, or the copy is not sound (it is then removed); [`StoreError::Closed`] when it was given up.
pub fn make(
    data: &Path,
    into: &Path,
    now: Instant,
    stopped: impl Fn() -> bool + Clone + Send + 'static,
) -> Result<PathBuf, StoreError> {
    let name = format!("{PREFIX}{}", now.strftime("%Y%m%dT%H%M%S%3fZ"));
    let part = into.join(format!("{name}{UNFINISHED}"));
    let made = fill(data, &part, stopped).and_then(|()| {
        let done = into.join(&name);
        fs::rename(&part, &done).map_err(|e| disk(&e))?;
        Ok(done)
    });
    if made.is_err() {
        // An unfinished copy must not be taken for a backup; its name says so even when this fails.
        let _ = fs::remove_dir_all(&part);
    }
    made
}

fn fill(data: &Path, part: &Path, stopped: impl Fn() -> bool + Clone + Send + 'static) -> Result<(), StoreError> {
    fs::create_dir_all(part).map_err(|e| disk(&e))?;
    let from = Connection::open_with_flags(data.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut to = Connection::open(part.join(FILE))?;
    // The database as it is now, held for as long as it is copied: SQLite would begin anew after every write of the engine, and where
    // a write comes more often than a copy takes, never end.
    let snapshot = from.unchecked_transaction()?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let copy = Backup::new(&snapshot, &mut to)?;
    while copy.step(STEP)? != StepResult::Done {
        if stopped() {
            return Err(StoreError::Closed);
        }
        thread::park_timeout(PAUSE);
    }
    drop(copy);
    // Let go before the bodies: whether one was let go meanwhile is asked of the database as it is by then.
    snapshot.finish()?;
    to.execute_batch("PRAGMA journal_mode = DELETE")?;
    to.progress_handler(STEP, Some(stopped.clone()))?;
    check(&to).map_err(|error| if stopped() { StoreError::Closed } else { error })?;
    let bodies = data.join("blobs");
    if bodies.is_dir() {
        let copy = part.join("blobs");
        fs::create_dir_all(&copy).map_err(|e| disk(&e))?;
        let mut names = to.prepare("SELECT sha256 FROM blob WHERE uses > 0")?;
        for name in names.query_map([], |r| r.get::<_, String>(0))? {
            let name = name?;
            if stopped() {
                return Err(StoreError::Closed);
            }
            match fs::copy(bodies.join(&name), copy.join(&name)) {
                // Let go while the copy was made: nobody misses it.
                Err(e) if e.kind() == io::ErrorKind::NotFound && !blobs::is_named(&from, &name)? => {}
                copied => drop(copied.map_err(|e| disk(&e))?),
            }
        }
    }
    Ok(())
}

fn check(connection: &Connection) -> Result<(), StoreError> {
    let answer: String = connection.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::Failed(format!("the copy is damaged: {answer}"))) }
}

/// A backup on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its folder.
    pub path: PathBuf,
    /// Its size, bytes.
    pub bytes: u64,
}

/// The finished backups of a folder, newest first.
#[must_use]
pub fn list(folder: &Path) -> Vec<Made> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut made: Vec<Made> = entries
        .flatten()
        .filter(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            name.starts_with(PREFIX) && !name.ends_with(UNFINISHED) && e.path().join(FILE).is_file()
        })
        .map(|e| Made { bytes: fs::metadata(e.path().join(FILE)).map_or(0, |m| m.len()), path: e.path() })
        .collect();
    made.sort_by(|a, b| b.path.cmp(&a.path));
    made
}

/// The newest finished backup of a folder.
#[must_use]
pub fn newest(folder: &Path) -> Option<PathBuf> {
    list(folder).into_iter().next().map(|m| m.path)
}

/// When the newest finished backup of a folder was made, as its name says.
#[must_use]
pub fn newest_at(folder: &Path) -> Option<Instant> {
    let newest = newest(folder)?;
    let stamp = newest.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%3fZ", stamp)
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|z| z.timestamp())
}

/// Removes what a hard end left of copies that were being made. Nobody may be making one.
///
/// # Errors
/// When one cannot be removed.
pub fn remove_unfinished(folder: &Path) -> Result<(), StoreError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(PREFIX) && name.ends_with(UNFINISHED) {
            fs::remove_dir_all(entry.path()).map_err(|e| disk(&e))?;
        }
    }
    Ok(())
}

/// Removes all but the `keep` newest.
///
/// # Errors
/// When one cannot be removed.
pub fn rotate(folder: &Path, keep: usize) -> Result<usize, StoreError> {
    let old: Vec<Made> = list(folder).into_iter().skip(keep.max(1)).collect();
    for made in &old {
        fs::remove_dir_all(&made.path).map_err(|e| disk(&e))?;
    }
    Ok(old.len())
}

/// Copies of before `newest`: the other finished backups of a folder, and what `restore` put aside in the data folder.
#[must_use]
pub fn older(folder: &Path, data: &Path, newest: Option<&Path>) -> Vec<PathBuf> {
    let aside = |e: &fs::DirEntry| e.file_name().to_string_lossy().starts_with(FILE) && is_aside(&e.path());
    let put_aside = fs::read_dir(data).into_iter().flatten().flatten().filter(aside).map(|e| e.path());
    let backups = list(folder).into_iter().map(|made| made.path).filter(|path| Some(path.as_path()) != newest);
    backups.chain(put_aside).collect()
}

fn is_aside(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind.to_string_lossy().starts_with("before-"))
}

/// Removes such copies and says how many.
///
/// # Errors
/// When one cannot be removed.
pub fn remove(copies: &[PathBuf]) -> Result<usize, StoreError> {
    for path in copies {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.map_err(|e| disk(&e))?;
    }
    Ok(copies.len())
}

/// Puts a backup in the place of a data folder's database, keeping what was there beside it. No engine may have the folder.
///
/// # Errors
/// When the backup is not sound, the folder is taken, or the disk says no.
pub fn restore(backup: &Path, data: &Path, now: Instant) -> Result<(), OpenError> {
    let fail = |detail: String| OpenError::Folder { folder: data.to_owned(), detail };
    let source = backup.join(FILE);
    let damaged = |detail: String| OpenError::Damaged { file: source.clone(), backup: None, detail };
    let connection =
        Connection::open_with_flags(&source, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| damaged(e.to_string()))?;
    check(&connection).map_err(|e| damaged(e.to_string()))?;
    fs::create_dir_all(data).map_err(|e| fail(e.to_string()))?;
    let _lock = crate::lock(data)?;
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for suffix in ["", "-wal", "-shm"] {
        let file = data.join(format!("{FILE}{suffix}"));
        if file.exists() {
            fs::rename(&file, data.join(format!("{FILE}{suffix}.before-{stamp}"))).map_err(|e| fail(e.to_string()))?;
        }
    }
    fs::copy(&source, data.join(FILE)).map_err(|e| fail(e.to_string()))?;
    let bodies = backup.join("blobs");
    if bodies.is_dir() {
        let to = data.join("blobs");
        fs::create_dir_all(&to).map_err(|e| fail(e.to_string()))?;
        for entry in fs::read_dir(&bodies).map_err(|e| fail(e.to_string()))?.flatten() {
            fs::copy(entry.path(), to.join(entry.file_name())).map_err(|e| fail(e.to_string()))?;
        }
    }
    Ok(())
}

fn disk(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::Failed(format!("a backup's file: {error}")),
    }
}
