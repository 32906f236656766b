//! Everything Pult remembers, in one SQLite file: all SQL of the project lives in this crate.
//!
//! Functions that read or write are named as the question they answer and take a connection, so that several of them share a
//! transaction. Deliberately not here: decisions (see `pult-domain`) and anything that talks to the network.

pub mod accounts;
pub mod agencies;
pub mod api_keys;
pub mod arrivals;
pub mod audit;
pub mod backup;
pub mod blobs;
pub mod calls;
pub mod carousel;
pub mod cases;
pub mod chat_link;
mod checkpoint;
mod column;
pub mod connections;
pub mod erase;
pub mod erp;
pub mod error;
pub mod floor;
pub mod imports;
pub mod inbox;
pub mod incidents;
pub mod journal;
pub mod messages;
pub mod migrations;
pub mod network;
pub mod notices;
pub mod outbox;
pub mod people;
mod query;
pub mod ratings;
mod readers;
pub mod retention;
pub mod sessions;
pub mod shift;
pub mod sign_ins;
pub mod staff;
pub mod tickets;
pub mod timers;
pub mod traffic;
mod writer;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

pub use error::{OpenError, StoreError};
pub use rusqlite::Connection;
use rusqlite::OpenFlags;

use readers::Readers;
use writer::Writer;

/// The open database of one engine. Cheap to clone; the file is released when the last clone and the last job are gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    // Field order is drop order: the writer finishes its queue before the lock is let go.
    writer: Writer,
    readers: Readers,
    blobs: blobs::Blobs,
    folder: PathBuf,
    _lock: File,
}

/// A database file up to this size is checked page by page at every start, bytes.
const CHECKED_WHOLE: u64 = 32 << 20;

/// The database's file name within the data folder.
pub const FILE: &str = "pult.db";

impl Store {
    /// Opens the database of a data folder, creating both when absent, and brings its schema up to date.
    ///
    /// # Errors
    /// When another engine has it, when it is damaged or newer than this program, or when the disk says no.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        fs::create_dir_all(folder)
            .map_err(|e| OpenError::Folder { folder: folder.to_owned(), detail: e.to_string() })?;
        let lock = lock(folder)?;
        let file = folder.join(FILE);
        let mut connection = connect(&file, &backup::newest(&folder.join(backup::FOLDER)))?;
        migrations::run(&mut connection)?;
        // What a hard end left open is closed where it was last known to be so.
        floor::close_watches(&connection).map_err(|e| OpenError::Migration(e.to_string()))?;
        // Of others nothing is known before the sessions of this run have seen them.
        messages::forget_presences(&connection).map_err(|e| OpenError::Migration(e.to_string()))?;
        let inner = Inner {
            writer: Writer::start(connection, beside(&file)?),
            readers: Readers::open(&file, 4)?,
            blobs: blobs::Blobs::new(folder.join("blobs")),
            folder: folder.to_owned(),
            _lock: lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `act` in the next write transaction and returns once it is on the disk. Acts of one transaction do not see each
    /// other's failures: one that returns an error is undone alone.
    ///
    /// # Errors
    /// What `act` returned, or why nothing could be written.
    pub async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.writer.run(act).await
    }

