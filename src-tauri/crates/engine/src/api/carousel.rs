//! Commands of the carousel: who is on it and whose turn it is, the log with its reasons, the laboratory, and what a person may change.
//!
//! Deliberately not here: giving tickets out (the rule's effects), and words for a reason (the console's).

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use pult_domain::{
    AbsenceId, Answer, AssignmentId, EmployeeId, Fact, Instant, ServiceId, Subject, TicketNumber,
    areas::carousel::{
        Absence, Fact as CarouselFact, Half, Imported, Known, Person, Policy, Source, Strategy,
        lab::{self, Run, Share},
        rule,
        turn::{self, Considered},
    },
};
use pult_store::StoreError;
use pult_store::carousel::{self as store, EmployeeRow, GroupRow, LogFilter, LogPage, ServiceRow, TicketRow};
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine,
    areas::carousel::day_of,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// The most tickets a run of the laboratory reads: 90 days of 1,000.
const LOG_AT_MOST: usize = 90_000;
/// The longest period of the laboratory, days.
const LAB_DAYS: i32 = 366;

/// The carousel as it is at this moment.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselDesk {
    /// Whether it turns.
    pub enabled: bool,
    /// Whether a service desk can be asked.
    pub connected: bool,
    /// Whether it names no services, people and groups, so that files bring them.
    pub by_file: bool,
    /// Whether it only shows what it would do.
    pub dry_run: bool,
    /// Who is taken among those present.
    pub strategy: Strategy,
    /// Most tickets one person is given in a day.
    pub capacity: Option<u32>,
    /// From one look for tickets to the next, seconds.
    pub interval_s: u32,
    /// From one reading of the catalogue to the next, minutes; 0 is only when asked.
    pub import_interval_min: u32,
    /// Where the halves of a day meet, `HH:MM`.
    pub half_day_at: String,
    /// The present day where the carousel turns.
    #[ts(type = "string")]
    pub today: Date,
    /// Services, those that are gone among them.
    pub services: Vec<CarouselService>,
    /// People, those who are gone among them.
    pub people: Vec<CarouselPerson>,
    /// Groups, those that are gone among them.
    pub groups: Vec<GroupRow>,
    /// How the last reading of the catalogue ended.
    pub imported: Option<Imported>,
    /// Since when it is being read, milliseconds UTC.
    #[ts(type = "number | null")]
    pub importing_since: Option<i64>,
    /// Pages of the service desk where groups, people and services are kept.
    pub links: Option<CarouselLinks>,
}

/// Pages of the service desk.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselLinks {
    /// Groups.
    pub groups: String,
    /// People.
    pub people: String,
    /// Services.
    pub services: String,
}

/// A service and whose turn it is there.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselService {
    /// The service.
    pub row: ServiceRow,
    /// Everybody of its groups.
    pub members: Vec<EmployeeId>,
    /// Who could be given a ticket at this moment.
    pub present: Vec<EmployeeId>,
    /// Who would be given the next one.
    pub next: Option<EmployeeId>,
}

/// Somebody, and why this one is or is not on the carousel now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselPerson {
    /// The person.
    pub row: EmployeeRow,
    /// Days away.
    pub absences: Vec<Absence>,
    /// Whether away at this moment.
    pub off: bool,
    /// Tickets given today.
    pub given_today: u32,
    /// When the last one was given, milliseconds UTC.
    #[ts(type = "number | null")]
    pub last_given: Option<i64>,
}

/// One service.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselServiceRequest")]
pub struct ServiceRequest {
    /// Which.
    pub service: ServiceId,
}

/// Tickets of a service that wait, in their order.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselTickets {
    /// The tickets, as last read.
    pub rows: Vec<TicketRow>,
}

/// A page of the log.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "AssignmentPageRequest")]
pub struct LogRequest {
    /// Which.
    #[serde(default)]
    pub filter: LogFilter,
    /// Before which line to go on.
    #[serde(default)]
    pub before: Option<AssignmentId>,
    /// How many, up to 500.
    pub limit: usize,
}

/// A period of the laboratory.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselLabRequest")]
pub struct LabRequest {
    /// The first day.
    #[ts(type = "string")]
    pub from: Date,
    /// The last day.
    #[ts(type = "string")]
    pub to: Date,
    /// Only this service.
    #[serde(default)]
    pub service: Option<ServiceId>,
}

