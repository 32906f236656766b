//! The floor as it was: one operator's day, totals. What nobody saw is left out, never guessed.
//!
//! A stretch is known up to the last instant at which anybody watched while it went on: one that began before a gap and was seen to go on after
//! it is known throughout. Deliberately not here: the present (`board`), and
//! everybody at one second (`moment`).

use std::collections::BTreeMap;

use pult_domain::{
    CommandId, Instant, IntervalId, OperatorId,
    areas::floor::{Group, Judgement, OperatorState, Reason},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::Serialize;
use ts_rs::TS;

use super::{CommandRow, reason, state};
use crate::{StoreError, millis};

/// Stretches of a page at most.
const MOST: usize = 5_000;

/// A stretch of time in one state.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Stretch {
    /// Which.
    pub id: IntervalId,
    /// The state's word.
    #[ts(type = "string")]
    pub state: OperatorState,
    /// The group it is counted in.
    pub group: Group,
    /// Why.
    pub reason: Option<Reason>,
    /// When it began, milliseconds UTC.
    #[ts(type = "number")]
    pub began: i64,
    /// Up to when it is known to have lasted, milliseconds UTC.
    #[ts(type = "number")]
    pub known_until: i64,
    /// Whether it goes on.
    pub open: bool,
    /// The source gave no time for its beginning.
    pub approximate: bool,
    /// What a "not ready" was caused by, with its evidence.
    pub verdict: Option<Judgement>,
    /// A person's own verdict: `verdict`, `by`, `note`, `at`.
    #[ts(type = "{ verdict: string; by: string; note: string; at: number } | null")]
    pub overruled: Option<serde_json::Value>,
}

/// Stretches of one operator, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StretchPage {
    /// The stretches.
    pub stretches: Vec<Stretch>,
    /// There are more than fit.
    pub cut: bool,
}

/// How long an operator was in each group within a period, milliseconds; what nobody saw is in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OperatorTimes {
    /// Who.
    pub id: OperatorId,
    /// By group.
    pub by_group: BTreeMap<Group, i64>,
    /// "Not ready" by verdict, a person's own going first.
    #[ts(type = "Record<string, number>")]
    pub not_ready_by_verdict: BTreeMap<String, i64>,
    /// How often the operator was in a call.
    pub talks: u32,
}

/// When the teams of each operator were watched while they were in them: (began, upto), by operator.
pub(super) struct Watches(BTreeMap<i64, Vec<(i64, i64)>>);

impl Watches {
    /// Watches that touch a period, and those after it, for they may show that a stretch went on. One that is open lasts until now.
    pub(super) fn load(connection: &Connection, from: i64, operator: Option<OperatorId>, now: i64) -> Result<Self> {
        let mut all: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        let mut statement = connection.prepare_cached(
            "SELECT m.operator, w.began, iif(w.open, max(w.upto, ?3), w.upto) FROM floor_member m JOIN floor_watch w ON w.team = m.team
             WHERE (w.upto >= ?1 OR w.open) AND (?2 IS NULL OR m.operator = ?2)
             UNION ALL
             SELECT l.operator, w.began, min(l.until, iif(w.open, max(w.upto, ?3), w.upto))
             FROM floor_left l JOIN floor_watch w ON w.team = l.team
             WHERE l.until >= ?1 AND w.began <= l.until AND (w.upto >= ?1 OR w.open) AND (?2 IS NULL OR l.operator = ?2)",
        )?;
        for row in
            statement.query_map(params![from, operator.map(|o| o.0), now], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        {
            let (operator, began, upto) = row?;
            all.entry(operator).or_default().push((began, upto));
        }
        Ok(Self(all))
    }

    /// Up to when a stretch is known to have lasted; nothing when nobody watched.
    pub(super) fn known_until(&self, operator: OperatorId, ended: Option<i64>) -> Option<i64> {
        let end = ended.unwrap_or(i64::MAX);
        let upto = self.0.get(&operator.0)?.iter().filter(|(began, _)| *began <= end).map(|(_, upto)| *upto).max()?;
        Some(upto.min(end))
    }
}

pub(super) const LAST_BEGUN: &str =
    "SELECT coalesce(max(began), ?2) FROM floor_interval WHERE operator = ?1 AND began <= ?2";

/// What was going on with an operator when a period began.
pub(super) const BEFORE: &str =
    "SELECT id, state, reason, began, ended, approximate, verdict, overruled FROM floor_interval
     WHERE operator = ?1 AND began < ?2 ORDER BY began DESC, id DESC LIMIT 1";

pub(super) const WITHIN: &str =
    "SELECT id, state, reason, began, ended, approximate, verdict, overruled, operator FROM floor_interval
     WHERE began >= ?1 AND began < ?2";

pub(super) const STRETCHES: &str =
    "SELECT id, state, reason, began, ended, approximate, verdict, overruled FROM floor_interval
     WHERE operator = ?1 AND began BETWEEN ?2 AND ?3 ORDER BY began, id LIMIT ?4";

/// An operator's stretches that touch a period, oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn stretches(
    connection: &Connection,
    operator: OperatorId,
    from: Instant,
    to: Instant,
    now: Instant,
) -> Result<StretchPage, StoreError> {
    let (from, to) = (millis(from), millis(to));
    let watches = Watches::load(connection, from, Some(operator), millis(now))?;
    // The stretch that was going on when the period began is the last one that began before it.
    let first: i64 = connection.prepare_cached(LAST_BEGUN)?.query_row(params![operator.0, from], |r| r.get(0))?;
    let rows: Vec<(Stretch, Option<i64>)> = connection
        .prepare_cached(STRETCHES)?
        .query_map(params![operator.0, first, to, MOST as i64 + 1], stretch)?
        .collect::<Result<_>>()?;
    let cut = rows.len() > MOST;
    let stretches = rows
        .into_iter()
        .take(MOST)
        .filter_map(|(stretch, ended)| {
            let known_until = watches.known_until(operator, ended)?;
            (known_until >= from && known_until >= stretch.began).then_some(Stretch { known_until, ..stretch })
        })
        .collect();
    Ok(StretchPage { stretches, cut })
}

