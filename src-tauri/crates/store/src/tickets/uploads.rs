//! Files people want to attach, from the moment they are chosen until the change they belong to is over.
//!
//! Deliberately not here: their bytes (`blobs`).

use jiff::SignedDuration;
use pult_domain::{Instant, areas::tickets::Upload};
use rusqlite::{Connection, params};

use super::sql;
use crate::{
    StoreError,
    blobs::{self, BlobRef},
    millis,
    query::{many, one},
};

/// A file that was brought is kept so long: its change is over by then, or given up.
pub const UPLOAD_LIFE: SignedDuration = SignedDuration::from_hours(48);

/// Keeps a file of somebody's whose bytes are safe.
///
/// # Errors
/// When it cannot be written.
pub fn keep_upload(
    connection: &Connection,
    login: &str,
    blob: &BlobRef,
    upload: &Upload,
    now: Instant,
) -> Result<(), StoreError> {
    blobs::keep(connection, blob)?;
    let size = i64::try_from(upload.size).unwrap_or(i64::MAX);
    let values = params![login, upload.sha256, upload.name, upload.content_type, size, millis(now)];
    connection.prepare_cached(sql::KEEP_UPLOAD)?.execute(values)?;
    Ok(())
}

/// A file somebody brought.
///
/// # Errors
/// When it cannot be read.
pub fn upload(connection: &Connection, login: &str, sha256: &str) -> Result<Option<Upload>, StoreError> {
    one(connection, sql::UPLOAD, [login, sha256], |r| {
        let size: i64 = r.get(2)?;
        let size = u64::try_from(size).unwrap_or_default();
        Ok(Upload { sha256: sha256.to_owned(), name: r.get(0)?, content_type: r.get(1)?, size })
    })
}

/// Forgets a slice of files brought before an instant; how many there were.
///
/// # Errors
/// When it cannot be written.
pub fn forget_uploads(connection: &Connection, before: Instant, most: usize) -> Result<usize, StoreError> {
    let old = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?));
    let old = many(connection, sql::OLD_UPLOADS, params![millis(before), most as i64], old)?;
    for (id, sha256) in &old {
        blobs::release(connection, sha256)?;
        connection.prepare_cached(sql::FORGET_UPLOAD)?.execute([id])?;
    }
    Ok(old.len())
}
