//! Operators past a limit, and taking one of them on or putting it off: for everybody, and until their state is another.
//!
//! Deliberately not here: when a limit is passed (`pult_domain::areas::floor`), and asking for another state (`floor.ask`).

use pult_domain::{Area, Instant, IntervalId, OperatorId, Subject};
use pult_store::{
    Connection, StoreError,
    floor::{self, Attention, OperatorRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    super::{
        Nothing,
        floor::scope::{self, Scope},
        notices::ahead,
    },
    Now, get,
};
use crate::{Engine, auth::Actor, error::ApiError};

/// Operators past a limit shown at most.
const OPERATORS: usize = 50;

/// An operator past a limit, and who deals with it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NowOperator {
    /// Their row.
    #[serde(flatten)]
    #[ts(flatten)]
    pub row: OperatorRow,
    /// What was said of this stretch.
    #[serde(flatten)]
    #[ts(flatten)]
    pub attention: Attention,
}

/// Operators past a limit.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct NowOperators {
    /// Past the second limit.
    pub red: u32,
    /// Past the first limit alone.
    pub amber: u32,
    /// Past the second limit, and nobody has taken them on or put them off.
    pub waiting: u32,
    /// Past the first limit alone, and nobody has taken them on or put them off.
    pub amber_waiting: u32,
    /// They, 50 at most: those nobody deals with first, past the second limit before the rest, then whoever has been so for longest.
    pub rows: Vec<NowOperator>,
    /// Whether operators are heard now. While they are not, the rest is old.
    pub heard: bool,
}

/// Takes an operator past a limit on, or lets them go.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TakeOperator {
    /// Who.
    pub operator: OperatorId,
    /// The stretch it is about; refused when they are in another state by now.
    pub interval: IntervalId,
    /// On, or no longer.
    pub taken: bool,
}

/// Takes an operator past a limit out of everybody's sight for a while.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SnoozeOperator {
    /// Who.
    pub operator: OperatorId,
    /// The stretch it is about; refused when they are in another state by now.
    pub interval: IntervalId,
    /// Until, milliseconds UTC, a year ahead at most; absent brings it back now.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
}

/// Those past a limit whom somebody may see.
pub(super) fn past_a_limit(
    c: &Connection,
    actor: &Actor,
    heard: bool,
    now: Instant,
) -> Result<NowOperators, StoreError> {
    let mut seen = Scope::of(c, actor)?.board(floor::board(c)?).operators;
    seen.retain(|row| row.alarm > 0);
    let of = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let level = |level: u8| of(seen.iter().filter(|row| row.alarm == level).count());
    let (amber, red, now) = (level(1), level(2), now.as_millisecond());
    let mut said = floor::attentions(c)?;
    let attention = |row: &OperatorRow| row.interval.and_then(|interval| said.remove(&(row.id, interval)));
    let mut rows: Vec<NowOperator> = with(seen, attention);
    let unsettled =
        |level: u8| of(rows.iter().filter(|one| one.row.alarm == level && !one.attention.is_settled(now)).count());
    let (waiting, amber_waiting) = (unsettled(2), unsettled(1));
    rows.sort_by_key(|one| {
        let since = one.row.since.unwrap_or(i64::MAX);
        (one.attention.is_settled(now), std::cmp::Reverse(one.row.alarm), since, one.row.id)
    });
    rows.truncate(OPERATORS);
    Ok(NowOperators { red, amber, waiting, amber_waiting, rows, heard })
}

fn with(rows: Vec<OperatorRow>, mut attention: impl FnMut(&OperatorRow) -> Option<Attention>) -> Vec<NowOperator> {
    let one = |row: OperatorRow| NowOperator { attention: attention(&row).unwrap_or_default(), row };
    rows.into_iter().map(one).collect()
}

pub(in crate::api) async fn take(engine: &Engine, actor: &Actor, request: TakeOperator) -> Result<Now, ApiError> {
    let TakeOperator { operator, interval, taken } = request;
    let detail = serde_json::json!({ "taken": taken });
    act(engine, actor, operator, "now.take_operator", detail, move |c, by, now| {
        floor::take_on(c, operator, interval, taken.then_some(by), now)
    })
    .await
}

pub(in crate::api) async fn snooze(engine: &Engine, actor: &Actor, request: SnoozeOperator) -> Result<Now, ApiError> {
    let SnoozeOperator { operator, interval, until } = request;
    let detail = serde_json::json!({ "until": until });
    let until = ahead(until, engine.clock().now())?;
    act(engine, actor, operator, "now.snooze_operator", detail, move |c, by, _| {
        floor::put_off(c, operator, interval, until.map(|at| (by, at)))
    })
    .await
}

/// Says something of an operator's stretch, notes who did, and tells all windows.
async fn act(
    engine: &Engine,
    actor: &Actor,
    operator: OperatorId,
    action: &'static str,
    detail: serde_json::Value,
    act: impl FnOnce(&Connection, &str, Instant) -> Result<(), StoreError> + Send + 'static,
) -> Result<Now, ApiError> {
    scope::check(engine, actor, &[operator]).await?;
    let (who, now) = (actor.clone(), engine.clock().now());
    let write = move |c: &Connection| {
        act(c, &who.login, now)?;
        who.note(c, action, &Subject::operator(operator).0, detail, now)
    };
    engine.store().write(write).await?;
    engine.bus().changed(Area::Floor, vec![operator.0]);
    get(engine, actor, Nothing {}).await
}
