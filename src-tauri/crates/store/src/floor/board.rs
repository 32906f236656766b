//! The floor as it is: teams, operators, queues.
//!
//! Deliberately not here: the past (`history`), and how the session with the source is (the engine's).

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::{
    CommandId, IntervalId, OperatorId,
    areas::floor::{CommandState, DialogReport, Group, OperatorState, QueueReport, REMOVED, Reason, Wanted},
};
use rusqlite::{Connection, OptionalExtension, Result, Row};
use serde::Serialize;
use ts_rs::TS;

use super::{reason, state};
use crate::StoreError;

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TeamRow {
    /// Our id.
    #[ts(type = "number")]
    pub id: i64,
    /// The source's id.
    pub team_id: String,
    /// Its name.
    pub name: String,
    /// Why it is not watched now, as a code of the console's texts; absent while it is.
    pub why: Option<String>,
    /// Until when it was watched, or is, milliseconds UTC; absent when it never was.
    #[ts(type = "number | null")]
    pub watched_until: Option<i64>,
}

/// A request as far as a row shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CommandRow {
    /// Which.
    pub id: CommandId,
    /// What the state should become.
    pub wanted: Wanted,
    /// The supervisor's words.
    pub note: String,
    /// Who asked.
    pub by: String,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub asked_at: i64,
    /// How far it has come.
    pub state: CommandState,
    /// The source's words.
    pub detail: String,
    /// When it was answered, milliseconds UTC.
    #[ts(type = "number | null")]
    pub answered_at: Option<i64>,
}

/// That there are notes about an operator, and what the newest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NoteSign {
    /// How many.
    pub count: u32,
    /// The newest.
    pub text: String,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OperatorRow {
    /// Who.
    pub id: OperatorId,
    /// The source's id of the person.
    pub login_id: String,
    /// What the person signs in with, where it differs.
    pub login_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The name shown.
    pub name: String,
    /// The phone; none while signed out.
    pub extension: Option<String>,
    /// The state's word; `other:` and the source's text for one we have no meaning for.
    #[ts(type = "string")]
    pub state: OperatorState,
    /// The group it is counted in.
    pub group: Group,
    /// What comes next, where that is settled.
    #[ts(type = "string | null")]
    pub pending: Option<OperatorState>,
    /// Why.
    pub reason: Option<Reason>,
    /// Since when as the source says, milliseconds UTC by its clock; absent when it does not.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// The stretch that goes on.
    pub interval: Option<IntervalId>,
    /// How long is too long already: 0 not, 1 past the first limit, 2 past the second.
    pub alarm: u8,
    /// Absent from the newest answer about the team.
    pub missing: bool,
    /// Our ids of the teams.
    #[ts(type = "Array<number>")]
    pub teams: Vec<i64>,
    /// The calls of this moment.
    pub dialogs: Vec<DialogReport>,
    /// The newest request.
    pub command: Option<CommandRow>,
    /// A sign of notes; absent where there are none.
    pub note: Option<NoteSign>,
}

/// Who counts a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrigin {
    /// The source itself.
    Platform,
    /// Pult, by the words the house has settled.
    Configured,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct QueueRow {
    /// Who counts it.
    pub origin: QueueOrigin,
    /// Its figures.
    pub queue: QueueReport,
    /// When they were heard or counted, milliseconds UTC.
    #[ts(type = "number")]
    pub heard_at: i64,
}

/// Everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Board {
    /// The teams, by name.
    pub teams: Vec<TeamRow>,
    /// The operators, in no promised order.
    pub operators: Vec<OperatorRow>,
}

