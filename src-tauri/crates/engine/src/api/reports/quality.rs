//! Kinds of requests over a period (behaviour/helpdesk 8, quality), and the same as a file.
//!
//! Open to supervisors and to those with the right of quality. Deliberately not here: counting (`pult_domain::areas::tickets::quality`).

use pult_domain::areas::tickets::{
    Dictionary,
    quality::{By, HEADER_FIELD, KIND_FIELD, Row, Tally, tally},
};
use pult_store::tickets;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{figures::ReportDays, file};
use crate::{
    Engine,
    api::{File, calls::Format},
    auth::{Actor, Grant, Role},
    error::{ApiError, ErrorCode},
    export::{Cell, ExportError, Table},
};

/// Days of a report at most.
const MOST_DAYS: i32 = 366;
/// The status of a new ticket where the tracker's own list is not known (behaviour/helpdesk 8).
const FIRST_STATUS: i64 = 1;

/// Which tickets, and how they are sorted.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QualityRequest {
    /// Of which project.
    #[ts(type = "number")]
    pub project: i64,
    /// Written on which days.
    pub days: ReportDays,
    /// The field that tells the kind; the usual one when absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// What the rows differ in; the usual field when absent.
    #[serde(default)]
    pub by: Option<By>,
}

/// The same as a file.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QualityExport {
    /// What.
    pub what: QualityRequest,
    /// In which form.
    pub format: Format,
}

/// Tickets by kind.
#[derive(Debug, Clone, Serialize, TS)]
pub struct QualityReport {
    /// The figures.
    pub tally: Tally,
    /// The field that tells the kind; absent where the tracker has shown no fields of its own.
    pub kind: Option<String>,
    /// What the rows differ in.
    pub by: By,
    /// Fields of the tracker's own that can be asked for, by name.
    pub fields: Vec<String>,
    /// There are more tickets than are counted.
    pub cut: bool,
    /// The zone by whose clocks days are counted.
    pub zone: String,
}

/// Tickets by kind.
///
/// # Errors
/// When somebody may not look, the days make no sense, or it cannot be read.
pub async fn quality(engine: &Engine, actor: &Actor, request: QualityRequest) -> Result<QualityReport, ApiError> {
    if actor.rights.role < Role::Supervisor && !actor.has(Grant::Quality) {
        return Err(ApiError::new(ErrorCode::Forbidden, "the right of quality is missing"));
    }
    let zone = engine.registry().terms().zones.moscow.clone();
    let (between, project) = (request.days.between(&zone, MOST_DAYS)?, request.project);
    let read = move |c: &_| Ok((tickets::lists(c)?, tickets::sorted(c, project, between)?));
    let (lists, (sorted, cut)): (Dictionary, _) = engine.store().read(read).await?;
    let mut fields: Vec<String> = lists.fields.values().cloned().collect();
    fields.sort();
    fields.dedup();
    let usual = |number: i64| lists.fields.get(&number).cloned();
    let kind = request.kind.or_else(|| usual(KIND_FIELD)).or_else(|| fields.first().cloned());
    let by = request.by.or_else(|| usual(HEADER_FIELD).map(|name| By::Field { name })).unwrap_or(By::Tracker {});
    let first = lists.statuses.first().map_or(FIRST_STATUS, |status| status.id);
    Ok(QualityReport {
        tally: tally(&sorted, kind.as_deref().unwrap_or_default(), &by, first),
        kind,
        by,
        fields,
        cut,
        zone: zone.iana_name().unwrap_or_default().to_owned(),
    })
}

/// The same as a file.
///
/// # Errors
/// When somebody may not look, the days make no sense, or it cannot be read.
pub async fn export(engine: &Engine, actor: &Actor, request: QualityExport) -> Result<File, ApiError> {
    let report = quality(engine, actor, request.what).await?;
    let mut table = Table::empty(request.format);
    write(&mut table, &report).map_err(pult_store::StoreError::from)?;
    file(engine, "quality", request.format, table, false)
}

/// Under Russian headings, as the console's people read them.
fn write(table: &mut Table, report: &QualityReport) -> Result<(), ExportError> {
    let first = match &report.by {
        By::Field { name } => name,
        By::Tracker {} => "Трекер",
        By::Category {} => "Категория",
        By::Author {} => "Автор",
        By::Executor {} => "Исполнитель",
    };
    let untold = |name: &str| if name.is_empty() { "Не указано".to_owned() } else { name.to_owned() };
    let kinds: Vec<String> = report.tally.kinds.iter().map(|kind| untold(kind)).collect();
    let mut headings = vec![first];
    headings.extend(kinds.iter().map(String::as_str));
    headings.extend(["Прочие", "Всего"]);
    table.sheet("Качество", &headings)?;
    let cells = |name: String, row: &Row| {
        let mut cells = vec![Cell::text(Some(&name))];
        cells.extend(row.counts.iter().map(|count| Cell::Whole((*count).into())));
        cells.extend([Cell::Whole(row.others.into()), Cell::Whole(row.total.into())]);
        cells
    };
    for row in &report.tally.rows {
        table.push(cells(untold(&row.name), row));
    }
    table.push(cells("Всего".to_owned(), &report.tally.sum));
    Ok(())
}
