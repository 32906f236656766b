//! Carries out what a decision says about the floor.
//!
//! Deliberately not here: deciding it.

use pult_domain::{
    CommandId, Instant, IntervalId, OperatorId,
    areas::floor::{Change, CommandState, DialogReport, OperatorReport, OperatorState, REMOVED},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{json_of, watch};
use crate::{StoreError, millis};

/// Dialogs kept of one operator at most; a source that sends more has lost count.
const DIALOGS: usize = 20;

/// Carries out one change, decided about what happened at an instant, and says which operator it touched; nothing for what concerns none.
///
/// # Errors
/// When it cannot be written; the transaction it runs in should be rolled back then.
pub fn apply(connection: &Connection, change: &Change, now: Instant) -> Result<Option<OperatorId>, StoreError> {
    match change {
        Change::Identify { operator, report } => identify(connection, *operator, report),
        Change::Begin { operator, interval, report, at, approximate, before_ended } => {
            let at = millis(*at);
            end_stretch(connection, *operator, millis(*before_ended))?;
            let reason = json_of(report.reason.as_ref())?;
            let kind = report.reason.as_ref().map(|r| r.kind.as_ref().to_owned());
            connection
                .prepare_cached(
                    "INSERT INTO floor_interval (id, operator, began, state, reason, kind, approximate)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![interval.0, operator.0, at, report.state.word(), reason, kind, approximate])?;
            now_in(connection, *operator, report, *interval, at, false)
        }
        Change::Amend { operator, report } => {
            let reason = json_of(report.reason.as_ref())?;
            connection
                .prepare_cached("UPDATE floor_operator SET pending = ?2, reason = ?3 WHERE id = ?1")?
                .execute(params![operator.0, report.pending.as_ref().map(OperatorState::word), reason])?;
            Ok(Some(*operator))
        }
        Change::Missing { operator, interval, at, before_ended } => {
            missing(connection, *operator, *interval, millis(*at), millis(*before_ended))
        }
        Change::Join { team, name, operator } => join(connection, team, name.as_deref(), *operator),
        Change::Leave { team, operator } => leave(connection, team.as_deref(), *operator, millis(now)),
        Change::PutTeam { team, name } => put_team(connection, team, name.as_deref()).map(|()| None),
        Change::DropTeam { team, at } => {
            watch::end(connection, std::slice::from_ref(team), *at, REMOVED)?;
            leave_all(connection, team, millis(now)).map(|()| None)
        }
        Change::PutDialog { operator, dialog } => dialogs(connection, *operator, |all| {
            all.retain(|d| d.id != dialog.id);
            all.push(dialog.as_ref().clone());
            let over = all.len().saturating_sub(DIALOGS);
            all.drain(..over);
        }),
        Change::DropDialog { operator, id } => dialogs(connection, *operator, |all| all.retain(|d| d.id != *id)),
        Change::PutQueue { queue, at } => {
            connection
                .prepare_cached(
                    "INSERT INTO floor_queue (queue_id, report, heard_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET report = excluded.report, heard_at = excluded.heard_at",
                )?
                .execute(params![queue.id, serde_json::to_string(queue)?, millis(*at)])?;
            Ok(None)
        }
        Change::DropQueue { id } => {
            connection.prepare_cached("DELETE FROM floor_queue WHERE queue_id = ?1")?.execute([id])?;
            Ok(None)
        }
        Change::PutReasons { reasons } => {
            for reason in reasons {
                let (Some(id), Some(label)) = (&reason.id, &reason.label) else { continue };
                connection
                    .prepare_cached(
                        "INSERT INTO floor_reason (reason_id, code, label) VALUES (?1, ?2, ?3)
                         ON CONFLICT DO UPDATE SET code = excluded.code, label = excluded.label",
                    )?
                    .execute(params![id, reason.code, label])?;
            }
            Ok(None)
        }
        Change::Watch { teams, at } => watch::begin(connection, teams, *at).map(|()| None),
        Change::Unwatch { teams, at, why } => watch::end(connection, teams, *at, why).map(|()| None),
        Change::Alarm { operator, level } => {
            connection
                .prepare_cached("UPDATE floor_operator SET alarm = ?2 WHERE id = ?1")?
                .execute(params![operator.0, level])?;
            Ok(Some(*operator))
        }
        Change::Ask { command, operator, wanted, note, by, at } => {
            connection
                .prepare_cached(
                    "INSERT INTO floor_command (id, operator, wanted, note, by, asked_at, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'sent')",
                )?
                .execute(params![command.0, operator.0, wanted.as_ref(), note, by, millis(*at)])?;
            // A request refused at once must not take the place of the one that is awaited.
            connection
                .prepare_cached(
                    "UPDATE floor_operator SET command_id = ?2 WHERE id = ?1 AND NOT EXISTS
                         (SELECT 1 FROM floor_command c WHERE c.id = command_id AND c.state IN ('sent', 'taken'))",
                )?
                .execute(params![operator.0, command.0])?;
            Ok(Some(*operator))
        }
        Change::Answer { command, state, detail, at } => answer(connection, *command, *state, detail, millis(*at)),
        Change::Judge { interval, judgement } => {
            judged(connection, *interval, "verdict", Some(serde_json::to_string(judgement)?))
        }
        Change::Overrule { interval, verdict, by, note, at } => {
            let text = verdict
                .map(|v| serde_json::json!({ "verdict": v, "by": by, "note": note, "at": millis(*at) }).to_string());
            judged(connection, *interval, "overruled", text)
        }
    }
}

fn identify(
    connection: &Connection,
    operator: OperatorId,
    report: &OperatorReport,
) -> Result<Option<OperatorId>, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO floor_operator (id, login_id, login_name, first_name, last_name, name, extension, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'unknown')
             ON CONFLICT (login_id) DO UPDATE SET login_name = coalesce(excluded.login_name, login_name),
                 first_name = excluded.first_name, last_name = excluded.last_name, name = excluded.name,
                 extension = excluded.extension",
        )?
        .execute(params![
            operator.0,
            report.login_id,
            report.login_name,
            report.first_name,
            report.last_name,
            report.display_name(),
            report.extension,
        ])?;
    Ok(Some(operator))
}

