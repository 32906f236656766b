//! Files of the traffic's two directions. They differ in their rows; how one is asked for and read, page by page, is the same.
//!
//! Deliberately not here: which records and calls somebody may find by a text (`deliveries::seek`).

use jiff::tz::TimeZone;
use pult_domain::{EffectId, RecordId};
use pult_store::{
    Connection, StoreError,
    inbox::{self, RecordFilter, RecordKind, RecordRow, RecordState},
    outbox::{self, EffectFilter, EffectRow, EffectState},
    traffic::Sought,
};
use serde::Deserialize;
use ts_rs::TS;

use super::{PAGE, file, word, write, zone};
use crate::{
    Engine,
    api::{
        File,
        calls::Format,
        deliveries::seek::{self, check_span},
    },
    auth::Actor,
    error::ApiError,
    export::Cell,
};

/// A file of the records a filter lets through, newest first, at most 200,000; without their bodies.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RecordsExport {
    /// Which.
    pub filter: RecordFilter,
    /// As what.
    pub format: Format,
}

/// A file of the calls to other systems a filter lets through, newest first, at most 200,000; without what was said in them.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EffectsExport {
    /// Which.
    pub filter: EffectFilter,
    /// As what.
    pub format: Format,
}

/// One direction, by the filter of its screen.
trait Direction: Send + 'static {
    /// A row of it.
    type Row;
    /// What names a row.
    type Id: Copy;

    /// What a file of it is called.
    const FILE: &'static str;
    /// The titles of its columns.
    const COLUMNS: &'static [&'static str];

    /// The span of time asked for, milliseconds UTC.
    fn span(&self) -> (Option<i64>, Option<i64>);
    /// What somebody typed.
    fn search(&self) -> Option<&str>;
    /// Leaves what was found by it.
    fn narrow(&mut self, found: Sought);
    /// Goes on below a row.
    fn below(&mut self, id: Self::Id);
    /// A page, newest first.
    fn page(&self, connection: &Connection) -> Result<Vec<Self::Row>, StoreError>;
    /// What names a row.
    fn id(row: &Self::Row) -> Self::Id;
    /// Its cells.
    fn line(row: &Self::Row, zone: &TimeZone) -> Vec<Cell>;
}

async fn export<D: Direction>(engine: &Engine, actor: &Actor, mut filter: D, format: Format) -> Result<File, ApiError> {
    let (from, until) = filter.span();
    check_span(from, until)?;
    let (seek, zone) = (seek::of(engine, actor, filter.search()).await?, zone(engine));
    let read = move |c: &Connection| {
        if let Some(found) = seek(c)? {
            filter.narrow(found);
        }
        write(format, D::COLUMNS, |below| {
            if let Some(id) = below {
                filter.below(id);
            }
            let rows = filter.page(c)?;
            let next = rows.last().filter(|_| rows.len() == PAGE).map(D::id);
            Ok((rows.iter().map(|row| D::line(row, &zone)).collect(), next))
        })
    };
    let written = engine.store().read(read).await?;
    Ok(file(engine, D::FILE, format, &written))
}

pub(in crate::api) async fn records(engine: &Engine, actor: &Actor, request: RecordsExport) -> Result<File, ApiError> {
    export(engine, actor, request.filter, request.format).await
}

pub(in crate::api) async fn effects(engine: &Engine, actor: &Actor, request: EffectsExport) -> Result<File, ApiError> {
    export(engine, actor, request.filter, request.format).await
}

impl Direction for RecordFilter {
    type Row = RecordRow;
    type Id = RecordId;

    const FILE: &'static str = "records";
    const COLUMNS: &'static [&'static str] = &[
        "Номер",
        "Принята",
        "Подключение",
        "Как пришла",
        "Что пришло",
        "Откуда",
        "Состояние",
        "Фактов",
        "Размер, байт",
        "Решена",
        "Что не так",
    ];

    fn span(&self) -> (Option<i64>, Option<i64>) {
        (self.from, self.until)
    }

    fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    fn narrow(&mut self, found: Sought) {
        self.only = Some(found.records);
    }

    fn below(&mut self, id: RecordId) {
        self.before = Some(id);
    }

    fn page(&self, connection: &Connection) -> Result<Vec<RecordRow>, StoreError> {
        inbox::page(connection, self, PAGE)
    }

    fn id(row: &RecordRow) -> RecordId {
        row.id
    }

    fn line(row: &RecordRow, zone: &TimeZone) -> Vec<Cell> {
        let kind = match row.kind {
            RecordKind::Hook => "вебхук",
            RecordKind::Poll => "опрос",
            RecordKind::Console => "консоль",
            RecordKind::Replay => "повтор",
        };
        let state = match row.state {
            RecordState::Waiting => "ждёт решения",
            RecordState::Done => "обработана",
            RecordState::Duplicate => "повтор",
            RecordState::NotUnderstood => "не понята",
            RecordState::Failed => "сбой",
        };
        vec![
            Cell::Whole(row.id.0),
            Cell::time(Some(row.received_at), zone),
            word(&row.integration),
            word(kind),
            word(&row.route),
            word(&row.source),
            word(state),
            Cell::Whole(row.facts.into()),
            row.bytes.map_or(Cell::Empty, Cell::Whole),
            Cell::time(row.decided_at, zone),
            Cell::text(row.error.as_deref()),
        ]
    }
}

impl Direction for EffectFilter {
    type Row = EffectRow;
    type Id = EffectId;

    const FILE: &'static str = "calls-out";
    const COLUMNS: &'static [&'static str] = &[
        "Номер",
        "Заказан",
        "Подключение",
        "Что сделать",
        "О чём",
        "Состояние",
        "Попыток",
        "Следующая попытка",
        "Завершён",
        "Последняя ошибка",
    ];

    fn span(&self) -> (Option<i64>, Option<i64>) {
        (self.from, self.until)
    }

    fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    fn narrow(&mut self, found: Sought) {
        self.only = Some(found.effects);
    }

    fn below(&mut self, id: EffectId) {
        self.before = Some(id);
    }

    fn page(&self, connection: &Connection) -> Result<Vec<EffectRow>, StoreError> {
        outbox::page(connection, self, PAGE)
    }

    fn id(row: &EffectRow) -> EffectId {
        row.id
    }

    fn line(row: &EffectRow, zone: &TimeZone) -> Vec<Cell> {
        let state = match row.state {
            EffectState::Queued => "в очереди",
            EffectState::InFlight => "выполняется",
            EffectState::Done => "выполнен",
            EffectState::Refused => "отказ",
            EffectState::Expired => "опоздал",
            EffectState::Dead => "не доставлен",
            EffectState::Cancelled => "отменён",
        };
        let next = (row.state == EffectState::Queued).then_some(row.next_at);
        vec![
            Cell::Whole(row.id.0),
            Cell::time(Some(row.created_at), zone),
            word(&row.integration),
            word(&row.kind),
            word(&row.subject),
            word(state),
            Cell::Whole(row.attempts.into()),
            Cell::time(next, zone),
            Cell::time(row.settled_at, zone),
            Cell::text(row.error.as_deref()),
        ]
    }
}
