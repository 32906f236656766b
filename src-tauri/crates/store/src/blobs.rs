//! Bodies too large for a row: files named by their SHA-256, on the disk before any row names them, counted, removed when unused.
//!
//! Deliberately not here: what is in them.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// How the name of a file that is being written ends.
const PART: &str = ".part";

/// A file that is safe on the disk. Until the last clone is gone it is not swept away, so it lives until its row is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    /// Its name.
    pub sha256: String,
    /// Its size.
    pub bytes: usize,
    pub(crate) held: Option<Arc<Held>>,
}

/// How often each name is held by somebody who is about to write a row.
type Holders = Arc<Mutex<HashMap<String, usize>>>;

/// One body that is about to be named.
#[derive(Debug)]
pub(crate) struct Held {
    name: String,
    holders: Holders,
}

impl PartialEq for Held {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Held {}

impl Held {
    fn new(name: &str, holders: &Holders) -> Self {
        *holders.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default() += 1;
        Self { name: name.to_owned(), holders: holders.clone() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = holders.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                holders.remove(&self.name);
            }
        }
    }
}

/// The folder of bodies.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
    holders: Holders,
}

impl Blobs {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, holders: Holders::default() }
    }

    /// Writes a body and waits until it is on the disk. Blocking: call it on a thread that may wait.
    ///
    /// # Errors
    /// When the disk says no; a full disk is [`StoreError::DiskFull`].
    pub fn put(&self, body: &[u8]) -> Result<BlobRef, StoreError> {
        let sha256 = HEXLOWER.encode(&Sha256::digest(body));
        // Before anything is looked at: a sweep either sees the holder, or has removed the file by now.
        let held = Some(Arc::new(Held::new(&sha256, &self.holders)));
        let blob = BlobRef { bytes: body.len(), sha256, held };
        let path = self.folder.join(&blob.sha256);
        if path.exists() {
            return Ok(blob);
        }
        fs::create_dir_all(&self.folder).map_err(disk)?;
        let part = self.folder.join(format!("{}{PART}", blob.sha256));
        let written = File::create(&part)
            .and_then(|mut f| f.write_all(body).and_then(|()| f.sync_all()))
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| File::open(&self.folder)?.sync_all());
        written.map_err(|e| {
            // Half a body is worth nothing; when removing it fails too, the next sweep takes it away.
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

    /// The files that no row names and nobody is about to. Ask on a connection that sees only what is committed: a body let go
    /// by a transaction that may yet be undone is still named.
    ///
    /// # Errors
    /// When the folder or the database cannot be read.
    pub fn unnamed(&self, connection: &Connection) -> Result<Vec<String>, StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(e) => return Err(disk(e)),
        };
        let mut found = vec![];
        for entry in entries {
            let file = entry.map_err(disk)?.file_name().to_string_lossy().into_owned();
            let name = file.strip_suffix(PART).unwrap_or(&file);
            let is_held = self.holders.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name);
            if !is_held && !is_named(connection, &file)? {
                found.push(file);
            }
        }
        Ok(found)
    }

    /// Removes those of the [unnamed](Self::unnamed) files that still are, and says how many. Give it the writing connection: no
    /// row can be written meanwhile.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub fn remove_unnamed(&self, connection: &Connection, files: &[String]) -> Result<usize, StoreError> {
        let mut removed = 0;
        for file in files {
            let name = file.strip_suffix(PART).unwrap_or(file);
            // Held to the end of the removal: who puts the same body now waits, and then writes it anew.
            let holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
            if holders.contains_key(name) || is_named(connection, file)? {
                continue;
            }
            connection.prepare_cached("DELETE FROM blob WHERE sha256 = ?1 AND uses <= 0")?.execute([name])?;
            removed += usize::from(fs::remove_file(self.folder.join(file)).is_ok());
        }
        Ok(removed)
    }
}

/// Whether a row names a body.
pub(crate) fn is_named(connection: &Connection, sha256: &str) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM blob WHERE sha256 = ?1 AND uses > 0)")?
        .query_row([sha256], |r| r.get(0))?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::in_memory;

    fn files(blobs: &Blobs) -> usize {
        fs::read_dir(&blobs.folder).map_or(0, Iterator::count)
    }

    #[test]
    fn a_sweep_takes_what_no_row_names_and_nothing_that_is_about_to_be_named() {
        let (folder, db) = (tempfile::tempdir().unwrap(), in_memory().unwrap());
        let blobs = Blobs::new(folder.path().join("blobs"));
        let sweep = || blobs.remove_unnamed(&db, &blobs.unnamed(&db).unwrap()).unwrap();
        assert_eq!(sweep(), 0, "there is no folder yet");

        let first = blobs.put(b"first").unwrap();
        fs::write(blobs.folder.join(format!("{}{PART}", first.sha256)), b"fi").unwrap();
        assert_eq!((sweep(), files(&blobs)), (0, 2), "its row is about to be written");
        keep(&db, &first).unwrap();
        let name = first.sha256.clone();
        drop(first);
        assert_eq!((sweep(), files(&blobs)), (1, 1), "half a file of before goes, the named one stays");

        release(&db, &name).unwrap();
        let listed = blobs.unnamed(&db).unwrap();
        let again = blobs.put(b"first").unwrap();
        assert_eq!(blobs.remove_unnamed(&db, &listed).unwrap(), 0, "somebody came for it meanwhile");
        keep(&db, &again).unwrap();
        drop(again);
        assert_eq!(blobs.remove_unnamed(&db, &listed).unwrap(), 0, "it is named again");
        assert_eq!(blobs.get(&name).unwrap(), b"first");

        release(&db, &name).unwrap();
        assert_eq!((sweep(), files(&blobs)), (1, 0));
        let rows: i64 = db.query_row("SELECT count(*) FROM blob", [], |r| r.get(0)).unwrap();
        assert_eq!(rows, 0);
    }
}