/// How fair a period was, and what other strategies would have made of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselLab {
    /// Tickets the carousel gave out.
    pub tickets: u32,
    /// Whether there were more than are counted here.
    pub cut: bool,
    /// What really happened.
    pub actual: Vec<Share>,
    /// Each strategy on the same tickets and the people present then.
    pub runs: Vec<Run>,
}

/// Puts a service on the carousel or takes it off.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselSwitchService")]
pub struct SwitchService {
    /// Which.
    pub service: ServiceId,
    /// Whether it goes round.
    pub enabled: bool,
}

/// Whom a ticket would go to.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "CarouselPlannedTicket")]
pub struct PlannedTicket {
    /// Which.
    pub ticket: TicketNumber,
    /// To whom; nobody can be given it where absent.
    pub person: Option<EmployeeId>,
    /// Whose turn it would have been, had nobody been away, full or refused; absent where that makes no difference.
    pub otherwise: Option<EmployeeId>,
    /// Everybody of the service, with the reason.
    pub considered: Vec<Considered>,
}

/// Whom the tickets that wait would go to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarouselPlan {
    /// In the order in which they would be given away.
    pub rows: Vec<PlannedTicket>,
}

/// Puts somebody on the carousel or takes them off.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselSwitchPerson")]
pub struct SwitchPerson {
    /// Whom.
    pub person: EmployeeId,
    /// Whether on it.
    pub enabled: bool,
}

/// Enters days away, or changes them.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselKeepAbsence")]
pub struct KeepAbsence {
    /// Whose.
    pub person: EmployeeId,
    /// Which row; 0 is a new one.
    pub id: AbsenceId,
    /// The first day.
    #[ts(type = "string")]
    pub start: Date,
    /// The last day, a day away as well.
    #[ts(type = "string")]
    pub end: Date,
    /// Only this half of each day.
    #[serde(default)]
    pub half: Option<Half>,
    /// How it repeats: an RRULE of RFC 5545 without its name.
    #[serde(default)]
    pub rrule: Option<String>,
}

/// Takes days away back.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselDropAbsence")]
pub struct DropAbsence {
    /// Which row.
    pub id: AbsenceId,
}

/// Gives a ticket of the carousel to somebody else.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselReassign")]
pub struct Reassign {
    /// Which.
    pub ticket: TicketNumber,
    /// To whom.
    pub to: EmployeeId,
}

/// One ticket.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "CarouselTicketRequest")]
pub struct TicketRequest {
    /// Of which service.
    pub service: ServiceId,
    /// Which.
    pub ticket: TicketNumber,
}

pub(super) async fn desk(engine: &Engine, _: &Actor, _: Nothing) -> Result<CarouselDesk, ApiError> {
    let (config, terms, now) = (engine.config(), engine.registry().terms(), engine.clock().now());
    let policy = terms.carousel.clone();
    let day = day_of(now, &policy.zone);
    let (known, services, people, groups, imported) = engine
        .store()
        .read(move |c| {
            let known = store::load_all(c, day)?;
            Ok((known, store::services(c)?, store::employees(c)?, store::groups(c)?, store::imported(c)?))
        })
        .await?;
    let local = now.to_zoned(policy.zone.clone()).datetime();
    let away = turn::away(known.people.values(), local, &policy);
    let settings = &config.areas.carousel;
    Ok(CarouselDesk {
        enabled: policy.enabled,
        connected: policy.connected,
        by_file: policy.by_file,
        dry_run: policy.dry_run,
        strategy: policy.strategy,
        capacity: policy.capacity,
        interval_s: settings.interval_s,
        import_interval_min: settings.import_interval_min,
        half_day_at: policy.half_day_at.strftime("%H:%M").to_string(),
        today: local.date(),
        services: services.into_iter().map(|row| service_of(row, &known, &away, &policy)).collect(),
        people: people.into_iter().filter_map(|row| person_of(row, &known, &away)).collect(),
        groups,
        imported,
        importing_since: known.importing.map(Instant::as_millisecond),
        links: config.integrations.desk_host().map(links_of),
    })
}