const OPERATOR: &str = "SELECT o.id, o.login_id, o.login_name, o.first_name, o.last_name, o.name, o.extension, o.state, o.pending, o.reason,
     o.since, o.interval_id, o.alarm, o.missing, o.dialogs,
     c.id, c.wanted, c.note, c.by, c.asked_at, c.state, c.detail, c.answered_at,
     (SELECT count(*) FROM floor_note n WHERE n.operator = o.id),
     (SELECT n.text FROM floor_note n WHERE n.operator = o.id ORDER BY n.id DESC LIMIT 1)
     FROM floor_operator o LEFT JOIN floor_command c ON c.id = o.command_id";

/// Everybody there is. The floor is small: a house has hundreds of operators, not millions.
///
/// # Errors
/// When it cannot be read.
pub fn board(connection: &Connection) -> Result<Board, StoreError> {
    let mut teams = teams(connection)?;
    teams.retain(|team| team.why.as_deref() != Some(REMOVED));
    let mut operators: Vec<OperatorRow> = connection
        .prepare_cached(&format!("{OPERATOR} WHERE EXISTS (SELECT 1 FROM floor_member m WHERE m.operator = o.id)"))?
        .query_map([], row)?
        .collect::<Result<_>>()?;
    let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut statement = connection.prepare_cached("SELECT operator, team FROM floor_member ORDER BY team")?;
    for pair in statement.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?)))? {
        let (operator, team) = pair?;
        members.entry(operator).or_default().push(team);
    }
    for operator in &mut operators {
        operator.teams = members.remove(&operator.id.0).unwrap_or_default();
    }
    Ok(Board { teams, operators })
}

/// The teams, by name.
///
/// # Errors
/// When they cannot be read.
pub fn teams(connection: &Connection) -> Result<Vec<TeamRow>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT t.id, t.team_id, t.name, t.why, (SELECT max(w.upto) FROM floor_watch w WHERE w.team = t.id)
             FROM floor_team t ORDER BY t.name",
        )?
        .query_map([], |r| {
            Ok(TeamRow { id: r.get(0)?, team_id: r.get(1)?, name: r.get(2)?, why: r.get(3)?, watched_until: r.get(4)? })
        })?
        .collect::<Result<_>>()?)
}

/// The teams that somebody's rights name, each by its name or by the source's id; all of them, where none is named. Which operators of the
/// floor, which of their calls and which notices about them somebody may see is settled by this alone.
///
/// # Errors
/// When they cannot be read.
pub fn teams_named(connection: &Connection, named: &[String]) -> Result<Option<BTreeSet<i64>>, StoreError> {
    if named.is_empty() {
        return Ok(None);
    }
    let seen = |team: &TeamRow| named.iter().any(|name| *name == team.name || *name == team.team_id);
    Ok(Some(teams(connection)?.into_iter().filter(seen).map(|team| team.id).collect()))
}

/// These operators as the journal of calls knows them: its ids and names, of everybody who ever took a call under their name or login.
///
/// # Errors
/// When they cannot be read.
pub fn in_journal(connection: &Connection, operators: &BTreeSet<OperatorId>) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = connection.prepare_cached(IN_JOURNAL)?;
    let mut found = BTreeMap::new();
    for operator in operators {
        for row in statement.query_map([operator.0], |r| Ok((r.get(0)?, r.get(1)?)))? {
            let (id, name) = row?;
            found.insert(id, name);
        }
    }
    Ok(found.into_iter().collect())
}

pub(super) const IN_JOURNAL: &str = "SELECT j.id, j.name FROM floor_operator f
     CROSS JOIN operators j ON j.name IN (f.name, f.login_id, f.login_name) WHERE f.id = ?1";

/// Everybody who is in any of these teams.
///
/// # Errors
/// When they cannot be read.
pub fn members(connection: &Connection, teams: &BTreeSet<i64>) -> Result<BTreeSet<OperatorId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT operator FROM floor_member WHERE team = ?1")?;
    let mut found = BTreeSet::new();
    for team in teams {
        for operator in statement.query_map([team], |r| r.get(0))? {
            found.insert(OperatorId(operator?));
        }
    }
    Ok(found)
}