fn stretch(row: &Row<'_>) -> Result<(Stretch, Option<i64>)> {
    let state = state(row, 1)?;
    let ended: Option<i64> = row.get(4)?;
    let read = |text: Option<String>| text.and_then(|t| serde_json::from_str(&t).ok());
    let verdict: Option<String> = row.get(6)?;
    Ok((
        Stretch {
            id: IntervalId(row.get(0)?),
            group: state.group(),
            state,
            reason: reason(row, 2)?,
            began: row.get(3)?,
            known_until: 0,
            open: ended.is_none(),
            approximate: row.get(5)?,
            verdict: verdict.and_then(|t| serde_json::from_str(&t).ok()),
            overruled: read(row.get(7)?),
        },
        ended,
    ))
}

/// Whose stretch it is.
///
/// # Errors
/// When it cannot be read.
pub fn operator_of(connection: &Connection, interval: IntervalId) -> Result<Option<OperatorId>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT operator FROM floor_interval WHERE id = ?1")?
        .query_row([interval.0], |r| r.get(0))
        .optional()?
        .map(OperatorId))
}

/// How long everybody was in each group within a period.
///
/// # Errors
/// When it cannot be read.
pub fn totals(
    connection: &Connection,
    from: Instant,
    to: Instant,
    now: Instant,
) -> Result<Vec<OperatorTimes>, StoreError> {
    let (from, to) = (millis(from), millis(to));
    let watches = Watches::load(connection, from, None, millis(now))?;
    let mut all: BTreeMap<OperatorId, OperatorTimes> = BTreeMap::new();
    let mut add = |operator: OperatorId, (stretch, ended): (Stretch, Option<i64>)| {
        let Some(until) = watches.known_until(operator, ended) else { return };
        let length = until.min(to) - stretch.began.max(from);
        if length <= 0 {
            return;
        }
        let totals = all.entry(operator).or_insert_with(|| OperatorTimes {
            id: operator,
            by_group: BTreeMap::new(),
            not_ready_by_verdict: BTreeMap::new(),
            talks: 0,
        });
        *totals.by_group.entry(stretch.group).or_default() += length;
        if stretch.state == OperatorState::Talking && stretch.began >= from {
            totals.talks += 1;
        }
        if stretch.group == Group::NotReady {
            let own = stretch.overruled.as_ref().and_then(|o| o.get("verdict")?.as_str().map(str::to_owned));
            let ours = || stretch.verdict.as_ref().map(|v| v.verdict.as_ref().to_owned());
            let word = own.or_else(ours).unwrap_or_else(|| "unknown".to_owned());
            *totals.not_ready_by_verdict.entry(word).or_default() += length;
        }
    };
    // What was going on when the period began: one look per operator.
    let operators: Vec<i64> = connection
        .prepare_cached("SELECT id FROM floor_operator")?
        .query_map([], |r| r.get(0))?
        .collect::<Result<_>>()?;
    let mut before = connection.prepare_cached(BEFORE)?;
    for id in operators {
        if let Some(found) = before.query_row(params![id, from], stretch).optional()? {
            add(OperatorId(id), found);
        }
    }
    let mut within = connection.prepare_cached(WITHIN)?;
    for found in within.query_map([from, to], |r| Ok((r.get::<_, i64>(8)?, stretch(r)?)))? {
        let (operator, found) = found?;
        add(OperatorId(operator), found);
    }
    Ok(all.into_values().collect())
}

pub(super) const COMMANDS: &str =
    "SELECT id, wanted, note, by, asked_at, state, detail, answered_at FROM floor_command WHERE operator = ?1
     ORDER BY id DESC LIMIT ?2";

/// An operator's newest requests, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn commands_of(connection: &Connection, operator: OperatorId, most: usize) -> Result<Vec<CommandRow>, StoreError> {
    let rows: Vec<Option<CommandRow>> = connection
        .prepare_cached(COMMANDS)?
        .query_map(params![operator.0, most as i64], |r| {
            let (wanted, state): (String, String) = (r.get(1)?, r.get(5)?);
            let (Ok(wanted), Ok(state)) = (wanted.parse(), state.parse()) else { return Ok(None) };
            Ok(Some(CommandRow {
                id: CommandId(r.get(0)?),
                wanted,
                note: r.get(2)?,
                by: r.get(3)?,
                asked_at: r.get(4)?,
                state,
                detail: r.get(6)?,
                answered_at: r.get(7)?,
            }))
        })?
        .collect::<Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}
