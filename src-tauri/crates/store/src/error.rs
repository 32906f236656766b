//! Errors of the store, each named by what its reader does next.
//!
//! Deliberately not here: SQLite's own codes and texts as an interface; they are logged and folded into these.

use std::path::PathBuf;

/// Why the database cannot be opened. The texts are for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another engine works on it.
    #[error("another engine is using {}: stop it, or give this one another data folder", folder.display())]
    Taken {
        /// The data folder.
        folder: PathBuf,
    },
    /// The file is not what we wrote.
    #[error(
        "the database {} is damaged ({detail}). {}", file.display(),
        match backup {
            Some(b) => format!("The latest backup is {}", b.display()),
            None => "No backup was found beside it; look for one in the folder set as storage.backup.dir.".to_owned(),
        }
    )]
    Damaged {
        /// The database file.
        file: PathBuf,
        /// The newest backup found.
        backup: Option<PathBuf>,
        /// What SQLite says.
        detail: String,
    },
    /// A newer Pult has written it.
    #[error(
        "the database was written by a newer version of Pult (schema {found}, this program knows {known}): install that version"
    )]
    Newer {
        /// The schema found.
        found: usize,
        /// The newest schema known.
        known: usize,
    },
    /// A migration failed; nothing of it was kept.
    #[error("bringing the database up to date failed and was undone: {0}")]
    Migration(String),
    /// The folder cannot be used.
    #[error("the data folder {} cannot be used: {detail}", folder.display())]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        detail: String,
    },
}

/// Why a read or write did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Too many writes wait already: come back later.
    #[error("too many writes are waiting")]
    Busy,
    /// No room on the disk: nothing was written, and writes work again once there is room.
    #[error("the disk is full")]
    DiskFull,
    /// What was asked for is not there.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It is there already, or contradicts what is there.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A defect, or a failing disk: logged in full, shown as "internal".
    #[error("the database failed: {0}")]
    Failed(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(format!("stored JSON: {error}"))
    }
}