/// Some operators by id; those that have left every team are not among them.
///
/// # Errors
/// When they cannot be read.
pub fn by_ids(connection: &Connection, ids: &[OperatorId]) -> Result<Vec<OperatorRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{OPERATOR} WHERE o.id = ?1"))?;
    let mut teams = connection.prepare_cached("SELECT team FROM floor_member WHERE operator = ?1 ORDER BY team")?;
    let mut rows = Vec::new();
    for id in ids {
        let Some(mut found) = statement.query_row([id.0], row).optional()? else { continue };
        found.teams = teams.query_map([id.0], |r| r.get(0))?.collect::<Result<_>>()?;
        if !found.teams.is_empty() {
            rows.push(found);
        }
    }
    Ok(rows)
}

/// The queues the source counts, by name.
///
/// # Errors
/// When they cannot be read.
pub fn queues(connection: &Connection) -> Result<Vec<QueueRow>, StoreError> {
    let rows: Vec<(String, i64)> = connection
        .prepare_cached("SELECT report, heard_at FROM floor_queue")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_>>()?;
    let mut queues: Vec<QueueRow> = rows
        .into_iter()
        .filter_map(|(text, heard_at)| {
            let queue = serde_json::from_str(&text).ok()?;
            Some(QueueRow { origin: QueueOrigin::Platform, queue, heard_at })
        })
        .collect();
    queues.sort_by(|a, b| a.queue.name.cmp(&b.queue.name));
    Ok(queues)
}

/// The operator whom the source knows by an id or a login name.
///
/// # Errors
/// When it cannot be read.
pub fn id_of_login(connection: &Connection, login: &str) -> Result<Option<OperatorId>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT id FROM floor_operator WHERE login_id = ?1")?
        .query_row([login], |r| r.get(0))
        .optional()?
        .map(OperatorId))
}

/// The name of the operator whom the source knows by an id.
///
/// # Errors
/// The database's own.
pub fn name_of_login(connection: &Connection, login: &str) -> Result<Option<String>> {
    connection
        .prepare_cached("SELECT name FROM floor_operator WHERE login_id = ?1")?
        .query_row([login], |r| r.get(0))
        .optional()
}

fn row(row: &Row<'_>) -> Result<OperatorRow> {
    let state = state(row, 7)?;
    let dialogs: String = row.get(14)?;
    let command = match row.get::<_, Option<i64>>(15)? {
        Some(id) => command(row, id)?,
        None => None,
    };
    let note = match row.get::<_, Option<String>>(24)? {
        Some(text) => Some(NoteSign { count: row.get(23)?, text }),
        None => None,
    };
    Ok(OperatorRow {
        id: OperatorId(row.get(0)?),
        login_id: row.get(1)?,
        login_name: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        name: row.get(5)?,
        extension: row.get(6)?,
        group: state.group(),
        state,
        pending: row.get::<_, Option<String>>(8)?.map(|word| OperatorState::of_word(&word)),
        reason: reason(row, 9)?,
        since: row.get(10)?,
        interval: row.get::<_, Option<i64>>(11)?.map(IntervalId),
        alarm: row.get(12)?,
        missing: row.get(13)?,
        teams: vec![],
        dialogs: serde_json::from_str(&dialogs).unwrap_or_default(),
        command,
        note,
    })
}

/// A request of a row; one whose words this version does not know is left out.
fn command(row: &Row<'_>, id: i64) -> Result<Option<CommandRow>> {
    let (wanted, state): (String, String) = (row.get(16)?, row.get(20)?);
    let (Ok(wanted), Ok(state)) = (wanted.parse(), state.parse()) else { return Ok(None) };
    Ok(Some(CommandRow {
        id: CommandId(id),
        wanted,
        note: row.get(17)?,
        by: row.get(18)?,
        asked_at: row.get(19)?,
        state,
        detail: row.get(21)?,
        answered_at: row.get(22)?,
    }))
}
