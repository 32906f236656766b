//! Bodies too large for a row: files named by their SHA-256, on the disk before any row names them, counted, removed when unused.
//!
//! Deliberately not here: what is in them.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// A file that is safe on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    /// Its name.
    pub sha256: String,
    /// Its size.
    pub bytes: usize,
}

/// The folder of bodies.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes a body and waits until it is on the disk. Blocking: call it on a thread that may wait.
    ///
    /// # Errors
    /// When the disk says no; a full disk is [`StoreError::DiskFull`].
    pub fn put(&self, body: &[u8]) -> Result<BlobRef, StoreError> {
        let sha256 = HEXLOWER.encode(&Sha256::digest(body));
        let blob = BlobRef { bytes: body.len(), sha256 };
        let path = self.folder.join(&blob.sha256);
        if path.exists() {
            return Ok(blob);
        }
        fs::create_dir_all(&self.folder).map_err(disk)?;
        let part = self.folder.join(format!("{}.part", blob.sha256));
        let written = File::create(&part)
            .and_then(|mut f| f.write_all(body).and_then(|()| f.sync_all()))
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| File::open(&self.folder)?.sync_all());
        written.map_err(|e| {
            // Half a body is worth nothing; when removing it fails too, the next start sweeps it away.
            let _ = fs::remove_file(&part);
            disk(e)
        })?;
        Ok(blob)
    }

    /// Reads a body. Blocking.
    ///
    /// # Errors
    /// When it is not there.
    pub fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        fs::read(self.folder.join(sha256)).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound("body"),
            _ => disk(e),
        })
    }

    /// Removes files that no row names. Call it when nothing is being put: a file is put before its row is written.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self, connection: &Connection) -> Result<usize, StoreError> {
        connection.execute("DELETE FROM blob WHERE uses <= 0", [])?;
        let mut removed = 0;
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(e) => return Err(disk(e)),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let used: bool = connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM blob WHERE sha256 = ?1)")?
                .query_row([&name], |r| r.get(0))?;
            if !used && fs::remove_file(entry.path()).is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn disk(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::Failed(format!("a body's file: {error}")),
    }
}

/// Counts one more row that names a body.
///
/// # Errors
/// When it cannot be written.
pub fn keep(connection: &Connection, blob: &BlobRef) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO blob (sha256, bytes, uses) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET uses = uses + 1",
        )?
        .execute(params![blob.sha256, blob.bytes as i64])?;
    Ok(())
}

/// Counts one row less.
///
/// # Errors
/// When it cannot be written.
pub fn release(connection: &Connection, sha256: &str) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE blob SET uses = uses - 1 WHERE sha256 = ?1")?.execute([sha256])?;
    Ok(())
}
