//! Commands of reports: tickets by who worked on them and by month, the tickets behind a figure, those that have stood still, and files;
//! figures of other areas over a period are in `figures`, kinds of requests in `quality`.
//!
//! Tickets are open to supervisors, and to viewers with the right of reports. Deliberately not here: counting
//! (`pult_domain::areas::tickets::report`), and what is drawn (the console).

mod book;
pub mod figures;
pub mod files;
pub mod quality;

use jiff::SignedDuration;
use pult_domain::areas::tickets::report::{Group, Grouping, Line, Report};
use pult_store::tickets::{self, Stale, StalePage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{File, calls::Format};
use crate::{
    Engine,
    auth::{Actor, Grant, Role},
    error::{ApiError, ErrorCode},
    export::{ExportError, Table},
};

pub use book::{NOBODY, name_of};

/// Rows of a page at most.
const LONGEST_PAGE: usize = 500;
/// Rows of a file at most.
const LONGEST_FILE: usize = 200_000;

/// The figures of a report, some groups of it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketReportRequest {
    /// Which report.
    pub report: Report,
    /// Groups before the first that is shown.
    #[serde(default)]
    pub skip: usize,
    /// How many, up to 500.
    pub limit: usize,
}

/// The figures of a report.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketReportFigures {
    /// The groups.
    pub groups: Vec<Group>,
    /// How many groups there are.
    pub total_groups: usize,
    /// How many tickets.
    pub total: u32,
    /// There are more tickets than are counted.
    pub cut: bool,
}

/// The tickets behind a figure of a report.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketReportDetails {
    /// Which report.
    pub report: Report,
    /// Of one month, `YYYY-MM`.
    #[serde(default)]
    pub month: Option<String>,
    /// Of one who works on them; 0 for nobody.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub executor: Option<i64>,
    /// Tickets before the first that is shown.
    #[serde(default)]
    pub skip: usize,
    /// How many, up to 500.
    pub limit: usize,
}

/// A ticket of a report. Instants are milliseconds UTC.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketReportLine {
    /// Its number.
    pub id: pult_domain::TicketId,
    /// Its title.
    pub subject: String,
    /// Its status.
    pub status: String,
    /// When it was written.
    #[ts(type = "number")]
    pub created_on: i64,
    /// When it was closed.
    #[ts(type = "number | null")]
    pub closed_on: Option<i64>,
    /// Who works on it; empty for nobody.
    pub executor: String,
}

/// Tickets of a report.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketReportLines {
    /// The last first.
    pub rows: Vec<TicketReportLine>,
    /// How many there are.
    pub total: usize,
}

/// A report as a file.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketReportExport {
    /// Which report.
    pub report: Report,
    /// In which form.
    pub format: Format,
}

/// Tickets that have stood still.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StaleRequest {
    /// Which.
    pub stale: Stale,
    /// Tickets before the first that is shown.
    #[serde(default)]
    pub skip: usize,
    /// How many, up to 500.
    pub limit: usize,
}

/// The same as a file.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StaleExport {
    /// Which.
    pub stale: Stale,
    /// In which form.
    pub format: Format,
}

/// The groups of a report.
///
/// # Errors
/// When somebody may not look at reports, what they ask for makes no sense, or it cannot be read.
pub async fn tickets(
    engine: &Engine,
    actor: &Actor,
    request: TicketReportRequest,
) -> Result<TicketReportFigures, ApiError> {
    may(actor)?;
    let limit = page_of(request.limit)?;
    let (report, zone) = (request.report, engine.registry().terms().zones.moscow.clone());
    let (lines, cut) = engine.report_lines(&report).await?;
    let groups = report.groups(&lines, &zone);
    Ok(TicketReportFigures {
        total: groups.iter().map(|group| group.count).sum(),
        total_groups: groups.len(),
        groups: groups.into_iter().skip(request.skip).take(limit).collect(),
        cut,
    })
}

/// The tickets behind a figure of a report.
///
/// # Errors
/// When somebody may not look at reports, what they ask for makes no sense, or it cannot be read.
pub async fn details(
    engine: &Engine,
    actor: &Actor,
    request: TicketReportDetails,
) -> Result<TicketReportLines, ApiError> {
    may(actor)?;
    let limit = page_of(request.limit)?;
    let TicketReportDetails { report, month, executor, skip, .. } = request;
    let rows = engine.belonging(&report).await?;
    let chosen = |(line, of): &(Line, String)| {
        month.as_ref().is_none_or(|month| month == of)
            && executor.is_none_or(|id| id == line.executor.as_ref().map_or(0, |who| who.id))
    };
    let rows: Vec<_> = rows.into_iter().filter(chosen).collect();
    let total = rows.len();
    Ok(TicketReportLines {
        rows: rows.into_iter().skip(skip).take(limit).map(|(line, _)| shown(line)).collect(),
        total,
    })
}

fn shown(line: Line) -> TicketReportLine {
    TicketReportLine {
        id: line.id,
        subject: line.subject,
        status: line.status.name,
        created_on: line.created_on.as_millisecond(),
        closed_on: line.closed_on.map(|at| at.as_millisecond()),
        executor: line.executor.map(|who| who.name).unwrap_or_default(),
    }
}

