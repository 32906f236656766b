//! What a file would come to: everything an import does, undone before anybody sees it.
//!
//! Whatever is read goes through the writer as an import's does, slice by slice, and each transaction is rolled back. Rows that an
//! earlier slice would have written are remembered by their keys, so that a row given twice is counted as the import counts it.
//! Deliberately not here: reading and judging rows, and what is written (each kind's own file).

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use pult_store::{
    StoreError,
    imports::{ImportId, RejectedRow},
};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::{
    AHEAD, BUSY, Desk, ImportError, Order, Rows, Slice, Way, Whole, Written, inspect, read_slices, write_rows,
};

/// Names of what would be gone that are told at most; more are only counted.
pub const NAMED: usize = 20;
/// Rows not taken that are told at most; more are only counted.
pub const TOLD: usize = 500;

/// What a file would come to; nothing of it has been written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ImportCheck")]
pub struct Checked {
    /// Rows of the file.
    #[ts(type = "number")]
    pub rows: u64,
    /// Rows that would be new.
    #[ts(type = "number")]
    pub added: u64,
    /// Rows that are known and would be as in the file.
    #[ts(type = "number")]
    pub changed: u64,
    /// What would be gone, because a whole list does not name it.
    #[ts(type = "number")]
    pub removed: u64,
    /// The names of the first of those, 20 at most.
    pub removed_names: Vec<String>,
    /// Rows that would not be taken.
    #[ts(type = "number")]
    pub rejected: u64,
    /// The first of those, 500 at most, in the file's order.
    pub rejections: Vec<RejectedRow>,
}

impl Checked {
    fn reject(&mut self, rows: Vec<RejectedRow>) {
        self.rejected += rows.len() as u64;
        let room = TOLD.saturating_sub(self.rejections.len());
        self.rejections.extend(rows.into_iter().take(room));
    }
}

/// Says what importing a file from its beginning would come to now. Nothing is written, no import is noted, and no audit row is made.
///
/// # Errors
/// As [`ImportError`] says; [`ImportError::Stopped`] when `stop` came first.
pub async fn check(desk: &Desk, order: &Order, stop: &CancellationToken) -> Result<Checked, ImportError> {
    match Way::of(desk, order).await? {
        Way::Whole(file) => whole(desk, file).await,
        Way::Agencies(rows) => stream(desk, order, rows, stop).await,
        Way::AgencyPhones(rows) => stream(desk, order, rows, stop).await,
        Way::VilniusCalls(rows) => stream(desk, order, rows, stop).await,
        Way::MoscowCalls(rows) => stream(desk, order, rows, stop).await,
        Way::Services(rows) => stream(desk, order, rows, stop).await,
        Way::People(rows) => stream(desk, order, rows, stop).await,
        Way::Absences(rows) => stream(desk, order, rows, stop).await,
    }
}

async fn whole(desk: &Desk, file: Whole) -> Result<Checked, ImportError> {
    // No import has this id, so that an audit row that is undone with the rest names none.
    let taken = desk.store.rehearse(move |c| (file.write)(c, ImportId(0))).await?;
    let mut checked = Checked {
        rows: taken.advance.rows,
        added: taken.advance.added,
        changed: taken.advance.changed,
        removed: taken.removed.len() as u64,
        removed_names: taken.removed.into_iter().take(NAMED).collect(),
        ..Checked::default()
    };
    checked.reject(taken.advance.rejected);
    Ok(checked)
}

async fn stream<K: Rows>(
    desk: &Desk,
    order: &Order,
    kind: K,
    stop: &CancellationToken,
) -> Result<Checked, ImportError> {
    let kind = Arc::new(kind);
    let file = inspect(order.path.clone(), kind.needs()).await?;
    let (send, mut receive) = mpsc::channel::<Slice<K::Row>>(AHEAD);
    let (path, theirs) = (order.path.clone(), kind.clone());
    let reader = tokio::task::spawn_blocking(move || read_slices(&path, &file, 0, theirs.as_ref(), &send));
    let (mut checked, mut before) = (Checked::default(), HashSet::new());
    while let Some(slice) = receive.recv().await {
        if stop.is_cancelled() {
            return Err(ImportError::Stopped);
        }
        let slice = Arc::new(slice);
        let keys: Vec<u64> = slice.rows.iter().map(|row| hash_of(&kind.key(row))).collect();
        for (key, written) in keys.iter().zip(rehearsed(desk, &kind, &slice).await?) {
            match written {
                Written::Added if !before.contains(key) => checked.added += 1,
                Written::Added | Written::Changed => checked.changed += 1,
            }
        }
        before.extend(keys);
        checked.rows += slice.advance.rows;
        checked.reject(slice.advance.rejected.clone());
    }
    reader.await.map_err(|_| ImportError::Lost)??;
    Ok(checked)
}

async fn rehearsed<K: Rows>(
    desk: &Desk,
    kind: &Arc<K>,
    slice: &Arc<Slice<K::Row>>,
) -> Result<Vec<Written>, StoreError> {
    loop {
        let (kind, slice) = (kind.clone(), slice.clone());
        match desk.store.rehearse(move |c| write_rows(c, kind.as_ref(), &slice.rows)).await {
            Err(StoreError::Busy) => desk.clock.pause(BUSY).await,
            other => return other,
        }
    }
}

fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
