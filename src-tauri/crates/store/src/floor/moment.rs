//! The floor at any second: everybody who was in a team then, in which state, and in which call.
//!
//! A call is one of the journal that had begun and not ended, found by the operator's name or login; what goes on right now may not be in the
//! journal yet and is taken from the floor. Deliberately not here: the network of that second (`network`), and times over a period (`history`).

use std::collections::{BTreeMap, HashMap};

use pult_domain::{
    CallId, Instant, IntervalId, OperatorId,
    areas::floor::{DialogPhase, DialogReport, Group, OperatorState, Reason},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use super::{history::Watches, reason, state};
use crate::{StoreError, calls::Sight, millis, query::many};

/// A call longer than this is not looked for, ms: the journal is read as far back as this for every moment.
const LONGEST_CALL: i64 = 4 * 3_600_000;

/// An operator at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Moment {
    /// Who.
    pub id: OperatorId,
    /// The source's id of the person.
    pub login_id: String,
    /// The name shown.
    pub name: String,
    /// Our ids of the teams they were in.
    #[ts(type = "Array<number>")]
    pub teams: Vec<i64>,
    /// They have left every team since.
    pub gone: bool,
    /// The state's word; absent when nobody knows.
    #[ts(type = "string | null")]
    pub state: Option<OperatorState>,
    /// The group it is counted in.
    pub group: Group,
    /// Why.
    pub reason: Option<Reason>,
    /// Since when, milliseconds UTC.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// The stretch, where one is known.
    pub interval: Option<IntervalId>,
    /// The call they were in.
    pub call: Option<MomentCall>,
}

/// A call that went on at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MomentCall {
    /// Which of the journal; absent while it is not there yet.
    pub id: Option<CallId>,
    /// When it began, milliseconds UTC.
    #[ts(type = "number")]
    pub began: i64,
    /// The other side's number, as far as it is known.
    pub phone: Option<String>,
}

/// Somebody of the floor, as far as every moment needs them.
struct Person {
    id: OperatorId,
    login_id: String,
    login_name: Option<String>,
    name: String,
    dialogs: Vec<DialogReport>,
}

pub(super) const STRETCH_AT: &str =
    "SELECT id, state, reason, began, ended FROM floor_interval WHERE operator = ?1 AND began <= ?2
     ORDER BY began DESC, id DESC LIMIT 1";

/// Everybody who was in a team at one moment, and those who are now, for whom nothing may be known; the calls as far as somebody may see
/// them. What goes on has no centre yet, and comes into the journal as a call of the Moscow centre.
///
/// # Errors
/// When it cannot be read.
pub fn moment(connection: &Connection, sight: &Sight, at: Instant, now: Instant) -> Result<Vec<Moment>, StoreError> {
    let (moment, now) = (millis(at), millis(now));
    let watches = Watches::load(connection, moment, None, now)?;
    let teams = teams_at(connection, moment)?;
    let calls = calls_at(connection, sight, moment)?;
    let mut statement = connection.prepare_cached(STRETCH_AT)?;
    let mut moments = Vec::with_capacity(teams.len());
    for person in people(connection)? {
        let Some((teams, gone)) = teams.get(&person.id.0).cloned() else { continue };
        let found = statement
            .query_row(params![person.id.0, moment], |r| {
                let ended: Option<i64> = r.get(4)?;
                Ok((IntervalId(r.get(0)?), state(r, 1)?, reason(r, 2)?, r.get::<_, i64>(3)?, ended))
            })
            .optional()?;
        let known = found.filter(|(_, _, _, _, ended)| {
            ended.is_none_or(|ended| moment < ended)
                && watches.known_until(person.id, *ended).is_some_and(|until| moment <= until)
        });
        // What went on when an operator was last heard of is not known to go on.
        let heard = !gone && known.is_some() && sight.has_moscow();
        let going_on = || if heard { going_on(&person.dialogs, moment) } else { None };
        let call = of_journal(&calls, &person).or_else(going_on);
        let (interval, state, reason, since) = match known {
            Some((interval, state, reason, began, _)) => (Some(interval), Some(state), reason, Some(began)),
            None => (None, None, None, None),
        };
        moments.push(Moment {
            id: person.id,
            login_id: person.login_id,
            name: person.name,
            teams,
            gone,
            group: state.as_ref().map_or(Group::Unknown, OperatorState::group),
            state,
            reason,
            since,
            interval,
            call,
        });
    }
    Ok(moments)
}