/// A report as a file.
///
/// # Errors
/// When somebody may not look at reports, what they ask for makes no sense, or it cannot be read.
pub async fn export(engine: &Engine, actor: &Actor, request: TicketReportExport) -> Result<File, ApiError> {
    may(actor)?;
    let TicketReportExport { report, format } = request;
    let zone = engine.registry().terms().zones.moscow.clone();
    let (lines, names) = (engine.report_lines(&report).await?.0, engine.store().read(tickets::lists).await?);
    let mut table = Table::empty(format);
    let write = |table: &mut Table| {
        book::summary(table, &report, &report.groups(&lines, &zone), &lines, &names)?;
        let mut belonging = lines.iter().filter(|line| report.month_of(line, &zone).is_some());
        book::issues(table, belonging.by_ref().take(LONGEST_FILE), &zone)?;
        Ok(belonging.next().is_some())
    };
    let cut = write(&mut table).map_err(|error: ExportError| pult_store::StoreError::from(error))?;
    file(engine, "tickets", format, table, cut)
}

/// Tickets that have stood still, the longest first.
///
/// # Errors
/// When somebody may not look at reports, what they ask for makes no sense, or it cannot be read.
pub async fn stale(engine: &Engine, actor: &Actor, request: StaleRequest) -> Result<StalePage, ApiError> {
    may(actor)?;
    let (limit, since) = (page_of(request.limit)?, engine.still_since(&request.stale)?);
    Ok(engine.store().read(move |c| tickets::stale(c, &request.stale, since, request.skip, limit)).await?)
}

/// The same as a file.
///
/// # Errors
/// When somebody may not look at reports, what they ask for makes no sense, or it cannot be read.
pub async fn stale_export(engine: &Engine, actor: &Actor, request: StaleExport) -> Result<File, ApiError> {
    may(actor)?;
    let (since, now) = (engine.still_since(&request.stale)?, engine.clock().now().as_millisecond());
    let zone = engine.registry().terms().zones.moscow.clone();
    let page = engine.store().read(move |c| tickets::stale(c, &request.stale, since, 0, LONGEST_FILE)).await?;
    let mut table = Table::empty(request.format);
    book::stale(&mut table, &page, now, &zone).map_err(pult_store::StoreError::from)?;
    file(engine, "stale-tickets", request.format, table, page.total as usize > page.rows.len())
}

/// Whole days from an instant to now, both in milliseconds.
#[must_use]
pub fn days_since(at: i64, now: i64) -> i64 {
    (now - at).max(0) / 86_400_000
}

fn file(engine: &Engine, name: &str, format: Format, table: Table, cut: bool) -> Result<File, ApiError> {
    let bytes = table.finish().map_err(pult_store::StoreError::from)?;
    let (today, cut) = (engine.clock().now().strftime("%Y-%m-%d"), if cut { "-first-200000" } else { "" });
    Ok(format.file(&format!("{name}-{today}{cut}"), &bytes))
}

/// Whether somebody may look at reports.
///
/// # Errors
/// When they may not.
fn may(actor: &Actor) -> Result<(), ApiError> {
    match actor.rights.role >= Role::Supervisor || actor.has(Grant::RedmineReport) {
        true => Ok(()),
        false => Err(ApiError::new(ErrorCode::Forbidden, "the right of reports is missing")),
    }
}

fn page_of(limit: usize) -> Result<usize, ApiError> {
    match (1..=LONGEST_PAGE).contains(&limit) {
        true => Ok(limit),
        false => Err(ApiError::field("limit", format!("1 to {LONGEST_PAGE}"))),
    }
}

impl Engine {
    /// The tickets of a report's project and period, and whether there are more than are counted.
    async fn report_lines(&self, report: &Report) -> Result<(Vec<Line>, bool), ApiError> {
        let zone = self.registry().terms().zones.moscow.clone();
        let (project, day, between) = (report.project, report.day, report.bounds(&zone));
        Ok(self.store().read(move |c| tickets::lines(c, project, day, between)).await?)
    }

    /// The tickets of a report with the months they count in, the last first.
    async fn belonging(&self, report: &Report) -> Result<Vec<(Line, String)>, ApiError> {
        let zone = self.registry().terms().zones.moscow.clone();
        // How they would be grouped does not matter here.
        let report = Report { grouping: Grouping::Executor, ..report.clone() };
        let (lines, _) = self.report_lines(&report).await?;
        Ok(lines.into_iter().filter_map(|line| report.month_of(&line, &zone).map(|month| (line, month))).collect())
    }

    fn still_since(&self, stale: &Stale) -> Result<pult_domain::Instant, ApiError> {
        if !(1..=3_650).contains(&stale.days) {
            return Err(ApiError::field("days", "1 to 3650"));
        }
        let days = SignedDuration::from_hours(24 * i64::from(stale.days));
        Ok(self.clock().now().checked_sub(days).unwrap_or(pult_domain::Instant::MIN))
    }
}
