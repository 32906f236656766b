//! The watched folder: files of rows, read when nobody writes them any more and put into `done/` when they are recorded.
//!
//! A file's rows become records of at most 500 rows with route `file`. The cursor names the file and the next row; a file
//! whose last row is committed is put away by the next round, its rejected rows beside it in `<file>.errors.csv`. Being read
//! twice does no harm: a row's fact has the same key again. Deliberately not here: the rows (`wire`).

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, tz::TimeZone};
use pult_domain::Instant;
use serde::{Deserialize, Serialize};

use crate::{CallError, Page, ParseError, Poll, StoredRequest, reason};

use super::{
    MAX_ROWS,
    fields::Form,
    table::{self, Table},
    wire,
};

/// The route of records made from files.
const FILE: &str = "file";
/// How long a file must stay as it is before it is read.
const QUIET: SignedDuration = SignedDuration::from_secs(2);
/// The largest file, bytes.
const MAX_FILE: u64 = 32 * 1024 * 1024;
/// The most records of one page.
const MAX_RECORDS: usize = 10;
/// Where files go that have been read.
const DONE: &str = "done";
/// How a file of rejected rows ends; such a file is never read.
const ERRORS: &str = ".errors.csv";

/// What a file looks like from outside; another look is another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Stamp {
    modified_ns: i64,
    size: u64,
}

/// How far the folder has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    file: String,
    stamp: Stamp,
    next_row: usize,
    finished: bool,
}

/// Each file in sight with its look and since when it looks so.
type Seen = BTreeMap<String, (Stamp, Instant)>;

/// The folder.
pub(super) struct Folder {
    path: PathBuf,
    zone: TimeZone,
    seen: Arc<Mutex<Seen>>,
}

impl Folder {
    pub(super) fn new(path: PathBuf, zone: TimeZone) -> Self {
        Self { path, zone, seen: Arc::default() }
    }

    /// How many files wait to be read.
    pub(super) async fn look(&self) -> Result<usize, CallError> {
        let path = self.path.clone();
        off_the_runtime(move || list(&path).map(|files| files.len()).map_err(|e| unreachable("the folder", &e))).await
    }
}

#[async_trait]
impl Poll for Folder {
    fn every(&self) -> Duration {
        Duration::from_secs(2)
    }

    async fn fetch(&self, cursor: Option<&str>, now: Instant) -> Result<Page, CallError> {
        // A cursor that cannot be read means starting anew, which repeats and loses nothing.
        let cursor: Option<Cursor> = cursor.and_then(|text| serde_json::from_str(text).ok());
        let (path, zone, seen) = (self.path.clone(), self.zone.clone(), Arc::clone(&self.seen));
        off_the_runtime(move || {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            round(&path, &zone, &mut seen, cursor, now)
        })
        .await
    }
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CallError> + Send + 'static,
) -> Result<T, CallError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|e| Err(CallError::Unreachable { detail: format!("reading the folder was broken off: {e}") }))
}

fn unreachable(what: &str, error: &io::Error) -> CallError {
    CallError::Unreachable { detail: format!("{what}: {error}") }
}

/// One round: put away what is committed, then read on, or begin with the oldest file that is ready.
fn round(
    path: &Path,
    zone: &TimeZone,
    seen: &mut Seen,
    cursor: Option<Cursor>,
    now: Instant,
) -> Result<Page, CallError> {
    let mut files = list(path).map_err(|e| unreachable("the folder", &e))?;
    let mut from = None;
    if let Some(cursor) = cursor.filter(|cursor| files.get(&cursor.file) == Some(&cursor.stamp)) {
        if cursor.finished {
            put_away(path, &cursor.file, zone).map_err(|e| unreachable(&cursor.file, &e))?;
            files.remove(&cursor.file);
        } else {
            from = Some((cursor.file, cursor.stamp, cursor.next_row));
        }
    }
    let ready = ready(seen, &files, now);
    let next = from.or_else(|| ready.into_iter().next().map(|(stamp, file)| (file, stamp, 0)));
    let Some((file, stamp, row)) = next else { return Ok(Page::default()) };
    let read = read(path, &file, stamp).map_err(|e| unreachable(&file, &e))?;
    // Changed while it was read: it is not ready after all.
    let Some(content) = read else { return Ok(Page::default()) };
    Ok(page(file, stamp, row, content.as_ref().map(|bytes| &bytes[..]).map_err(Clone::clone)))
}

