//! Imports of files from the previous systems: staff, agencies and their telephones, the journals of both centres.
//!
//! A file is streamed, never held: a thread reads and judges rows, transactions of 1,000 rows are written behind everybody
//! else's work. How far it came is committed with the rows, so the same file started again after a crash goes on where it was.
//! Files that must be judged whole are the exception (`staff`, `desk_lists`): they are bounded, and one transaction each.
//! Deliberately not here: SQL (the store's), and files that arrive in a watched folder (the call feed's).

mod agencies;
mod agency_phones;
mod carousel;
mod cells;
mod check;
mod dates;
mod desk_lists;
mod file;
mod moscow;
mod rows;
mod staff;
mod vilnius;
mod way;

use std::{path::PathBuf, sync::Arc};

use pult_domain::{Area, Instant};
use pult_store::{
    Connection, Store, StoreError,
    calls::Zones,
    imports::{self, Advance, ImportId, ImportRow, ImportState, NewImport},
    staff::StaffOutcome,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{
    Engine,
    api::calls::Format,
    auth::Actor,
    clock::Clock,
    export::{Cell, Table},
};
use cells::Cells;
pub use check::{Checked, NAMED, TOLD, check};
use file::Inspected;
use way::{Taken, Way, Whole};

/// Rows of a transaction.
const SLICE: usize = 1_000;
/// Slices read ahead of the writer.
const AHEAD: usize = 2;
/// How long a full queue of writes is left alone before the next try.
const BUSY: std::time::Duration = std::time::Duration::from_millis(200);

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, strum::AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ImportKind {
    /// People, as contracts/erp_auth 4 has them. CSV only, in one transaction.
    Staff,
    /// Agencies of the Moscow centre, rows of `agentstvo` (behaviour/helpdesk 1.3): `id`, `name` and any of the others.
    Agencies,
    /// Telephones of agencies, rows of `T_AGENCY_PHONE`.
    AgencyPhones,
    /// Calls of the Vilnius centre, rows of `T_CALL_INFO`.
    VilniusCalls,
    /// Calls of the Moscow centre, rows of the call feed (behaviour/helpdesk 1.5).
    MoscowCalls,
    /// Services of the carousel, with switches and turns where the file says them; rows of `DESK_SERVICES` (behaviour/carousel 3).
    CarouselServices,
    /// People of the carousel, with switches and pairs of days away where the file says them; rows of `DESK_USERS`.
    CarouselPeople,
    /// Groups of the carousel's people, rows of `DESK_USERGROUPS`.
    CarouselGroups,
    /// Who is in which group, rows of `DESK_USER_GROUP_BINDS`.
    CarouselMembers,
    /// Which groups serve which service, rows of `DESK_SERVICE_USERGROUP_BINDS`.
    CarouselBindings,
    /// Days away of the carousel's people: `USER_ID`, `START`, `END`, `HALF`, `RRULE`.
    CarouselAbsences,
}

/// A file to be imported.
#[derive(Debug, Clone)]
pub struct Order {
    /// What its rows are.
    pub kind: ImportKind,
    /// Where it is.
    pub path: PathBuf,
    /// What it is called; the path may be that of an upload.
    pub name: String,
    /// Who imports it.
    pub actor: Actor,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Progress {
    /// The import.
    pub import: ImportRow,
    /// Rows a second since it was started or taken up again; absent before the first are written.
    pub rows_per_s: Option<f64>,
    /// Seconds left at that speed.
    pub left_s: Option<f64>,
}

/// Why a file was not imported, or not to its end. What was written stays, and the same file goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// Save it in another form.
    #[error("line {line}: {reason}")]
    Form {
        /// Where.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// Add the column.
    #[error("the file has no column {0}")]
    NoColumn(&'static str),
    /// Take the column out: passwords are never imported.
    #[error("the file has a column of passwords ({0}): take it out, nothing was read")]
    Passwords(String),
    /// Change it there: the next reading would take it back.
    #[error(
        "the service desk tells its groups and bindings itself: they are changed there, and come with its catalogue"
    )]
    ToldByDesk,
    /// Split the file.
    #[error("more than {0} rows")]
    TooManyRows(u64),
    /// What the store says; a conflict means that the file is being imported right now.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A check was stopped before its end.
    #[error("the check was stopped")]
    Stopped,
    /// A thread was lost: a defect, or the program is ending.
    #[error("the import was cut short")]
    Lost,
}

/// What became of a written row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Added,
    Changed,
}