fn service_of(row: ServiceRow, known: &Known, away: &BTreeSet<EmployeeId>, policy: &Policy) -> CarouselService {
    let found = known.services.iter().find(|service| service.id == row.id);
    let people: Vec<&Person> = found.map(|service| known.members(service)).unwrap_or_default();
    let present = people.iter().filter(|person| turn::stands(person, away, policy).is_none()).map(|p| p.id).collect();
    let choice = turn::choose(&people, row.last, &BTreeSet::new(), away, policy);
    CarouselService { members: people.iter().map(|person| person.id).collect(), present, next: choice.chosen, row }
}

fn person_of(row: EmployeeRow, known: &Known, away: &BTreeSet<EmployeeId>) -> Option<CarouselPerson> {
    let person = known.people.get(&row.id)?;
    Some(CarouselPerson {
        off: away.contains(&row.id),
        absences: person.absences.clone(),
        given_today: person.given_today,
        last_given: person.last_given.map(Instant::as_millisecond),
        row,
    })
}

/// Pages of the service desk (behaviour/carousel 2).
fn links_of(tenant: &str) -> CarouselLinks {
    CarouselLinks {
        groups: format!("https://{tenant}/employees/employeegroups"),
        people: format!("https://{tenant}/employees/employeeusers"),
        services: format!("https://{tenant}/settings/services"),
    }
}

pub(super) async fn waiting(engine: &Engine, _: &Actor, request: ServiceRequest) -> Result<CarouselTickets, ApiError> {
    Ok(CarouselTickets { rows: engine.store().read(move |c| store::waiting(c, request.service)).await? })
}

/// Whom the tickets that wait would go to now. Nothing is given away.
///
/// # Errors
/// When there is no such service, or it cannot be read.
pub async fn plan(engine: &Engine, _: &Actor, request: ServiceRequest) -> Result<CarouselPlan, ApiError> {
    let (policy, now) = (engine.registry().terms().carousel.clone(), engine.clock().now());
    let day = day_of(now, &policy.zone);
    let known = engine.store().read(move |c| store::load_service(c, request.service, day)).await?;
    let service = known.services.first().ok_or(StoreError::NotFound("service"))?;
    let rows = rule::plan(service, now, &known, &policy).into_iter().map(|(ticket, choice)| PlannedTicket {
        ticket,
        person: choice.chosen,
        otherwise: choice.otherwise,
        considered: choice.considered,
    });
    Ok(CarouselPlan { rows: rows.collect() })
}

pub(super) async fn log(engine: &Engine, _: &Actor, request: LogRequest) -> Result<LogPage, ApiError> {
    let LogRequest { filter, before, limit } = request;
    Ok(engine.store().read(move |c| store::log(c, &filter, before, limit)).await?)
}

pub(super) async fn lab(engine: &Engine, _: &Actor, request: LabRequest) -> Result<CarouselLab, ApiError> {
    let policy = engine.registry().terms().carousel.clone();
    let (from, to) = period(request, &policy.zone)?;
    let service = request.service;
    let read = move |c: &pult_store::Connection| {
        let (mut given, cut) = store::given(c, from, to, LOG_AT_MOST)?;
        given.retain(|one| service.is_none_or(|service| one.service == service));
        let runs = Strategy::iter().map(|s| lab::back_test(s, &given, &policy.weights, &policy.zone)).collect();
        let tickets = u32::try_from(given.len()).unwrap_or(u32::MAX);
        Ok(CarouselLab { tickets, cut, actual: lab::fairness(&given), runs })
    };
    Ok(engine.store().read(read).await?)
}

fn period(request: LabRequest, zone: &TimeZone) -> Result<(Instant, Instant), ApiError> {
    let days = request.from.until(request.to).map_or(-1, |span| span.get_days());
    if !(0..LAB_DAYS).contains(&days) {
        return Err(ApiError::field("to", format!("a day from the first one on, at most {LAB_DAYS} days in all")));
    }
    let start = |day: Date| day.to_zoned(zone.clone()).map(|day| day.timestamp());
    let bad = |_| ApiError::field("from", "a day of the calendar");
    let after = request.to.tomorrow().map_err(bad)?;
    Ok((start(request.from).map_err(bad)?, start(after).map_err(bad)?))
}