fn people(connection: &Connection) -> Result<Vec<Person>, StoreError> {
    many(connection, "SELECT id, login_id, login_name, name, dialogs FROM floor_operator ORDER BY id", [], |r| {
        let dialogs: String = r.get(4)?;
        Ok(Person {
            id: OperatorId(r.get(0)?),
            login_id: r.get(1)?,
            login_name: r.get(2)?,
            name: r.get(3)?,
            dialogs: serde_json::from_str(&dialogs).unwrap_or_default(),
        })
    })
}

/// The teams everybody was in, by operator, and whether they are in none now.
fn teams_at(connection: &Connection, at: i64) -> Result<BTreeMap<i64, (Vec<i64>, bool)>, StoreError> {
    let mut found: BTreeMap<i64, (Vec<i64>, bool)> = BTreeMap::new();
    let rows = many(
        connection,
        "SELECT operator, team, 0 FROM floor_member
         UNION ALL SELECT operator, team, 1 FROM floor_left WHERE until > ?1 ORDER BY 3, 2",
        [at],
        |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?, r.get::<_, bool>(2)?)),
    )?;
    for (operator, team, left) in rows {
        let (teams, gone) = found.entry(operator).or_insert_with(|| (vec![], true));
        *gone &= left;
        if !teams.contains(&team) {
            teams.push(team);
        }
    }
    Ok(found)
}

pub(super) const CALLS_AT: &str =
    "SELECT o.name, c.id, c.started_at, c.phone FROM calls c JOIN operators o ON o.id = c.operator_id
     WHERE c.started_at BETWEEN ?2 AND ?1 AND c.ended_at > ?1 AND (?3 OR c.centre = 1)
     UNION ALL SELECT o.name, c.id, c.started_at, c.phone FROM calls c JOIN operators o ON o.id = c.operator_id
     WHERE c.state = 0 AND c.started_at BETWEEN ?2 AND ?1 AND (?3 OR c.centre = 1)
     ORDER BY 3";

/// Calls of the journal that went on at a moment, by who answered. One whose end nobody told is left out: it is not known to have gone on.
fn calls_at(connection: &Connection, sight: &Sight, at: i64) -> Result<HashMap<String, MomentCall>, StoreError> {
    let rows = many(connection, CALLS_AT, params![at, at - LONGEST_CALL, sight.has_moscow()], |r| {
        let call = MomentCall { id: Some(CallId(r.get(1)?)), began: r.get(2)?, phone: r.get(3)? };
        Ok((r.get::<_, String>(0)?, call))
    })?;
    // The newest of somebody who seems to be in several.
    Ok(rows.into_iter().collect())
}

fn of_journal(calls: &HashMap<String, MomentCall>, person: &Person) -> Option<MomentCall> {
    let names = [Some(&person.name), Some(&person.login_id), person.login_name.as_ref()];
    names.into_iter().flatten().find_map(|name| calls.get(name)).cloned()
}

/// What goes on right now and had begun then.
fn going_on(dialogs: &[DialogReport], at: i64) -> Option<MomentCall> {
    let live =
        |dialog: &&DialogReport| matches!(dialog.phase, DialogPhase::Ringing | DialogPhase::Active | DialogPhase::Held);
    dialogs.iter().filter(live).find_map(|dialog| {
        let began = dialog.began.map(millis).filter(|began| *began <= at)?;
        Some(MomentCall { id: None, began, phone: dialog.number.clone() })
    })
}

#[cfg(test)]
mod tests;
