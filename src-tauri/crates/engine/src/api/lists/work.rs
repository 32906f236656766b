//! Files of what Pult does by itself: documents of the accounting system, turns of the carousel, conversations and their issues.
//!
//! Deliberately not here: why each of them ended as it did (their panels).

use jiff::tz::TimeZone;
use pult_domain::areas::{
    carousel::{AssignmentState, Outcome, Way},
    chat_link::ItemState,
    erp::State,
};
use pult_store::{
    Connection, StoreError,
    carousel::{self, AssignmentRow, LogFilter},
    chat_link::{self, PairRow},
    erp::{self, DocumentRow},
};
use serde::Deserialize;
use ts_rs::TS;

use super::{PAGE, file, word, write, zone};
use crate::{
    Engine,
    api::{File, calls::Format},
    auth::Actor,
    error::ApiError,
    export::Cell,
};

/// A file of the documents a filter lets through, newest first, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DocumentsExport {
    /// Which.
    pub filter: erp::Filter,
    /// As what.
    pub format: Format,
}

/// A file of the carousel's turns a filter lets through, newest first, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AssignmentsExport {
    /// Which.
    pub filter: LogFilter,
    /// As what.
    pub format: Format,
}

/// A file of the conversations a filter lets through, newest first, at most 200,000; without what was said before the last words.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PairsExport {
    /// Which.
    pub filter: chat_link::Filter,
    /// As what.
    pub format: Format,
}

/// Reads a list to its end and makes a file of it.
async fn export<R, K>(
    engine: &Engine,
    (name, columns): (&'static str, &'static [&'static str]),
    format: Format,
    mut page: impl FnMut(&Connection, Option<K>) -> Result<(Vec<R>, Option<K>), StoreError> + Send + 'static,
    line: fn(R, &TimeZone) -> Vec<Cell>,
) -> Result<File, ApiError>
where
    R: 'static,
    K: 'static,
{
    let zone = zone(engine);
    let read = move |c: &Connection| {
        write(format, columns, |after| {
            let (rows, next) = page(c, after)?;
            Ok((rows.into_iter().map(|row| line(row, &zone)).collect(), next))
        })
    };
    let written = engine.store().read(read).await?;
    Ok(file(engine, name, format, &written))
}

fn count(count: u32) -> Cell {
    Cell::Whole(count.into())
}

const DOCUMENT_COLUMNS: &[&str] = &[
    "Номер",
    "Дата",
    "О чём",
    "Автор",
    "Состояние",
    "Задач нужно",
    "Задач создано",
    "Файлов",
    "Повторов",
    "Получен",
    "Изменён",
    "Завершён",
];

fn document_line(row: DocumentRow, zone: &TimeZone) -> Vec<Cell> {
    let state = match row.state {
        State::Received => "в работе",
        State::Partial => "созданы не все задачи",
        State::Done => "готово",
        State::UpdateFailed => "обновить не вышло",
        State::Error => "задач нет",
    };
    vec![
        Cell::Text(row.number),
        Cell::text(row.date.as_deref()),
        Cell::text(row.title.as_deref()),
        Cell::text(row.author.as_deref()),
        word(state),
        count(row.lines),
        count(row.tasks),
        count(row.files),
        count(row.tries),
        Cell::time(Some(row.received_at), zone),
        Cell::time(Some(row.updated_at), zone),
        Cell::time(row.ended_at, zone),
    ]
}

pub(in crate::api) async fn documents(engine: &Engine, _: &Actor, request: DocumentsExport) -> Result<File, ApiError> {
    let DocumentsExport { filter, format } = request;
    let page = move |c: &Connection, before| {
        let page = erp::page(c, &filter, before, PAGE)?;
        Ok((page.rows, page.next))
    };
    export(engine, ("documents", DOCUMENT_COLUMNS), format, page, document_line).await
}

const ASSIGNMENT_COLUMNS: &[&str] = &[
    "Время",
    "Тикет",
    "Сервис",
    "Номер сервиса",
    "Кому",
    "Номер сотрудника",
    "Как",
    "Чем кончилось",
    "Подробности",
    "Кто передал",
];

fn assignment_line(row: AssignmentRow, zone: &TimeZone) -> Vec<Cell> {
    let way = match row.way {
        Way::Turn => "по очереди",
        Way::Reassigned => "передан",
    };
    let ending = match (row.outcome, row.state) {
        (Some(Outcome::Confirmed), _) | (None, AssignmentState::Confirmed) => "назначен",
        (Some(Outcome::Taken), _) => "взял другой",
        (Some(Outcome::Gone), _) => "тикета нет",
        (Some(Outcome::PersonRefused), _) => "человек не подошёл",
        (Some(Outcome::TicketRefused), _) => "тикет не принят",
        (Some(Outcome::Failed), _) | (None, AssignmentState::Failed) => "не удалось",
        (None, AssignmentState::Planned) => "пробный прогон",
        (None, AssignmentState::Sent) => "назначается",
    };
    vec![
        Cell::time(Some(row.created_at), zone),
        Cell::Whole(row.ticket.0),
        Cell::Text(row.service_name),
        Cell::Whole(row.service.0),
        Cell::Text(row.person_name),
        Cell::Whole(row.person.0),
        word(way),
        word(ending),
        Cell::text(row.detail.as_deref()),
        Cell::text(row.by.as_deref()),
    ]
}

pub(in crate::api) async fn assignments(
    engine: &Engine,
    _: &Actor,
    request: AssignmentsExport,
) -> Result<File, ApiError> {
    let AssignmentsExport { filter, format } = request;
    let page = move |c: &Connection, before| {
        let page = carousel::log(c, &filter, before, PAGE)?;
        Ok((page.rows, page.next))
    };
    export(engine, ("carousel", ASSIGNMENT_COLUMNS), format, page, assignment_line).await
}

const PAIR_COLUMNS: &[&str] = &[
    "Задача",
    "Тема",
    "Статус",
    "Ссылка",
    "Чат",
    "Последнее",
    "Кто",
    "Что сказано",
    "Копия",
    "Ждут",
    "Не скопировано",
    "Пауза с",
    "Связаны с",
];

fn pair_line(row: PairRow, zone: &TimeZone) -> Vec<Cell> {
    let copy = |state| match state {
        ItemState::Finding => "ищем задачу",
        ItemState::Reading => "читаем",
        ItemState::Sending => "копируем",
        ItemState::Done => "скопировано",
        ItemState::Skipped => "не копируется",
        ItemState::Held => "ждёт",
        ItemState::Failed => "не скопировано",
    };
    let last = row.last;
    vec![
        Cell::Text(row.issue),
        Cell::Text(row.summary),
        Cell::Text(row.status),
        Cell::Text(row.url),
        row.chat.map_or(Cell::Empty, Cell::Whole),
        Cell::time(last.as_ref().map(|last| last.at), zone),
        Cell::text(last.as_ref().map(|last| last.author.as_str())),
        Cell::text(last.as_ref().map(|last| last.text.as_str())),
        last.map_or(Cell::Empty, |last| word(copy(last.state))),
        count(row.held),
        count(row.failed),
        Cell::time(row.paused_at, zone),
        Cell::time(Some(row.created_at), zone),
    ]
}

pub(in crate::api) async fn pairs(engine: &Engine, _: &Actor, request: PairsExport) -> Result<File, ApiError> {
    let PairsExport { filter, format } = request;
    let page = move |c: &Connection, after| {
        let page = chat_link::page(c, &filter, after, PAGE)?;
        Ok((page.rows, page.next))
    };
    export(engine, ("conversations", PAIR_COLUMNS), format, page, pair_line).await
}