    /// Like [`Self::write`], for an act that is a single statement. A statement that fails is undone by SQLite itself, so it needs
    /// no savepoint, which costs more than a small row does.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_statement<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.writer.run_statement(act).await
    }

    /// Like [`Self::write`], and yields to every ordinary write that waits: for the pump and other work that can lag behind.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_behind<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.writer.run_behind(act).await
    }

    /// Says whether work behind has fallen far back. It then has half of the writer's time; otherwise a twentieth while there
    /// is ordinary work, and all of it while there is none.
    pub fn press(&self, pressed: bool) {
        self.inner.writer.press(pressed);
    }

    /// Runs `act` in a write transaction and undoes all of it: what would happen, with every rule and constraint in force.
    ///
    /// # Errors
    /// What `act` returned.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = tokio::sync::oneshot::channel();
        // An act that fails is undone alone, so this one always fails, and its result leaves by another door.
        let undone = self.inner.writer.run_behind(move |connection| {
            let _ = tell.send(act(connection));
            Err::<(), _>(StoreError::Conflict("a rehearsal"))
        });
        match undone.await {
            Err(StoreError::Conflict(_)) | Ok(()) => told.await.map_err(|_| StoreError::Closed)?,
            Err(error) => Err(error),
        }
    }

    /// Runs `ask` on a read connection, on a thread that may block.
    ///
    /// # Errors
    /// What `ask` returned.
    pub async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.inner.clone();
        tokio::task::spawn_blocking(move || store.readers.with(ask)).await.map_err(|_| StoreError::Closed)?
    }

    /// Reads the whole file for damage, beside all other work: minutes for a large one. A small one was read when it was opened, and
    /// is not read again. `None` when it is sound. Dropped, it ends early.
    ///
    /// # Errors
    /// When the file cannot be read at all, or the check was cut short.
    pub async fn check(&self) -> Result<Option<String>, StoreError> {
        /// Ends the reading when nobody waits for its result any more.
        struct Interrupt(rusqlite::InterruptHandle);
        impl Drop for Interrupt {
            fn drop(&mut self) {
                self.0.interrupt();
            }
        }
        let file = self.folder().join(FILE);
        if small(&file) {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        let _interrupt = Interrupt(connection.get_interrupt_handle());
        let ask = move || connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match tokio::task::spawn_blocking(ask).await.map_err(|_| StoreError::Closed)? {
            Ok(answer) if answer == "ok" => Ok(None),
            Ok(answer) => Ok(Some(answer)),
            Err(error) => match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                    Ok(Some(error.to_string()))
                }
                _ => Err(error.into()),
            },
        }
    }

    /// Bodies kept as files.
    #[must_use]
    pub fn blobs(&self) -> &blobs::Blobs {
        &self.inner.blobs
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Writes waiting for the writer thread.
    #[must_use]
    pub fn write_queue(&self) -> usize {
        self.inner.writer.waiting()
    }
}

/// Takes the folder for one engine; the system lets it go when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("engine.lock");
    let io = |e: std::io::Error| OpenError::Folder { folder: folder.to_owned(), detail: e.to_string() };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Taken { folder: folder.to_owned() }),
        Err(TryLockError::Error(e)) => Err(io(e)),
    }
}

fn connect(file: &Path, backup: &Option<PathBuf>) -> Result<Connection, OpenError> {
    let damaged = |detail: String| OpenError::Damaged { file: file.to_owned(), backup: backup.clone(), detail };
    let connection = Connection::open(file).map_err(|e| damaged(e.to_string()))?;
    // FULL: an acknowledged row survives a power cut, not only the end of the process.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;",
        )
        .map_err(|e| damaged(e.to_string()))?;
    connection.set_prepared_statement_cache_capacity(256);
    // A small file is checked whole. A large one would keep the start waiting for minutes: there the schema is read now, the rest
    // by `Store::check` while the engine works, and every backup is checked whole.
    let question = if small(file) { "PRAGMA quick_check(1)" } else { "PRAGMA quick_check(sqlite_schema)" };
    let answer: String = connection.query_row(question, [], |r| r.get(0)).map_err(|e| damaged(e.to_string()))?;
    if answer != "ok" {
        return Err(damaged(answer));
    }
    Ok(connection)
}

/// Whether opening a file checks it whole.
fn small(file: &Path) -> bool {
    fs::metadata(file).map_or(0, |m| m.len()) <= CHECKED_WHOLE
}

/// A connection for checkpoints, beside the writer's.
fn beside(file: &Path) -> Result<Connection, OpenError> {
    let open = || {
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;")?;
        Ok(connection)
    };
    open().map_err(|e: rusqlite::Error| OpenError::Migration(format!("opening a connection for checkpoints: {e}")))
}

/// Milliseconds since 1970 in UTC, as every table keeps instants.
pub(crate) fn millis(at: pult_domain::Instant) -> i64 {
    at.as_millisecond()
}

/// The instant of a stored number; a number no calendar knows (a damaged row) becomes 1970 rather than a panic.
pub(crate) fn from_millis(ms: i64) -> pult_domain::Instant {
    pult_domain::Instant::from_millisecond(ms).unwrap_or(pult_domain::Instant::UNIX_EPOCH)
}

/// The member of a closed list that a column's small integer stands for.
pub(crate) fn coded<T: Copy>(row: &rusqlite::Row<'_>, column: usize, list: &[T]) -> rusqlite::Result<T> {
    let code: i64 = row.get(column)?;
    usize::try_from(code)
        .ok()
        .and_then(|i| list.get(i).copied())
        .ok_or(rusqlite::Error::IntegralValueOutOfRange(column, code))
}

/// What SQLite means to do for a statement, for tests that no list is read whole.
#[cfg(test)]
pub(crate) fn plan_of(connection: &Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a statement");
    // Values are left unbound (NULL): the plan depends on the text alone.
    let mut rows = statement.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().expect("a plan") {
        plan.push(row.get::<_, String>(3).expect("a step"));
    }
    plan.join("\n")
}
