//! Files of the lists people look at: tickets, ratings, the audit, and both directions of the traffic, by the filters of their
//! screens; and of tables that are whole on the page (`shown`).
//!
//! Each is read as its screen reads it, so nobody gets more in a file than on the page; the traffic is in `traffic`, what Pult does by
//! itself in `work`. Deliberately not here: calls and reports, which have commands of their own.

mod shown;
mod traffic;
mod work;

pub(super) use shown::shown;
pub use shown::{ShownCell, ShownTable};
pub use traffic::{EffectsExport, RecordsExport};
pub(super) use traffic::{effects, records};
pub use work::{AssignmentsExport, DocumentsExport, PairsExport};
pub(super) use work::{assignments, documents, pairs};

use jiff::tz::TimeZone;
use pult_domain::areas::ratings::{Origin, Rate, State};
use pult_store::{
    StoreError,
    audit::{self, AuditFilter, AuditRow},
    ratings::{self, RatingRow},
    tickets::{self, TicketFilter, TicketRow},
};
use serde::Deserialize;
use serde_json::Value;
use ts_rs::TS;

use super::{File, calls::Format};
use crate::{
    Engine,
    auth::Actor,
    error::ApiError,
    export::{Cell, Table},
};

/// Rows of a file at most.
const MOST: usize = 200_000;
/// Rows read at once.
const PAGE: usize = 500;

/// A file of the tickets a filter lets through, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketsExport {
    /// Which.
    pub filter: TicketFilter,
    /// As what.
    pub format: Format,
}

/// A file of the rating requests a filter lets through, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RatingsExport {
    /// Which.
    pub filter: ratings::Filter,
    /// As what.
    pub format: Format,
}

/// A file of the acts a filter lets through, newest first, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AuditExport {
    /// Which; from its `before` on, when it has one.
    pub filter: AuditFilter,
    /// As what.
    pub format: Format,
}

/// A file and whether there was more than it holds.
struct Written {
    bytes: Vec<u8>,
    cut: bool,
}

/// Writes what the pages of a list give, from the first to the last.
fn write<K>(
    format: Format,
    columns: &[&str],
    mut page: impl FnMut(Option<K>) -> Result<(Vec<Vec<Cell>>, Option<K>), StoreError>,
) -> Result<Written, StoreError> {
    let mut table = Table::new(format, columns)?;
    let (mut rows, mut after) = (0, None);
    loop {
        let (lines, next) = page(after)?;
        for line in lines {
            if rows == MOST {
                return Ok(Written { bytes: table.finish()?, cut: true });
            }
            rows += 1;
            table.push(line);
        }
        if next.is_none() {
            return Ok(Written { bytes: table.finish()?, cut: false });
        }
        after = next;
    }
}

fn file(engine: &Engine, what: &str, format: Format, written: &Written) -> File {
    let today = engine.clock().now().strftime("%Y-%m-%d");
    let cut = if written.cut { "-first-200000" } else { "" };
    format.file(&format!("{what}-{today}{cut}"), &written.bytes)
}

fn zone(engine: &Engine) -> TimeZone {
    engine.registry().terms().zones.moscow.clone()
}