/// A kind of rows: how one is understood and where it goes.
trait Rows: Send + Sync + 'static {
    /// A row that has been understood.
    type Row: Send + Sync + 'static;

    /// Columns without which a CSV file is not of this kind.
    fn needs(&self) -> &'static [&'static str];

    /// Understands a row, or says which cell is wrong and how.
    fn read(&self, cells: &Cells<'_>) -> Result<Self::Row, String>;

    /// What it is known by: two rows of one key are one.
    fn key(&self, row: &Self::Row) -> String;

    /// Writes it; the same row again is an update.
    fn write(&self, connection: &Connection, row: &Self::Row) -> Result<Written, StoreError>;
}

/// What an import works with.
#[derive(Clone)]
pub struct Desk {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The zones of times that name none.
    pub zones: Zones,
    /// Whether the service desk of the settings, on or off, names the carousel's services, people and groups itself. Where it does not,
    /// files are whole lists.
    pub desk_lists: bool,
}

impl Desk {
    /// What an engine's imports work with.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
        let terms = engine.registry().terms();
        Self {
            store: engine.store().clone(),
            clock: engine.clock().clone(),
            zones: terms.zones.clone(),
            desk_lists: !terms.carousel.by_file,
        }
    }
}

impl ImportKind {
    /// The areas whose screens show such rows.
    #[must_use]
    pub fn areas(self) -> &'static [Area] {
        match self {
            Self::Staff => &[Area::People],
            Self::Agencies | Self::AgencyPhones | Self::VilniusCalls | Self::MoscowCalls => &[Area::Calls],
            Self::CarouselServices
            | Self::CarouselPeople
            | Self::CarouselGroups
            | Self::CarouselMembers
            | Self::CarouselBindings
            | Self::CarouselAbsences => &[Area::Carousel, Area::Notices],
        }
    }
}

