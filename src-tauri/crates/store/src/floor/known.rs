//! The snapshot the rules of the floor look at, loaded for one fact.
//!
//! Deliberately not here: anything a rule does not ask for, and the network's part of the evidence (`evidence`).

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::{
    CommandId, IntervalId, OperatorId,
    areas::floor::{
        CommandState, Fact, Known, KnownCommand, KnownInterval, KnownOperator, OperatorReport, REMOVED, Wanted,
    },
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{evidence, instant, next_id, reason, state};
use crate::StoreError;

const OPERATOR: &str = "SELECT o.login_id, o.id, o.name, o.state, o.since, o.pending, o.reason, o.interval_id, o.began, o.alarm, o.missing, o.extension,
     c.id, c.wanted FROM floor_operator o LEFT JOIN floor_command c ON c.id = o.command_id AND c.state IN ('sent', 'taken')";

/// Loads what the rule for this fact may look at; the parts it has no use for stay empty.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact) -> Result<Known, StoreError> {
    let mut known = Known {
        next_operator: next_id(connection, "floor_operator")?,
        next_interval: next_id(connection, "floor_interval")?,
        ..Known::default()
    };
    match fact {
        Fact::TeamSeen(team) => {
            known.members = members(connection, &team.id)?;
            known.elsewhere = elsewhere(connection, &team.id)?;
            let named = team.members.iter().map(|m| &m.login_id).chain(&known.members);
            known.operators = by_logins(connection, named)?;
            known.watched_until = watched_until(connection, &team.id)?;
            known.labels = labels(connection, &team.members)?;
        }
        Fact::OperatorSeen { report, team } => {
            known.operators = by_logins(connection, [&report.login_id])?;
            if let Some(team) = team
                && is_member(connection, team, &report.login_id)?
            {
                known.members = vec![report.login_id.clone()];
            }
            known.labels = labels(connection, std::slice::from_ref(report.as_ref()))?;
        }
        Fact::OperatorGone { login_id, .. } | Fact::DialogGone { login_id, .. } => {
            known.operators = by_logins(connection, [login_id])?;
        }
        Fact::DialogSeen(dialog) => known.operators = by_logins(connection, [&dialog.login_id])?,
        Fact::StateAsked { operator, .. } => {
            known.operators = by_id(connection, *operator)?;
            known.next_command = next_id(connection, "floor_command")?;
        }
        // Whoever has left every team is shown nowhere: what they were in last is nobody's trouble.
        Fact::TooLong { operator, .. } if teams_of(connection, *operator)?.is_empty() => {}
        Fact::TooLong { operator, .. } => known.operators = by_id(connection, *operator)?,
        Fact::RequestTaken { command }
        | Fact::RequestShown { command }
        | Fact::RequestFailed { command, .. }
        | Fact::RequestOverdue { command }
        | Fact::RequestUnsettled { command } => known.command = request(connection, *command)?,
        Fact::JudgementDue { interval } | Fact::VerdictGiven { interval, .. } => {
            known.interval = stretch(connection, *interval)?;
        }
        Fact::StillLost | Fact::TeamsSeen { .. } | Fact::WatchLost { .. } => {
            known.unwatched = teams(connection, "why <> ?1")?;
            known.teams = teams(connection, "why IS NOT ?1")?;
        }
        Fact::QueueSeen(_) | Fact::QueueGone { .. } | Fact::ReasonsSeen { .. } | Fact::WatchBegan { .. } => {}
    }
    Ok(known)
}

/// The source's ids of the teams that are ours and so.
fn teams(connection: &Connection, so: &str) -> Result<Vec<String>> {
    connection
        .prepare_cached(&format!("SELECT team_id FROM floor_team WHERE {so} ORDER BY team_id"))?
        .query_map([REMOVED], |r| r.get(0))?
        .collect()
}

fn is_member(connection: &Connection, team: &str, login: &str) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM floor_member WHERE team = (SELECT id FROM floor_team WHERE team_id = ?1)
             AND operator = (SELECT id FROM floor_operator WHERE login_id = ?2)",
        )?
        .exists([team, login])
}

/// Who of a team is in another one as well whose news can be relied on.
fn elsewhere(connection: &Connection, team: &str) -> Result<BTreeSet<String>> {
    connection
        .prepare_cached(
            "SELECT o.login_id FROM floor_team t JOIN floor_member m ON m.team = t.id JOIN floor_operator o ON o.id = m.operator
             WHERE t.team_id = ?1 AND EXISTS (SELECT 1 FROM floor_member n JOIN floor_team other ON other.id = n.team
                 WHERE n.operator = m.operator AND n.team <> m.team AND other.why IS NULL)",
        )?
        .query_map([team], |r| r.get(0))?
        .collect()
}

fn members(connection: &Connection, team: &str) -> Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT o.login_id FROM floor_team t JOIN floor_member m ON m.team = t.id JOIN floor_operator o ON o.id = m.operator
             WHERE t.team_id = ?1 ORDER BY o.login_id",
        )?
        .query_map([team], |r| r.get(0))?
        .collect()
}

