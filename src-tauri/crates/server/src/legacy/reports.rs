//! Reports on tickets at their old addresses (behaviour/helpdesk 8): groups, the tickets behind them, tickets that stand still, both as
//! workbooks, and the figures of one's own tasks.
//!
//! Unlike before, they ask for a sign-in and for the right of reports, and a parameter that makes no sense is refused and not left out: a
//! figure of something else than was asked for is worse than none. Deliberately not here: counting and files (the engine's).

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::tz::TimeZone;
use pult_domain::areas::tickets::report::{Day, Group, Grouping, Report, StatusIs, UNASSIGNED};
use pult_engine::{
    api::{
        File,
        calls::Format,
        reports::{
            self, NOBODY, StaleExport, StaleRequest, TicketReportDetails, TicketReportExport, TicketReportRequest,
        },
        routes::{self, KeyRoute},
        tickets::{self, TicketCountsRequest},
    },
    auth::Actor,
};
use pult_store::tickets::{Stale, TicketFilter, TicketWhose};
use serde_json::{Map, Value, json};

use super::{refuse, wants_page};
use crate::{App, console::Visitor, pages};

/// Groups of a page, and tickets of a page of details, when the request names no number.
const USUAL: usize = 20;
/// Tickets of a page of those that stand still, when the request names no number.
const USUAL_STALE: usize = 50;
/// The longest page.
const LONGEST: usize = 500;
/// Days without a change of the status, when the request names no number.
const STALE_DAYS: u32 = 7;

type Names = &'static [(&'static str, &'static str)];

/// Parameters of a report.
pub(super) const REPORT: Names = &[
    ("project_id", "The project; without it nothing is counted"),
    ("period_type", "created or closed: which day counts; created by default"),
    ("report_year", "Of one year"),
    ("months[]", "Of these months, 1 to 12; of all by default"),
    ("date_from", "From this day on, YYYY-MM-DD"),
    ("date_to", "To this day, inclusive, YYYY-MM-DD"),
    ("status_filter", "is_open, is_closed, or the number of a status"),
    ("executor_id", "The number of who works on them, or unassigned"),
    ("group_mode", "EXECUTOR, MONTH, EXECUTOR_MONTH or MONTH_EXECUTOR; EXECUTOR by default"),
    ("page", "Which page, from 1"),
    ("page_size", "Groups of a page, 20 by default, 500 at most"),
];
/// The same with what narrows it to one group.
pub(super) const DETAILS: Names = &[
    REPORT[0],
    REPORT[1],
    REPORT[2],
    REPORT[3],
    REPORT[4],
    REPORT[5],
    REPORT[6],
    REPORT[7],
    ("ctx_executor_id", "Of one group: the number of who works on them, or unassigned"),
    ("ctx_ym", "Of one group: the month, YYYY-MM"),
    ("detail_page", "Which page, from 1"),
    ("detail_page_size", "Tickets of a page, 20 by default, 500 at most"),
];
/// Parameters of tickets that stand still.
pub(super) const STALE: Names = &[
    ("project_id", "The project"),
    ("stale_days", "For so many days at least, 7 by default"),
    ("status_id", "Of one status"),
    ("executor_id", "The number of who works on them, or unassigned"),
    ("page", "Which page, from 1"),
    ("page_size", "Tickets of a page, 50 by default, 500 at most"),
];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/reports", get(screen))
        .route("/redmine-report", get(groups))
        .route("/redmine-report/details", get(details))
        .route("/redmine-report/export", get(export))
        .route("/redmine-report/stale-tasks", get(stale))
        .route("/redmine-report/stale-tasks/export", get(stale_export))
        .route("/tasks/get-my-tasks-statistics-optimized", get(statistics))
}

/// What was asked, name by name. A value that makes no sense ends the request with the parameter's name.
struct Asked(Vec<(String, String)>);

/// Why there is no answer.
enum Fault {
    Project,
    Parameter(&'static str),
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let words = match self {
            Self::Project => "Project required".to_owned(),
            Self::Parameter(name) => format!("Bad parameter: {name}"),
        };
        (StatusCode::BAD_REQUEST, words).into_response()
    }
}