fn word(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

const TICKET_COLUMNS: &[&str] = &[
    "Номер",
    "Тема",
    "Проект",
    "Трекер",
    "Статус",
    "Закрыта",
    "Приоритет",
    "Автор",
    "Исполнитель",
    "Личная",
    "Готовность, %",
    "Срок",
    "Создана",
    "Изменена",
    "В статусе с",
];

fn ticket_line(row: TicketRow, zone: &TimeZone) -> Vec<Cell> {
    let yes = |is: bool| if is { word("да") } else { Cell::Empty };
    vec![
        Cell::Whole(row.id.0),
        Cell::Text(row.subject),
        Cell::Text(row.project.name),
        Cell::Text(row.tracker.name),
        Cell::Text(row.status.name),
        yes(row.closed),
        Cell::Text(row.priority.name),
        Cell::text(row.author.as_ref().map(|author| author.name.as_str())),
        Cell::text(row.assignee.as_ref().map(|assignee| assignee.name.as_str())),
        yes(row.private),
        Cell::Whole(row.done_ratio.into()),
        Cell::text(row.due_date.as_deref()),
        Cell::time(Some(row.created_on), zone),
        Cell::time(Some(row.updated_on), zone),
        Cell::time(Some(row.status_at), zone),
    ]
}

pub(super) async fn tickets(engine: &Engine, actor: &Actor, request: TicketsExport) -> Result<File, ApiError> {
    let (viewer, zone) = (engine.ticket_viewer(actor).await?, zone(engine));
    let TicketsExport { filter, format } = request;
    let read = move |c: &pult_store::Connection| {
        write(format, TICKET_COLUMNS, |after| {
            let page = tickets::page(c, &viewer, &filter, after, PAGE)?;
            Ok((page.rows.into_iter().map(|row| ticket_line(row, &zone)).collect(), page.next))
        })
    };
    let written = engine.store().read(read).await?;
    Ok(file(engine, "tickets", format, &written))
}

const RATING_COLUMNS: &[&str] = &[
    "Номер",
    "Заявка",
    "Тема",
    "Автор",
    "Почта",
    "Состояние",
    "Оценка",
    "Чья",
    "Кто поставил",
    "Закрыта",
    "Спросили",
    "Срок ответа",
    "Часы стоят с",
    "Завершено",
    "Восстановлено",
];

fn rating_line(row: RatingRow, zone: &TimeZone) -> Vec<Cell> {
    let state = match row.state {
        State::Received => "принята",
        State::Resolving => "ищем автора",
        State::Asked => "ждёт ответа",
        State::Rating => "записывается",
        State::Rated => "оценена",
        State::Undeliverable => "не спросили",
        State::Cancelled => "отменена",
    };
    let rate = row.rate.map(|rate| match rate {
        Rate::Good => "отлично",
        Rate::Normal => "нормально",
        Rate::Bad => "плохо",
    });
    let origin = row.origin.map(|origin| match origin {
        Origin::User => "клиент",
        Origin::Auto => "автоматически",
        Origin::Supervisor => "супервизор",
    });
    vec![
        Cell::Whole(row.id.0),
        Cell::Whole(row.issue.0),
        Cell::Text(row.title),
        Cell::text(row.author_name.as_deref()),
        Cell::text(row.email.as_deref()),
        word(state),
        Cell::text(rate),
        Cell::text(origin),
        Cell::text(row.rated_by.as_deref()),
        Cell::time(Some(row.closed_at), zone),
        Cell::time(row.asked_at, zone),
        Cell::time(Some(row.deadline_at), zone),
        Cell::time(row.held_at, zone),
        Cell::time(row.ended_at, zone),
        Cell::time(row.recovered_at, zone),
    ]
}

pub(super) async fn ratings(engine: &Engine, _: &Actor, request: RatingsExport) -> Result<File, ApiError> {
    let zone = zone(engine);
    let RatingsExport { filter, format } = request;
    let read = move |c: &pult_store::Connection| {
        write(format, RATING_COLUMNS, |after| {
            let page = ratings::page(c, &filter, after, PAGE)?;
            Ok((page.rows.into_iter().map(|row| rating_line(row, &zone)).collect(), page.next))
        })
    };
    let written = engine.store().read(read).await?;
    Ok(file(engine, "ratings", format, &written))
}

const AUDIT_COLUMNS: &[&str] = &["Номер", "Когда", "Кто", "Что сделано", "Над чем", "Подробности", "Откуда"];

/// An act by the codes it is kept with: those do not change with the words of a screen.
fn audit_line(row: &AuditRow, zone: &TimeZone) -> Vec<Cell> {
    let said = match &row.detail {
        Value::Null => Cell::Empty,
        Value::Object(fields) if fields.is_empty() => Cell::Empty,
        detail => Cell::Text(detail.to_string()),
    };
    vec![
        Cell::Whole(row.id),
        Cell::time(Some(row.at), zone),
        word(&row.actor),
        word(&row.action),
        Cell::text(Some(&row.object)),
        said,
        Cell::text(Some(&row.address)),
    ]
}

pub(super) async fn audit(engine: &Engine, _: &Actor, request: AuditExport) -> Result<File, ApiError> {
    let zone = zone(engine);
    let AuditExport { mut filter, format } = request;
    let read = move |c: &pult_store::Connection| {
        write(format, AUDIT_COLUMNS, |below| {
            filter.before = below.or(filter.before);
            let rows = audit::page(c, &filter, PAGE)?;
            let next = rows.last().filter(|_| rows.len() == PAGE).map(|row| row.id);
            Ok((rows.iter().map(|row| audit_line(row, &zone)).collect(), next))
        })
    };
    let written = engine.store().read(read).await?;
    Ok(file(engine, "audit", format, &written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_a_formula_stays_a_text() {
        let page = |after: Option<u8>| {
            let line = |text: &str| vec![word(text), Cell::Whole(1)];
            Ok(match after {
                None => (vec![line("=1+1"), line("a")], Some(1)),
                Some(_) => (vec![line("b")], None),
            })
        };
        let written = write(Format::Csv, &["Что", "Сколько"], page).unwrap();
        let text = String::from_utf8(written.bytes).unwrap();
        assert_eq!(text, "\u{feff}Что;Сколько\r\n'=1+1;1\r\na;1\r\nb;1\r\n");
        assert!(!written.cut);
    }

    #[test]
    fn a_file_has_an_end_and_says_so() {
        let mut pages = 0;
        let page = |_: Option<u8>| {
            pages += 1;
            Ok((vec![vec![Cell::Whole(1)]; 50_000], Some(0)))
        };
        let written = write(Format::Csv, &["Число"], page).unwrap();
        assert!(written.cut);
        assert_eq!(pages, 5, "no page is read beyond the end");
    }
}