/// The source's ids of an operator's teams.
///
/// # Errors
/// When they cannot be read.
pub fn teams_of(connection: &Connection, operator: OperatorId) -> Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT t.team_id FROM floor_member m JOIN floor_team t ON t.id = m.team WHERE m.operator = ?1 ORDER BY t.team_id",
        )?
        .query_map([operator.0], |r| r.get(0))?
        .collect()
}

fn by_logins<'a>(
    connection: &Connection,
    logins: impl IntoIterator<Item = &'a String>,
) -> Result<BTreeMap<String, KnownOperator>> {
    let mut statement = connection.prepare_cached(&format!("{OPERATOR} WHERE o.login_id = ?1"))?;
    let mut found = BTreeMap::new();
    for login in logins {
        if !found.contains_key(login) {
            found.extend(statement.query_row([login], operator).optional()?);
        }
    }
    Ok(found)
}

fn by_id(connection: &Connection, id: OperatorId) -> Result<BTreeMap<String, KnownOperator>> {
    let mut statement = connection.prepare_cached(&format!("{OPERATOR} WHERE o.id = ?1"))?;
    Ok(statement.query_row([id.0], operator).optional()?.into_iter().collect())
}

fn operator(row: &Row<'_>) -> Result<(String, KnownOperator)> {
    let wanted: Option<String> = row.get(13)?;
    let command = row.get::<_, Option<i64>>(12)?.map(CommandId);
    Ok((
        row.get(0)?,
        KnownOperator {
            id: OperatorId(row.get(1)?),
            name: row.get(2)?,
            state: state(row, 3)?,
            since: instant(row, 4)?,
            pending: row.get::<_, Option<String>>(5)?.map(|w| pult_domain::areas::floor::OperatorState::of_word(&w)),
            reason: reason(row, 6)?,
            interval: row.get::<_, Option<i64>>(7)?.map(IntervalId),
            began: instant(row, 8)?,
            alarm: row.get(9)?,
            missing: row.get(10)?,
            extension: row.get(11)?,
            command: command.zip(wanted.and_then(|w| w.parse().ok())),
        },
    ))
}

pub(super) const LAST_WATCH: &str = "SELECT w.upto, w.open FROM floor_team t JOIN floor_watch w ON w.team = t.id
     WHERE t.team_id = ?1 ORDER BY w.began DESC, w.id DESC LIMIT 1";

/// Until when a team was watched, when it is not watched now; nothing while it is, or when it never was.
fn watched_until(connection: &Connection, team: &str) -> Result<Option<pult_domain::Instant>> {
    let last = connection
        .prepare_cached(LAST_WATCH)?
        .query_row([team], |r| Ok((instant(r, 0)?, r.get::<_, bool>(1)?)))
        .optional()?;
    Ok(last.and_then(|(upto, open)| upto.filter(|_| !open)))
}

fn labels(connection: &Connection, reports: &[OperatorReport]) -> Result<BTreeMap<String, String>> {
    let mut statement = connection.prepare_cached("SELECT label FROM floor_reason WHERE reason_id = ?1")?;
    let mut found = BTreeMap::new();
    for id in reports.iter().filter_map(|r| r.reason.as_ref()?.id.as_ref()) {
        if let Some(label) = statement.query_row([id], |r| r.get::<_, String>(0)).optional()? {
            found.insert(id.clone(), label);
        }
    }
    Ok(found)
}

fn request(connection: &Connection, command: CommandId) -> Result<Option<KnownCommand>> {
    let row = connection
        .prepare_cached(
            "SELECT c.operator, o.login_id, c.wanted, c.state FROM floor_command c JOIN floor_operator o ON o.id = c.operator
             WHERE c.id = ?1",
        )?
        .query_row([command.0], |r| {
            Ok((OperatorId(r.get(0)?), r.get::<_, String>(1)?, r.get::<_, String>(2)?, r.get::<_, String>(3)?))
        })
        .optional()?;
    let Some((operator, login_id, wanted, state)) = row else { return Ok(None) };
    let Ok(wanted) = wanted.parse::<Wanted>() else { return Ok(None) };
    let waiting = matches!(state.parse(), Ok(CommandState::Sent | CommandState::Taken));
    let teams = teams_of(connection, operator)?;
    Ok(Some(KnownCommand { id: command, operator, login_id, wanted, teams, waiting }))
}

fn stretch(connection: &Connection, id: IntervalId) -> Result<Option<KnownInterval>, StoreError> {
    let row = connection
        .prepare_cached(
            "SELECT operator, state, reason, began, overruled IS NOT NULL FROM floor_interval WHERE id = ?1",
        )?
        .query_row(params![id.0], |r| {
            Ok((OperatorId(r.get(0)?), state(r, 1)?, reason(r, 2)?, instant(r, 3)?, r.get::<_, bool>(4)?))
        })
        .optional()?;
    let Some((operator, state, reason, Some(began), judged_by_person)) = row else { return Ok(None) };
    let evidence = evidence::gather(connection, operator, reason.as_ref(), began)?;
    Ok(Some(KnownInterval { id, operator, state, judged_by_person, evidence }))
}
