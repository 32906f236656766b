//! Commands of the network: how every target is, one target's past, and what may be done about either.
//!
//! Deliberately not here: asking a target (`probing`), the legacy routes' shapes (the server's), looking from a workstation (its own).

mod view;

use pult_domain::{
    Area, Fact, FactKey, Instant, MaintenanceId, Observed, Subject, TargetId,
    areas::network::{Definition, Fact as NetworkFact, Maintenance, Trouble},
};
use pult_store::{
    StoreError,
    journal::{self, EntryRow},
    network::{self, Availability, IncidentRow, Points, Report, Span},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use view::{MaintenanceView, NetworkList, TargetView};

use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    decide::Source,
    error::{ApiError, ErrorCode},
    probing::NoAnswer,
};

/// The longest period of a history, ms: as long as minutes may be kept.
const LONGEST: i64 = 3_650 * 86_400_000;
/// Targets of one request at most.
const MANY: usize = network::MOST_TARGETS;
/// The longest name a workstation keeps for itself, characters.
const STATION: usize = 64;
/// Incidents and decisions shown with a target.
const SHOWN: usize = 50;

/// Which workstation asks, so that its own view stands beside the server's.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NetworkRequest {
    /// The name the workstation keeps for itself; absent where nothing is tried from there.
    #[serde(default)]
    pub station: Option<String>,
}

/// A period of one target.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TargetHistoryRequest {
    /// Which.
    pub target: TargetId,
    /// From, milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// To, milliseconds UTC, not included.
    #[ts(type = "number")]
    pub until: i64,
}

/// A target's past.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TargetHistory {
    /// What is drawn.
    pub points: Points,
    /// How much of the period it answered.
    pub availability: Availability,
    /// Its incidents, newest first, at most 50, whenever they were.
    pub incidents: Vec<IncidentRow>,
    /// What was decided about it, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
}

/// Asks targets now.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProbeRequest {
    /// Which; empty for all that are watched.
    pub targets: Vec<TargetId>,
    /// As in [`NetworkRequest`].
    #[serde(default)]
    pub station: Option<String>,
}

/// What a workstation saw of its targets.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WorkstationReport {
    /// The name it keeps for itself, 1 to 64 characters.
    pub station: String,
    /// A page looked, not a program.
    pub browser: bool,
    /// What was seen, at most 500.
    pub seen: Vec<SeenFromWorkstation>,
}

/// What a workstation saw of one target.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SeenFromWorkstation {
    /// Which.
    pub target: TargetId,
    /// Whether it answered.
    pub reached: bool,
    /// How long that took, ms.
    pub time_ms: Option<f64>,
    /// The status code, where it could be seen.
    pub status: Option<u16>,
    /// What stood in the way.
    pub trouble: Option<Trouble>,
}

/// Describes a target, a new one or anew.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetTarget {
    /// Which; absent for a new one.
    pub target: Option<TargetId>,
    /// As what.
    pub definition: Definition,
}

/// One target.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TargetRequest {
    /// Which.
    pub target: TargetId,
}

/// One maintenance.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceRequest {
    /// Which.
    pub maintenance: MaintenanceId,
}

pub(super) async fn list(engine: &Engine, _: &Actor, request: NetworkRequest) -> Result<NetworkList, ApiError> {
    Ok(view::list(engine, request.station).await?)
}

pub(super) async fn history(
    engine: &Engine,
    _: &Actor,
    request: TargetHistoryRequest,
) -> Result<TargetHistory, ApiError> {
    let TargetHistoryRequest { target, from, until } = request;
    if from < 0 || until <= from || until - from > LONGEST {
        return Err(ApiError::field("until", "after `from`, at most ten years"));
    }
    let (now, settings) = (engine.clock().now().as_millisecond(), engine.config().areas.network.clone());
    Ok(engine
        .store()
        .read(move |c| {
            let all = network::targets(c, Instant::UNIX_EPOCH)?;
            let row = all.into_iter().find(|t| t.id == target).ok_or(StoreError::NotFound("target"))?;
            let period_ms = i64::from(row.definition.period_s.unwrap_or(settings.period_s)) * 1_000;
            let kept_from = now - i64::from(settings.cycles_days) * 86_400_000;
            let span = Span { from, until };
            Ok(TargetHistory {
                points: network::chart(c, target, span, period_ms, kept_from)?,
                availability: network::availability(c, target, span)?,
                incidents: network::incidents(c, Some(target), None, SHOWN)?,
                decisions: journal::of_subject(c, &Subject::target(target), SHOWN)?,
            })
        })
        .await?)
}

pub(super) async fn probe_now(engine: &Engine, _: &Actor, request: ProbeRequest) -> Result<NetworkList, ApiError> {
    if request.targets.len() > MANY {
        return Err(ApiError::field("targets", format!("at most {MANY}")));
    }
    let targets = match request.targets.is_empty() {
        true => engine.store().read(network::watched).await?.into_iter().map(|t| t.id).collect(),
        false => request.targets,
    };
    let answers = targets.into_iter().map(|target| engine.probing().ask(target));
    for answer in futures_util::future::join_all(answers).await {
        answer?;
    }
    Ok(view::list(engine, request.station).await?)
}

impl Engine {
    /// Where the pages are that workstations try, as origins: what a console's page may connect to.
    ///
    /// # Errors
    /// When the targets cannot be read.
    pub async fn workstation_origins(&self) -> Result<Vec<String>, StoreError> {
        let targets = self.store().read(network::watched).await?;
        let mut origins: Vec<String> = targets
            .iter()
            .filter_map(|t| url::Url::parse(t.definition.workstation_url.as_ref()?).ok())
            .map(|url| url.origin().ascii_serialization())
            .collect();
        origins.sort_unstable();
        origins.dedup();
        Ok(origins)
    }
}