impl Asked {
    fn read(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        Self(pairs.filter(|(_, value)| !value.trim().is_empty()).collect())
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    fn one<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Fault> {
        self.all(name).next().map(|text| text.parse().map_err(|_| Fault::Parameter(name))).transpose()
    }

    fn chosen<T: Copy>(&self, name: &'static str, usual: T, among: &[(&str, T)]) -> Result<T, Fault> {
        let Some(text) = self.all(name).next() else { return Ok(usual) };
        among.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or(Fault::Parameter(name))
    }

    fn project(&self) -> Result<i64, Fault> {
        self.one("project_id")?.ok_or(Fault::Project)
    }

    /// Somebody who works on tickets, 0 for nobody.
    fn executor(&self, name: &'static str) -> Result<Option<i64>, Fault> {
        if self.all(name).next() == Some(UNASSIGNED) { Ok(Some(0)) } else { self.one(name) }
    }

    /// The number of a page from 1, and its length.
    fn page(&self, number: &'static str, length: &'static str, usual: usize) -> Result<(usize, usize), Fault> {
        let (page, size) = (self.one(number)?.unwrap_or(1).max(1), self.one(length)?.unwrap_or(usual));
        if (1..=LONGEST).contains(&size) { Ok((page, size)) } else { Err(Fault::Parameter(length)) }
    }

    fn report(&self) -> Result<Report, Fault> {
        let status = match self.all("status_filter").next() {
            None => None,
            Some("is_open") => Some(StatusIs::Open),
            Some("is_closed") => Some(StatusIs::Closed),
            Some(_) => self.one("status_filter")?.map(|id| StatusIs::Is { id }),
        };
        let month = |text: &str| text.parse().ok().filter(|month| (1..=12).contains(month));
        let months: Option<Vec<i8>> = self.all("months[]").chain(self.all("months")).map(month).collect();
        Ok(Report {
            project: self.project()?,
            day: self.chosen("period_type", Day::Created, &[("created", Day::Created), ("closed", Day::Closed)])?,
            from: self.one("date_from")?,
            to: self.one("date_to")?,
            year: self.one("report_year")?,
            months: months.ok_or(Fault::Parameter("months[]"))?,
            status,
            executor: self.executor("executor_id")?,
            grouping: self.chosen(
                "group_mode",
                Grouping::Executor,
                &[
                    ("EXECUTOR", Grouping::Executor),
                    ("MONTH", Grouping::Month),
                    ("EXECUTOR_MONTH", Grouping::ExecutorMonth),
                    ("MONTH_EXECUTOR", Grouping::MonthExecutor),
                ],
            )?,
        })
    }

    fn stale(&self) -> Result<Stale, Fault> {
        let days = self.one("stale_days")?.unwrap_or(STALE_DAYS);
        if !(1..=3_650).contains(&days) {
            return Err(Fault::Parameter("stale_days"));
        }
        let (status, executor) = (self.one("status_id")?, self.executor("executor_id")?);
        Ok(Stale { project: self.project()?, days, status, executor })
    }
}

/// `GET /reports`: leads to the screen of reports. Whoever has not signed in does so there.
async fn screen(visitor: Visitor, headers: HeaderMap) -> Response {
    let to = || Redirect::to("/ui/#/reports").into_response();
    match refuse(&visitor, routes::REPORTS_SCREEN) {
        None => to(),
        Some(refusal) if refusal.status() == StatusCode::UNAUTHORIZED && wants_page(&headers) => to(),
        Some(refusal) => refusal,
    }
}

/// The visitor, where the address is open to them.
fn open(visitor: &Visitor, route: KeyRoute) -> Result<&Actor, Response> {
    match refuse(visitor, route) {
        Some(refusal) => Err(refusal),
        None => visitor.actor(),
    }
}

/// How many pages there are.
fn pages_of(total: usize, size: usize) -> usize {
    total.div_ceil(size)
}

/// `GET /redmine-report`. Without a project there is nothing to count, and that is no fault.
async fn groups(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let actor = match open(&visitor, routes::TICKET_REPORT) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let asked = Asked::read(query.as_deref());
    let (page, size) = match asked.page("page", "page_size", USUAL) {
        Ok(page) => page,
        Err(fault) => return fault.into_response(),
    };
    let figures = match asked.report() {
        Ok(report) => {
            let request = TicketReportRequest { report, skip: (page - 1).saturating_mul(size), limit: size };
            match reports::tickets(&app.engine, actor, request).await {
                Ok(figures) => Some(figures),
                Err(error) => return pages::api_error(error),
            }
        }
        Err(Fault::Project) => None,
        Err(fault) => return fault.into_response(),
    };
    let (groups, total_groups, total) =
        figures.map_or((vec![], 0, 0), |figures| (figures.groups, figures.total_groups, figures.total));
    Json(json!({
        "groups": groups.into_iter().map(named).collect::<Vec<_>>(),
        "total_groups": total_groups,
        "total_issues": total,
        "page": page,
        "page_size": size,
        "total_pages": pages_of(total_groups, size),
    }))
    .into_response()
}

/// A group with the words of old for those that nobody works on.
fn named(mut group: Group) -> Group {
    reports::name_of(&group).to_owned().clone_into(&mut group.name);
    group.children = group.children.into_iter().map(named).collect();
    group
}

/// `GET /redmine-report/details`: the tickets behind a figure, the last first.
async fn details(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let actor = match open(&visitor, routes::TICKET_REPORT) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let asked = Asked::read(query.as_deref());
    let request = || -> Result<_, Fault> {
        let (page, size) = asked.page("detail_page", "detail_page_size", USUAL)?;
        let (month, executor) = (asked.one("ctx_ym")?, asked.executor("ctx_executor_id")?);
        let skip = (page - 1).saturating_mul(size);
        Ok((TicketReportDetails { report: asked.report()?, month, executor, skip, limit: size }, page))
    };
    let (request, page) = match request() {
        Ok(request) => request,
        Err(fault) => return fault.into_response(),
    };
    let size = request.limit;
    match reports::details(&app.engine, actor, request).await {
        Ok(found) => {
            let zone = app.engine.registry().terms().zones.moscow.clone();
            let issue = |line: reports::TicketReportLine| {
                json!({
                    "id": line.id,
                    "subject": line.subject,
                    "status_name": line.status,
                    "created_on": at(line.created_on, &zone),
                    "closed_on": line.closed_on.map(|ms| at(ms, &zone)),
                    "executor_name": if line.executor.is_empty() { NOBODY } else { &line.executor },
                })
            };
            Json(json!({
                "issues": found.rows.into_iter().map(issue).collect::<Vec<_>>(),
                "total_issues": found.total,
                "page": page,
                "page_size": size,
                "total_pages": pages_of(found.total, size),
            }))
            .into_response()
        }
        Err(error) => pages::api_error(error),
    }
}

/// A time as the tracker's pages of old wrote it.
fn at(ms: i64, zone: &TimeZone) -> String {
    let at = pult_domain::Instant::from_millisecond(ms).unwrap_or(pult_domain::Instant::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string()
}

/// `GET /redmine-report/export`.
async fn export(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let actor = match open(&visitor, routes::TICKET_REPORT) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    match Asked::read(query.as_deref()).report() {
        Ok(report) => {
            file(reports::export(&app.engine, actor, TicketReportExport { report, format: Format::Xlsx }).await)
        }
        Err(fault) => fault.into_response(),
    }
}

/// `GET /redmine-report/stale-tasks`: open tickets whose status has not changed for long, the oldest first.
async fn stale(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let actor = match open(&visitor, routes::STALE_TICKETS) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let asked = Asked::read(query.as_deref());
    let request = || Ok((asked.stale()?, asked.page("page", "page_size", USUAL_STALE)?));
    let (stale, (page, size)) = match request() {
        Ok(request) => request,
        Err(fault) => return Fault::into_response(fault),
    };
    let request = StaleRequest { stale, skip: (page - 1).saturating_mul(size), limit: size };
    let found = match reports::stale(&app.engine, actor, request).await {
        Ok(found) => found,
        Err(error) => return pages::api_error(error),
    };
    let zone = app.engine.registry().terms().zones.moscow.clone();
    let now = app.engine.clock().now().as_millisecond();
    let rows = found.rows.iter().map(|row| {
        json!({
            "id": row.id,
            "subject": row.subject,
            "status_name": row.status.name,
            "created_on": at(row.created_on, &zone),
            "updated_on": at(row.updated_on, &zone),
            "status_updated_on": at(row.status_at, &zone),
            "age_days": reports::days_since(row.created_on, now),
            "stale_days": reports::days_since(row.status_at, now),
            "assigned_to_name": row.assignee.as_ref().map_or(NOBODY, |who| &who.name),
        })
    });
    let total = found.total as usize;
    Json(json!({
        "issues": rows.collect::<Vec<_>>(),
        "total_issues": total,
        "page": page,
        "page_size": size,
        "total_pages": pages_of(total, size),
    }))
    .into_response()
}

/// `GET /redmine-report/stale-tasks/export`.
async fn stale_export(State(app): State<App>, visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let actor = match open(&visitor, routes::STALE_TICKETS) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    match Asked::read(query.as_deref()).stale() {
        Ok(stale) => file(reports::stale_export(&app.engine, actor, StaleExport { stale, format: Format::Xlsx }).await),
        Err(fault) => fault.into_response(),
    }
}

/// A file to be kept under its name.
fn file(made: Result<File, pult_engine::error::ApiError>) -> Response {
    let made = match made {
        Ok(made) => made,
        Err(error) => return pages::api_error(error),
    };
    // The names are ours: letters, digits and dashes.
    let kept = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", made.name));
    match (data_encoding::BASE64.decode(made.content_base64.as_bytes()), kept, HeaderValue::from_str(&made.mime)) {
        (Ok(bytes), Ok(kept), Ok(kind)) => {
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, kept)], bytes).into_response()
        }
        _ => {
            tracing::error!("a file cannot be sent under its name");
            pages::error(StatusCode::INTERNAL_SERVER_ERROR, "internal", None, "the file cannot be sent")
        }
    }
}