/// Imports a file and returns once it has ended: done, or cancelled by `stop`. `tell` hears how far it is after every
/// transaction.
///
/// # Errors
/// As [`ImportError`] says; by then the import's row says so too.
pub async fn run(
    desk: &Desk,
    order: Order,
    stop: &CancellationToken,
    tell: impl Fn(Progress) + Send + Sync,
) -> Result<ImportRow, ImportError> {
    match Way::of(desk, &order).await? {
        Way::Whole(file) => whole(desk, order, file, &tell).await,
        Way::Agencies(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::AgencyPhones(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::VilniusCalls(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::MoscowCalls(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::Services(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::People(rows) => stream(desk, order, rows, stop, &tell).await,
        Way::Absences(rows) => stream(desk, order, rows, stop, &tell).await,
    }
}

/// Says what a staff file would come to; nothing is written.
///
/// # Errors
/// As [`ImportError`] says.
pub async fn preview_staff(store: &Store, path: PathBuf) -> Result<StaffOutcome, ImportError> {
    staff::preview(store, path).await
}

/// The rejected rows of an import as a CSV file: line, reason, the row as it came.
///
/// # Errors
/// When there is no such import.
pub async fn rejected_csv(store: &Store, id: ImportId) -> Result<Vec<u8>, StoreError> {
    store
        .read(move |c| {
            imports::get(c, id)?;
            let rows = imports::rejected(c, id)?.into_iter();
            let rows = rows.map(|r| vec![Cell::Whole(r.line.cast_signed()), Cell::Text(r.reason), Cell::Text(r.text)]);
            let mut table = Table::new(Format::Csv, &["Строка файла", "Причина", "Содержимое"])?;
            rows.for_each(|row| table.push(row));
            Ok(table.finish()?)
        })
        .await
}

/// Looks a file over on a thread that may wait.
async fn inspect(path: PathBuf, needs: &'static [&'static str]) -> Result<Inspected, ImportError> {
    tokio::task::spawn_blocking(move || file::inspect(&path, needs)).await.map_err(|_| ImportError::Lost)?
}

/// Notes that a file is being imported.
async fn begin(desk: &Desk, order: &Order, file: &Inspected) -> Result<ImportRow, StoreError> {
    let (actor, now) = (order.actor.clone(), desk.clock.now());
    let new = NewImport {
        kind: order.kind.as_ref().to_owned(),
        file: order.name.clone(),
        sha256: file.sha256.clone(),
        started_by: order.actor.login.clone(),
        total: file.total,
    };
    desk.store
        .write(move |c| {
            let row = imports::begin(c, &new, now)?;
            let detail = json!({ "kind": row.kind, "file": row.file, "rows": row.total, "from": row.done });
            actor.note(c, "import.start", &row.id.object(), detail, now)?;
            Ok(row)
        })
        .await
}

/// Notes that an import has ended, and how.
fn finish(
    connection: &Connection,
    actor: &Actor,
    id: ImportId,
    state: ImportState,
    error: Option<&str>,
    now: Instant,
) -> Result<ImportRow, StoreError> {
    let row = imports::finish(connection, id, state, error, now)?;
    let detail = json!({
        "kind": row.kind, "state": row.state, "rows": row.done, "added": row.added, "changed": row.changed,
        "rejected": row.rejected, "error": row.error,
    });
    actor.note(connection, "import.end", &id.object(), detail, now)?;
    Ok(row)
}

/// Writes a file that is taken in as a whole, notes how that ended, and tells of it.
async fn whole(
    desk: &Desk,
    order: Order,
    file: Whole,
    tell: &(impl Fn(Progress) + Send + Sync),
) -> Result<ImportRow, ImportError> {
    let begun = begin(desk, &order, &file.inspected).await?;
    let (id, now, actor) = (begun.id, desk.clock.now(), order.actor);
    let who = actor.clone();
    let written = desk.store.write_behind(move |c| {
        let Taken { advance, .. } = (file.write)(c, id)?;
        imports::advance(c, id, &advance)?;
        finish(c, &who, id, ImportState::Done, None, now)
    });
    match written.await {
        Ok(row) => {
            tell(progress(&begun, row.clone(), desk.clock.now()));
            Ok(row)
        }
        Err(error) => {
            let (text, now) = (error.to_string(), desk.clock.now());
            desk.store.write(move |c| finish(c, &actor, id, ImportState::Failed, Some(&text), now)).await?;
            Err(error.into())
        }
    }
}

/// Rows read together, to be written together.
struct Slice<R> {
    rows: Vec<R>,
    advance: Advance,
}

async fn stream<K: Rows>(
    desk: &Desk,
    order: Order,
    kind: K,
    stop: &CancellationToken,
    tell: &(impl Fn(Progress) + Send + Sync),
) -> Result<ImportRow, ImportError> {
    let kind = Arc::new(kind);
    let file = inspect(order.path.clone(), kind.needs()).await?;
    let begun = begin(desk, &order, &file).await?;
    let id = begun.id;
    let outcome = slices(desk, &order, &begun, file, &kind, stop, tell).await;
    let (state, error) = match &outcome {
        Ok(true) => (ImportState::Done, None),
        Ok(false) => (ImportState::Cancelled, None),
        Err(error) => (ImportState::Failed, Some(error.to_string())),
    };
    let (actor, now) = (order.actor, desk.clock.now());
    let row = desk.store.write(move |c| finish(c, &actor, id, state, error.as_deref(), now)).await?;
    tell(progress(&begun, row.clone(), now));
    outcome.map(|_| row)
}

/// Writes what is left of a file and says whether it came to the end before it was stopped.
async fn slices<K: Rows>(
    desk: &Desk,
    order: &Order,
    begun: &ImportRow,
    file: Inspected,
    kind: &Arc<K>,
    stop: &CancellationToken,
    tell: &(impl Fn(Progress) + Send + Sync),
) -> Result<bool, ImportError> {
    let (send, mut receive) = mpsc::channel::<Slice<K::Row>>(AHEAD);
    let (path, done, theirs) = (order.path.clone(), begun.done, kind.clone());
    let reader = tokio::task::spawn_blocking(move || read_slices(&path, &file, done, theirs.as_ref(), &send));
    let mut whole = true;
    while let Some(slice) = receive.recv().await {
        if stop.is_cancelled() {
            whole = false;
            break;
        }
        let slice = Arc::new(slice);
        let row = write_slice(desk, begun.id, kind, &slice).await?;
        tell(progress(begun, row, desk.clock.now()));
    }
    // A reader whose slices nobody takes ends by itself.
    drop(receive);
    reader.await.map_err(|_| ImportError::Lost)??;
    Ok(whole)
}

/// Reads what is left of a file, slice by slice, until nobody takes any more.
fn read_slices<K: Rows>(
    path: &std::path::Path,
    file: &Inspected,
    done: u64,
    kind: &K,
    send: &mpsc::Sender<Slice<K::Row>>,
) -> Result<(), ImportError> {
    let new = || Slice { rows: Vec::with_capacity(SLICE), advance: Advance::default() };
    let mut rows = rows::open(path, file.form.clone())?;
    let mut slice = new();
    while let Some(row) = rows.next()? {
        if row.row <= done {
            continue;
        }
        match row.cells().and_then(|cells| kind.read(&cells)) {
            Ok(read) => slice.rows.push(read),
            Err(reason) => slice.advance.rejected.push(row.reject(reason)),
        }
        slice.advance.rows += 1;
        if slice.advance.rows as usize == SLICE && send.blocking_send(std::mem::replace(&mut slice, new())).is_err() {
            return Ok(());
        }
    }
    if slice.advance.rows > 0 {
        // Nobody takes it when the import was cancelled meanwhile.
        let _ = send.blocking_send(slice);
    }
    Ok(())
}

async fn write_slice<K: Rows>(
    desk: &Desk,
    id: ImportId,
    kind: &Arc<K>,
    slice: &Arc<Slice<K::Row>>,
) -> Result<ImportRow, StoreError> {
    loop {
        let (kind, slice) = (kind.clone(), slice.clone());
        let written = desk
            .store
            .write_behind(move |c| {
                let mut advance = slice.advance.clone();
                for written in write_rows(c, kind.as_ref(), &slice.rows)? {
                    match written {
                        Written::Added => advance.added += 1,
                        Written::Changed => advance.changed += 1,
                    }
                }
                imports::advance(c, id, &advance)
            })
            .await;
        match written {
            Err(StoreError::Busy) => desk.clock.pause(BUSY).await,
            other => return other,
        }
    }
}

fn write_rows<K: Rows>(connection: &Connection, kind: &K, rows: &[K::Row]) -> Result<Vec<Written>, StoreError> {
    rows.iter().map(|row| kind.write(connection, row)).collect()
}

/// How far an import is, by what was done since it was begun.
fn progress(begun: &ImportRow, import: ImportRow, now: Instant) -> Progress {
    let seconds = (now.as_millisecond() - begun.started_at) as f64 / 1000.0;
    let rows = import.done.saturating_sub(begun.done) as f64;
    let rows_per_s = (seconds > 0.0 && rows > 0.0).then(|| rows / seconds);
    let left = import.total.map(|total| total.saturating_sub(import.done) as f64);
    let left_s = rows_per_s.zip(left).map(|(speed, left)| left / speed);
    Progress { import, rows_per_s, left_s }
}

#[cfg(test)]
mod tests;