/// The files that are ours to read. Symlinks, folders, hidden files and files of rejected rows are not.
fn list(path: &Path) -> io::Result<BTreeMap<String, Stamp>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // Of the entry itself, so that a symlink is a symlink.
        let Ok(metadata) = entry.metadata() else { continue };
        let Ok(name) = entry.file_name().into_string() else { continue };
        if metadata.is_file() && Kind::of(&name).is_some() && !name.starts_with('.') && !name.ends_with(ERRORS) {
            files.insert(name, stamp(&metadata)?);
        }
    }
    Ok(files)
}

fn stamp(metadata: &fs::Metadata) -> io::Result<Stamp> {
    let modified = Instant::try_from(metadata.modified()?).unwrap_or(Instant::UNIX_EPOCH);
    Ok(Stamp { size: metadata.len(), modified_ns: i64::try_from(modified.as_nanosecond()).unwrap_or(i64::MAX) })
}

/// The files that have looked the same for long enough, oldest first, after taking note of how all look `now`.
fn ready(seen: &mut Seen, files: &BTreeMap<String, Stamp>, now: Instant) -> Vec<(Stamp, String)> {
    seen.retain(|file, _| files.contains_key(file));
    let mut ready = vec![];
    for (file, stamp) in files {
        let (before, since) = seen.entry(file.clone()).or_insert((*stamp, now));
        // A clock set back starts the wait again.
        if before != stamp || *since > now {
            (*before, *since) = (*stamp, now);
        }
        if now.duration_since(*since) >= QUIET {
            ready.push((*stamp, file.clone()));
        }
    }
    ready.sort();
    ready
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Json,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

type Content = Result<Vec<u8>, String>;

/// The file's bytes, or why it is not read; `None` when it is not the file that was seen.
fn read(path: &Path, file: &str, seen: Stamp) -> io::Result<Option<Content>> {
    if seen.size > MAX_FILE {
        return Ok(Some(Err(too_large())));
    }
    let path = path.join(file);
    let bytes = fs::read(&path)?;
    let metadata = fs::symlink_metadata(&path)?;
    let same = metadata.is_file() && stamp(&metadata)? == seen && bytes.len() as u64 == seen.size;
    Ok(same.then_some(Ok(bytes)))
}

/// The rows of a file.
enum Rows<'f> {
    Table(Table),
    Json(wire::Batch<'f>),
}

impl<'f> Rows<'f> {
    fn of(file: &str, bytes: &'f [u8]) -> Result<Self, ParseError> {
        match Kind::of(file) {
            Some(Kind::Csv) => table::read(bytes).map(Self::Table),
            _ => wire::outline(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)).map(Self::Json),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Table(table) => table.rows.len(),
            Self::Json(batch) => batch.calls.len(),
        }
    }

    /// Rows `from..to` as a record's body.
    fn part(&self, from: usize, to: usize) -> (Vec<u8>, &'static str) {
        match self {
            Self::Table(table) => (table.part(&table.rows[from..to]), "text/csv"),
            Self::Json(batch) => {
                let rows: Vec<_> = batch.calls[from..to].iter().map(|raw| raw.get()).collect();
                (format!("{{\"calls\":[{}]}}", rows.join(",")).into_bytes(), "application/json")
            }
        }
    }

    /// The rows that mean nothing to us, as a file for the one who sent them; `None` when all are well.
    fn errors(&self, zone: &TimeZone) -> Option<Vec<u8>> {
        let wrong: Vec<(usize, String)> = match self {
            Self::Table(table) => {
                let read = |row| table.object(row).and_then(|object| wire::row(object, Form::Cells, zone)).err();
                table.rows.iter().enumerate().filter_map(|(index, row)| Some((index, read(row)?.to_string()))).collect()
            }
            Self::Json(batch) => {
                let rows = batch.calls.iter().enumerate();
                rows.filter_map(|(index, raw)| Some((index, wire::json_row(raw, zone).err()?.to_string()))).collect()
            }
        };
        if wrong.is_empty() {
            return None;
        }
        Some(match self {
            Self::Table(table) => table.errors(&wrong),
            Self::Json(batch) => {
                let header = ["index", "error", "row"].map(str::to_owned).to_vec();
                let line = |(index, error): (usize, String)| {
                    vec![index.to_string(), error, batch.calls.get(index).map_or("", |raw| raw.get()).to_owned()]
                };
                table::write(std::iter::once(header).chain(wrong.into_iter().map(line)))
            }
        })
    }
}