/// Ends the stretch that goes on. One of no length is taken away: it would hide what the source says to have gone on all the while.
fn end_stretch(connection: &Connection, operator: OperatorId, at: i64) -> Result<(), StoreError> {
    let which = "id = (SELECT interval_id FROM floor_operator WHERE id = ?1) AND ended IS NULL";
    connection
        .prepare_cached(&format!("DELETE FROM floor_interval WHERE {which} AND began >= ?2"))?
        .execute(params![operator.0, at])?;
    connection
        .prepare_cached(&format!("UPDATE floor_interval SET ended = ?2 WHERE {which}"))?
        .execute(params![operator.0, at])?;
    Ok(())
}

fn now_in(
    connection: &Connection,
    operator: OperatorId,
    report: &OperatorReport,
    interval: IntervalId,
    at: i64,
    missing: bool,
) -> Result<Option<OperatorId>, StoreError> {
    connection
        .prepare_cached(
            "UPDATE floor_operator SET state = ?2, pending = ?3, reason = ?4, since = ?5, interval_id = ?6, began = ?7, alarm = 0,
                 missing = ?8, dialogs = CASE ?2 WHEN 'signed_out' THEN '[]' ELSE dialogs END WHERE id = ?1",
        )?
        .execute(params![
            operator.0,
            report.state.word(),
            report.pending.as_ref().map(OperatorState::word),
            json_of(report.reason.as_ref())?,
            report.since.map(millis),
            interval.0,
            at,
            missing,
        ])?;
    Ok(Some(operator))
}

fn missing(
    connection: &Connection,
    operator: OperatorId,
    interval: IntervalId,
    at: i64,
    before_ended: i64,
) -> Result<Option<OperatorId>, StoreError> {
    end_stretch(connection, operator, before_ended)?;
    let word = OperatorState::SignedOut.word();
    connection
        .prepare_cached(
            "INSERT INTO floor_interval (id, operator, began, state, approximate) VALUES (?1, ?2, ?3, ?4, 1)",
        )?
        .execute(params![interval.0, operator.0, at, word])?;
    connection
        .prepare_cached(
            "UPDATE floor_operator SET state = ?2, pending = NULL, reason = NULL, since = NULL, interval_id = ?3, began = ?4, alarm = 0,
                 missing = 1, dialogs = '[]' WHERE id = ?1",
        )?
        .execute(params![operator.0, word, interval.0, at])?;
    Ok(Some(operator))
}