impl From<NoAnswer> for ApiError {
    fn from(why: NoAnswer) -> Self {
        match why {
            NoAnswer::NotWatched => Self::new(ErrorCode::Conflict, "the target is not watched"),
            NoAnswer::Busy => {
                Self { retry_after_ms: Some(1_000), ..Self::new(ErrorCode::Busy, "too many wait for an answer") }
            }
        }
    }
}

pub(super) async fn workstation_report(
    engine: &Engine,
    actor: &Actor,
    request: WorkstationReport,
) -> Result<Nothing, ApiError> {
    let station = request.station.trim().to_owned();
    if station.is_empty() || station.chars().count() > STATION {
        return Err(ApiError::field("station", format!("1 to {STATION} characters")));
    }
    if request.seen.len() > MANY {
        return Err(ApiError::field("seen", format!("at most {MANY}")));
    }
    let micros = |ms: f64| (ms.is_finite() && ms >= 0.0).then(|| (ms * 1_000.0).min(f64::from(u32::MAX)) as u32);
    let reports: Vec<Report> = request
        .seen
        .iter()
        .map(|seen| Report {
            target: seen.target,
            station: station.clone(),
            login: actor.login.clone(),
            reached: seen.reached,
            time_us: seen.time_ms.and_then(micros),
            status: seen.status,
            trouble: seen.trouble,
            browser: request.browser,
        })
        .collect();
    let now = engine.clock().now();
    let touched: Vec<i64> = reports.iter().map(|r| r.target.0).collect();
    engine.store().write_behind(move |c| reports.iter().try_for_each(|report| network::report(c, report, now))).await?;
    engine.bus().changed(Area::Network, touched);
    Ok(Nothing {})
}

pub(super) async fn set_target(engine: &Engine, actor: &Actor, request: SetTarget) -> Result<NetworkList, ApiError> {
    if let Some((field, allowed)) = request.definition.fault() {
        return Err(ApiError::field(field, allowed));
    }
    let SetTarget { target, definition } = request;
    let fact = NetworkFact::TargetSet { target, definition: Box::new(definition.clone()), by: actor.login.clone() };
    let object = target.map_or_else(|| format!("target:{}", definition.key), |id| Subject::target(id).0);
    act(engine, actor, "network.set_target", object, fact, move |c| network::check_definition(c, target, &definition))
        .await?;
    engine.probing().reload();
    Ok(view::list(engine, None).await?)
}

pub(super) async fn remove_target(
    engine: &Engine,
    actor: &Actor,
    request: TargetRequest,
) -> Result<NetworkList, ApiError> {
    let target = request.target;
    let fact = NetworkFact::TargetRemoved { target, by: actor.login.clone() };
    act(engine, actor, "network.remove_target", Subject::target(target).0, fact, move |c| {
        let row = network::targets(c, Instant::UNIX_EPOCH)?.into_iter().find(|t| t.id == target);
        match row {
            None => Err(StoreError::NotFound("target")),
            Some(row) if row.is_default => {
                Err(StoreError::Conflict("this target stands in for those nobody knows: switch it off instead"))
            }
            Some(_) => Ok(()),
        }
    })
    .await?;
    engine.probing().reload();
    Ok(view::list(engine, None).await?)
}

pub(super) async fn set_maintenance(
    engine: &Engine,
    actor: &Actor,
    request: Maintenance,
) -> Result<NetworkList, ApiError> {
    if let Some(why) = request.schedule.fault() {
        return Err(ApiError::field("schedule", why));
    }
    if request.note.chars().count() > 200 {
        return Err(ApiError::field("note", "at most 200 characters"));
    }
    let target = request.target;
    let object = target.map_or_else(|| "network".to_owned(), |t| Subject::target(t).0);
    let fact = NetworkFact::MaintenanceSet { maintenance: Box::new(request), by: actor.login.clone() };
    act(engine, actor, "network.set_maintenance", object, fact, move |c| match target {
        Some(id) if !network::exists(c, id)? => Err(StoreError::NotFound("target")),
        _ => Ok(()),
    })
    .await?;
    Ok(view::list(engine, None).await?)
}

pub(super) async fn lift_maintenance(
    engine: &Engine,
    actor: &Actor,
    request: MaintenanceRequest,
) -> Result<NetworkList, ApiError> {
    let id = request.maintenance;
    let fact = NetworkFact::MaintenanceLifted { maintenance: id, by: actor.login.clone() };
    act(engine, actor, "network.lift_maintenance", format!("maintenance:{id}"), fact, move |c| {
        network::maintenance(c, id)?.map(|_| ()).ok_or(StoreError::NotFound("maintenance"))
    })
    .await?;
    Ok(view::list(engine, None).await?)
}

/// Decides about what an administrator did, in one transaction with the check that it can be done and its line in the audit.
async fn act(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    object: String,
    fact: NetworkFact,
    check: impl FnOnce(&pult_store::Connection) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), ApiError> {
    let (now, terms, actor) = (engine.clock().now(), engine.registry().terms(), actor.clone());
    let source = Source { name: "console".to_owned(), actor: Some(actor.login.clone()), ..Source::default() };
    let observed =
        Observed { key: FactKey(format!("{action}/{}", engine.next_act())), at: now, fact: Fact::Network(fact) };
    let decided = engine
        .store()
        .write(move |c| {
            check(c)?;
            let decided = crate::decide::fact(c, &observed, &source, now, &terms)?;
            actor.note(c, action, &object, serde_json::json!({}), now)?;
            Ok(decided)
        })
        .await?;
    engine.tell(&[decided]);
    Ok(())
}