/// `GET /tasks/get-my-tasks-statistics-optimized`: the tickets given to the visitor, by what their statuses mean.
async fn statistics(State(app): State<App>, visitor: Visitor) -> Response {
    let actor = match open(&visitor, routes::TICKET_STATISTICS) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    let filter = TicketFilter { whose: TicketWhose::Assigned, ..TicketFilter::default() };
    match tickets::counts(&app.engine, actor, TicketCountsRequest { filter }).await {
        Ok(counts) => {
            let counts = counts.statuses.into_iter().map(|one| (one.status.name, one.closed, one.count));
            Json(figures(counts)).into_response()
        }
        Err(error) => pages::api_error(error),
    }
}

/// Statuses (name, whether it ends a ticket, how many) as the old figures.
fn figures(counts: impl IntoIterator<Item = (String, bool, u32)>) -> Value {
    let (mut open, mut progress, mut completed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, closed, count) in counts {
        let small = name.to_lowercase();
        let begins = ["новая", "открыта", "new", "open"].iter().any(|word| small.contains(word));
        let of = match (closed, begins) {
            (true, _) => &mut completed,
            (false, true) => &mut open,
            (false, false) => &mut progress,
        };
        *of.entry(name).or_insert(0) += count;
    }
    let sum = |of: &BTreeMap<String, u32>| of.values().sum::<u32>();
    let (in_open, in_progress, over) = (sum(&open), sum(&progress), sum(&completed));
    let total = in_open + in_progress + over;
    let rate = if total == 0 { 0.0 } else { (f64::from(over) / f64::from(total) * 1_000.0).round() / 10.0 };
    let all: BTreeMap<&String, u32> =
        [&open, &progress, &completed].into_iter().flatten().map(|(name, count)| (name, *count)).collect();
    let mut figures: Map<String, Value> = Map::new();
    for (name, count) in [
        ("total_tasks", total),
        ("open_tasks", in_open),
        ("in_progress_tasks", in_progress),
        ("completed_tasks", over),
        ("closed_tasks", over),
    ] {
        figures.insert(name.to_owned(), count.into());
    }
    let mut answer = figures.clone();
    figures.insert("completion_rate".to_owned(), rate.into());
    answer.insert("success".to_owned(), true.into());
    answer.insert("status_counts".to_owned(), json!(all));
    answer.insert(
        "detailed_breakdown".to_owned(),
        json!({ "open_statuses": open, "in_progress_statuses": progress, "completed_statuses": completed }),
    );
    answer.insert("statistics".to_owned(), figures.into());
    answer.into()
}

#[cfg(test)]
mod tests;