fn join(
    connection: &Connection,
    team: &str,
    name: Option<&str>,
    operator: OperatorId,
) -> Result<Option<OperatorId>, StoreError> {
    put_team(connection, team, name)?;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO floor_member (team, operator) SELECT id, ?2 FROM floor_team WHERE team_id = ?1",
        )?
        .execute(params![team, operator.0])?;
    Ok(Some(operator))
}

/// A team that was none of ours has not been read since it is again.
fn put_team(connection: &Connection, team: &str, name: Option<&str>) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO floor_team (team_id, name, why) VALUES (?1, coalesce(?2, ?1), 'not_yet')
             ON CONFLICT DO UPDATE SET name = coalesce(?2, name), why = CASE why WHEN ?3 THEN 'not_yet' ELSE why END",
        )?
        .execute(params![team, name, REMOVED])?;
    Ok(())
}

/// Nobody is in the team any more; the past knows that they were.
fn leave_all(connection: &Connection, team: &str, until: i64) -> Result<(), StoreError> {
    let whose = "team = (SELECT id FROM floor_team WHERE team_id = ?1)";
    connection
        .prepare_cached(&format!(
            "INSERT INTO floor_left (team, operator, until) SELECT team, operator, ?2 FROM floor_member WHERE {whose}
             ON CONFLICT DO UPDATE SET until = max(until, excluded.until)"
        ))?
        .execute(params![team, until])?;
    connection.prepare_cached(&format!("DELETE FROM floor_member WHERE {whose}"))?.execute([team])?;
    Ok(())
}

/// The operator is in the team no more, or in none; the past knows that they were.
fn leave(
    connection: &Connection,
    team: Option<&str>,
    operator: OperatorId,
    until: i64,
) -> Result<Option<OperatorId>, StoreError> {
    let whose = "operator = ?1 AND (?2 IS NULL OR team = (SELECT id FROM floor_team WHERE team_id = ?2))";
    connection
        .prepare_cached(&format!(
            "INSERT INTO floor_left (team, operator, until) SELECT team, operator, ?3 FROM floor_member WHERE {whose}
             ON CONFLICT DO UPDATE SET until = max(until, excluded.until)"
        ))?
        .execute(params![operator.0, team, until])?;
    connection
        .prepare_cached(&format!("DELETE FROM floor_member WHERE {whose}"))?
        .execute(params![operator.0, team])?;
    Ok(Some(operator))
}

fn dialogs(
    connection: &Connection,
    operator: OperatorId,
    change: impl FnOnce(&mut Vec<DialogReport>),
) -> Result<Option<OperatorId>, StoreError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT dialogs FROM floor_operator WHERE id = ?1")?
        .query_row([operator.0], |r| r.get(0))
        .optional()?;
    let mut all: Vec<DialogReport> = text.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
    change(&mut all);
    connection
        .prepare_cached("UPDATE floor_operator SET dialogs = ?2 WHERE id = ?1")?
        .execute(params![operator.0, serde_json::to_string(&all)?])?;
    Ok(Some(operator))
}

fn answer(
    connection: &Connection,
    command: CommandId,
    state: CommandState,
    detail: &str,
    at: i64,
) -> Result<Option<OperatorId>, StoreError> {
    Ok(connection
        .prepare_cached(
            "UPDATE floor_command SET state = ?2, detail = ?3, answered_at = ?4
             WHERE id = ?1 AND state IN ('sent', 'taken') RETURNING operator",
        )?
        .query_row(params![command.0, state.as_ref(), detail, at], |r| r.get(0))
        .optional()?
        .map(OperatorId))
}

fn judged(
    connection: &Connection,
    interval: IntervalId,
    column: &str,
    text: Option<String>,
) -> Result<Option<OperatorId>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("UPDATE floor_interval SET {column} = ?2 WHERE id = ?1 RETURNING operator"))?
        .query_row(params![interval.0, text], |r| r.get(0))
        .optional()?
        .map(OperatorId))
}