pub(super) async fn switch_service(
    engine: &Engine,
    actor: &Actor,
    request: SwitchService,
) -> Result<CarouselDesk, ApiError> {
    let SwitchService { service, enabled } = request;
    let fact = CarouselFact::ServiceSwitched { service, enabled, by: actor.login.clone() };
    act(engine, actor, "carousel.switch_service", &Subject::service(service), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn switch_person(
    engine: &Engine,
    actor: &Actor,
    request: SwitchPerson,
) -> Result<CarouselDesk, ApiError> {
    let SwitchPerson { person, enabled } = request;
    let fact = CarouselFact::PersonSwitched { person, enabled, by: actor.login.clone() };
    act(engine, actor, "carousel.switch_person", &Subject::employee(person), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn keep_absence(
    engine: &Engine,
    actor: &Actor,
    request: KeepAbsence,
) -> Result<CarouselDesk, ApiError> {
    let KeepAbsence { person, id, start, end, half, rrule } = request;
    let rrule = rrule.map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty());
    let absence = Absence { id, start, end, half, rrule, source: Source::Manual };
    absence.check().map_err(|error| {
        let field = if error == pult_domain::areas::carousel::AbsenceError::Rule { "rrule" } else { "end" };
        ApiError::field(field, error.to_string())
    })?;
    let fact = CarouselFact::AbsenceKept { person, absence, by: actor.login.clone() };
    act(engine, actor, "carousel.keep_absence", &Subject::employee(person), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn drop_absence(
    engine: &Engine,
    actor: &Actor,
    request: DropAbsence,
) -> Result<CarouselDesk, ApiError> {
    let fact = CarouselFact::AbsenceDropped { absence: request.id, by: actor.login.clone() };
    act(engine, actor, "carousel.drop_absence", &Subject::catalogue(), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn turn_now(engine: &Engine, actor: &Actor, _: Nothing) -> Result<CarouselDesk, ApiError> {
    let terms = engine.registry().terms();
    if !terms.carousel.enabled || !terms.carousel.connected {
        return Err(ApiError::new(
            ErrorCode::Conflict,
            "the carousel is switched off, or no service desk is connected",
        ));
    }
    let fact = CarouselFact::PassAsked { by: actor.login.clone() };
    act(engine, actor, "carousel.turn_now", &Subject::catalogue(), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn import_now(engine: &Engine, actor: &Actor, _: Nothing) -> Result<CarouselDesk, ApiError> {
    if engine.registry().terms().carousel.by_file {
        return Err(ApiError::new(
            ErrorCode::Conflict,
            "this service desk names no services, people and groups: import them from files",
        ));
    }
    let fact = CarouselFact::ImportAsked { by: actor.login.clone() };
    act(engine, actor, "carousel.import_now", &Subject::catalogue(), fact).await?;
    desk(engine, actor, Nothing {}).await
}

pub(super) async fn reassign(engine: &Engine, actor: &Actor, request: Reassign) -> Result<Nothing, ApiError> {
    let Reassign { ticket, to } = request;
    let fact = CarouselFact::ReassignAsked { ticket, to, by: actor.login.clone() };
    act(engine, actor, "carousel.reassign", &Subject::employee(to), fact).await?;
    Ok(Nothing {})
}

pub(super) async fn release(
    engine: &Engine,
    actor: &Actor,
    request: TicketRequest,
) -> Result<CarouselTickets, ApiError> {
    let TicketRequest { service, ticket } = request;
    let fact = CarouselFact::TicketReleased { ticket, by: actor.login.clone() };
    act(engine, actor, "carousel.release", &Subject::service(service), fact).await?;
    waiting(engine, actor, ServiceRequest { service }).await
}

/// Decides about a person's wish; a wish that changed nothing is told so.
async fn act(
    engine: &Engine,
    actor: &Actor,
    command: &'static str,
    subject: &Subject,
    fact: CarouselFact,
) -> Result<(), ApiError> {
    match engine.act(actor, command, subject, Fact::Carousel(fact)).await? {
        Some(Answer::Unchanged) => {
            Err(ApiError::new(ErrorCode::Conflict, "nothing was changed: it is so already, is gone, or is under way"))
        }
        _ => Ok(()),
    }
}