/// The records of a file from a row on, as many as a page holds.
fn page(file: String, stamp: Stamp, row: usize, content: Result<&[u8], String>) -> Page {
    let (records, next_row, finished) = records(&file, row, MAX_RECORDS, content);
    let cursor = Cursor { file, stamp, next_row, finished };
    Page { records, next_cursor: serde_json::to_string(&cursor).ok(), more: true }
}

/// All records of a file that lay in the folder; `None` when its name is not one of those read there.
pub(super) fn all(file: &str, bytes: &[u8]) -> Option<Vec<StoredRequest>> {
    Kind::of(file)?;
    let content = if bytes.len() as u64 > MAX_FILE { Err(too_large()) } else { Ok(bytes) };
    Some(records(file, 0, usize::MAX / MAX_ROWS, content).0)
}

/// At most `most` records of a file from a row on, the row after them, and whether that is the end.
fn records(file: &str, row: usize, most: usize, content: Result<&[u8], String>) -> (Vec<StoredRequest>, usize, bool) {
    let rows = content.and_then(|bytes| Rows::of(file, bytes).map_err(|fault| fault.to_string()));
    match rows {
        Ok(rows) => {
            let end = rows.len().min(row.saturating_add(MAX_ROWS * most));
            let chunks = (row..end).step_by(MAX_ROWS).map(|from| {
                let (body, content_type) = rows.part(from, end.min(from + MAX_ROWS));
                record(file, ("from_row", &from.to_string()), content_type, body)
            });
            (chunks.collect(), end, end == rows.len())
        }
        // A file that cannot be read is a record all the same: the console shows it as not understood.
        Err(fault) => (vec![record(file, (wire::FAULT, &fault), "text/plain", vec![])], 0, true),
    }
}

fn too_large() -> String {
    reason!("the file is larger than {MAX_FILE} bytes").to_string()
}

fn record(file: &str, detail: (&str, &str), content_type: &str, body: Vec<u8>) -> StoredRequest {
    let text = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    StoredRequest {
        route: FILE.to_owned(),
        method: "FILE".to_owned(),
        path: file.to_owned(),
        query: vec![text((FILE, file)), text(detail)],
        headers: vec![text(("content-type", content_type))],
        body: Bytes::from(body),
    }
}

/// Writes the rejected rows beside the file and moves the file to `done/`.
fn put_away(path: &Path, file: &str, zone: &TimeZone) -> io::Result<()> {
    let source = path.join(file);
    let metadata = fs::symlink_metadata(&source)?;
    let content = read(path, file, stamp(&metadata)?)?;
    let errors = match content {
        Some(Ok(bytes)) => match Rows::of(file, &bytes) {
            Ok(rows) => rows.errors(zone),
            Err(fault) => Some(whole_fault(&fault.to_string())),
        },
        Some(Err(fault)) => Some(whole_fault(&fault)),
        None => return Err(io::Error::other("the file changes while it is put away")),
    };
    if let Some(errors) = errors {
        // Under a hidden name first, so that nobody reads half of it.
        let draft = path.join(format!(".{file}{ERRORS}"));
        fs::write(&draft, errors)?;
        fs::rename(&draft, path.join(format!("{file}{ERRORS}")))?;
    }
    let done = path.join(DONE);
    fs::create_dir_all(&done)?;
    fs::rename(&source, free_name(&done, file))
}

fn whole_fault(reason: &str) -> Vec<u8> {
    table::write([vec!["error".to_owned()], vec![reason.to_owned()]].into_iter())
}

/// The file's name, or the first numbered one nobody has: an older file is never overwritten.
fn free_name(folder: &Path, file: &str) -> PathBuf {
    let numbered = (2..).map(|number: u64| folder.join(format!("{file}.{number}")));
    std::iter::once(folder.join(file)).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| folder.join(file))
}

#[cfg(test)]
#[path = "folder/tests.rs"]
mod tests;
