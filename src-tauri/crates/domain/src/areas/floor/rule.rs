//! Rules of the floor: what a report, a request or a deadline leads to.
//!
//! Deliberately not here: which of two reports is newer (`merge`), what a "not ready" was caused by (`verdict`).

use serde_json::json;

use super::{
    Change, CommandState, Fact, Known, KnownCommand, Policy, REMOVED, Wanted,
    merge::{Merged, limit_notice, limit_timer},
    verdict,
};
use crate::{
    Audience, CommandId, Decision, Effect, EffectOrder, Explanation, Failure, Instant, IntervalId, Level, Notice,
    NoticeChange, NoticeClass, OperatorId, Subject, TimerChange,
};

/// The key of the notice that the source is not heard.
const LOST_NOTICE: &str = "floor/source";
/// The deadline of the silence.
const LOST_TIMER: &str = "lost";

/// Decides about one fact; `at` is when it happened, `now` when it is decided: news may come late, deadlines are ours.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::TeamSeen(team) => {
            let mut merged = Merged::new(known);
            merged.take_team(team, at, known, policy);
            observed(merged, at, "team_seen")
        }
        Fact::OperatorSeen { report, team } => {
            let mut merged = Merged::new(known);
            let operator = merged.take(report, at, false, known, policy);
            if let Some(team) = team.as_ref().filter(|_| !known.members.contains(&report.login_id)) {
                merged.changes.push(Change::Join { team: team.clone(), name: None, operator });
            }
            observed(merged, at, "operator_seen")
        }
        Fact::OperatorGone { login_id, team } => of_operator(login_id, known, "operator_gone", |operator| {
            vec![Change::Leave { team: team.clone(), operator }]
        }),
        Fact::DialogSeen(dialog) => of_operator(&dialog.login_id, known, "dialog_seen", |operator| {
            vec![Change::PutDialog { operator, dialog: dialog.clone() }]
        }),
        Fact::DialogGone { id, login_id } => of_operator(login_id, known, "dialog_gone", |operator| {
            vec![Change::DropDialog { operator, id: id.clone() }]
        }),
        Fact::TeamsSeen { teams } => teams_seen(teams, at, known),
        Fact::QueueSeen(queue) => plain("queue_seen", vec![Change::PutQueue { queue: queue.clone(), at }]),
        Fact::QueueGone { id } => plain("queue_gone", vec![Change::DropQueue { id: id.clone() }]),
        Fact::ReasonsSeen { reasons } => plain("reasons_seen", vec![Change::PutReasons { reasons: reasons.clone() }]),
        Fact::WatchBegan { teams } => watch_began(teams, at),
        Fact::WatchLost { teams, why } if why == REMOVED => dropped("watch_lost", teams, at, known),
        Fact::WatchLost { teams, why } => watch_lost(teams, why, at, policy),
        Fact::StillLost => still_lost(known),
        Fact::StateAsked { operator, wanted, note, by, account } => {
            state_asked(*operator, *wanted, note, by, account.as_ref(), at, known, policy)
        }
        Fact::RequestTaken { command } => answered(*command, CommandState::Taken, "", at, known, "request_taken"),
        Fact::RequestShown { command } => {
            let mut decision = answered(*command, CommandState::Done, "", at, known, "request_shown");
            decision.timers.push(TimerChange::Lift { key: command_timer(*command) });
            decision
        }
        Fact::RequestFailed { command, failure, detail } => {
            let mut decision = answered(*command, state_of(*failure), detail, at, known, "request_failed");
            // The source knows another state than we do: the operator is looked at anew.
            if let (Failure::State, Some(request)) = (failure, waiting(*command, known)) {
                decision.effects.push(look_at(request, at));
            }
            decision.timers.push(TimerChange::Lift { key: command_timer(*command) });
            decision
        }
        Fact::RequestOverdue { command } => request_overdue(*command, at, known),
        Fact::RequestUnsettled { command } => {
            answered(*command, CommandState::Unknown, "", at, known, "request_unsettled")
        }
        Fact::TooLong { operator, interval, red } => too_long(*operator, *interval, *red, known, policy),
        Fact::JudgementDue { interval } => judgement_due(*interval, known),
        Fact::VerdictGiven { interval, verdict, by, note } => plain(
            "verdict_given",
            vec![Change::Overrule { interval: *interval, verdict: *verdict, by: by.clone(), note: note.clone(), at }],
        ),
    }
}

/// What a deadline of the floor stands for.
#[must_use]
pub fn fact_of_timer(key: &str) -> Option<Fact> {
    let mut parts = key.split('/');
    let (kind, mut number) = (parts.next()?, || parts.next()?.parse::<i64>().ok());
    match kind {
        LOST_TIMER => Some(Fact::StillLost),
        "judge" => Some(Fact::JudgementDue { interval: IntervalId(number()?) }),
        "command" => Some(Fact::RequestOverdue { command: CommandId(number()?) }),
        "limit" => Some(Fact::TooLong {
            operator: OperatorId(number()?),
            interval: IntervalId(number()?),
            red: parts.next()? == "red",
        }),
        _ => None,
    }
}

fn command_timer(command: CommandId) -> String {
    format!("command/{command}")
}

/// A look at how things are needs no stored reason beyond its name; what follows from it has one of its own.
fn plain(rule: &str, changes: Vec<Change>) -> Decision<Change> {
    Decision { changes, ..Decision::nothing(Explanation::of(rule, json!(null))) }
}

fn of_operator(
    login: &str,
    known: &Known,
    rule: &str,
    changes: impl FnOnce(OperatorId) -> Vec<Change>,
) -> Decision<Change> {
    plain(rule, known.operators.get(login).map_or(vec![], |operator| changes(operator.id)))
}

fn observed(merged: Merged, at: Instant, rule: &str) -> Decision<Change> {
    let mut changes = merged.changes;
    let mut timers = merged.timers;
    for command in merged.done {
        changes.push(Change::Answer { command, state: CommandState::Done, detail: String::new(), at });
        timers.push(TimerChange::Lift { key: command_timer(command) });
    }
    Decision { timers, notices: merged.notices, ..plain(rule, changes) }
}

fn watch_began(teams: &[String], at: Instant) -> Decision<Change> {
    Decision {
        timers: vec![TimerChange::Lift { key: LOST_TIMER.to_owned() }],
        notices: vec![NoticeChange::Clear { key: LOST_NOTICE.to_owned() }],
        ..plain("watch_began", vec![Change::Watch { teams: teams.to_vec(), at }])
    }
}

fn watch_lost(teams: &[String], why: &str, at: Instant, policy: &Policy) -> Decision<Change> {
    let due = at.checked_add(policy.silence).ok();
    Decision {
        timers: due.map(|due| TimerChange::Set { key: LOST_TIMER.to_owned(), due }).into_iter().collect(),
        explanation: Explanation::of("watch_lost", json!({ "teams": teams })).with("why", why),
        ..plain("watch_lost", vec![Change::Unwatch { teams: teams.to_vec(), at, why: why.to_owned() }])
    }
}

/// Teams that are none of ours any more. A silence of theirs is nobody's trouble.
fn dropped(rule: &str, teams: &[String], at: Instant, known: &Known) -> Decision<Change> {
    let mut decision = plain(rule, teams.iter().map(|team| Change::DropTeam { team: team.clone(), at }).collect());
    if !teams.is_empty() && known.unwatched.iter().all(|team| teams.contains(team)) {
        decision.timers.push(TimerChange::Lift { key: LOST_TIMER.to_owned() });
        decision.notices.push(NoticeChange::Clear { key: LOST_NOTICE.to_owned() });
    }
    decision
}

fn teams_seen(teams: &[(String, Option<String>)], at: Instant, known: &Known) -> Decision<Change> {
    let is_told = |id: &String| teams.iter().any(|(told, _)| told == id);
    let gone: Vec<String> = known.teams.iter().filter(|id| !is_told(id)).cloned().collect();
    let mut decision = dropped("teams_seen", &gone, at, known);
    let there = teams.iter().map(|(team, name)| Change::PutTeam { team: team.clone(), name: name.clone() });
    decision.changes.extend(there);
    decision
}

fn still_lost(known: &Known) -> Decision<Change> {
    if known.unwatched.is_empty() {
        return plain("still_lost.heard_again", vec![]);
    }
    let why = Explanation::of("still_lost", json!({ "teams": known.unwatched })).with("teams", known.unwatched.len());
    let notice = Notice {
        key: LOST_NOTICE.to_owned(),
        class: NoticeClass::FloorSource,
        level: Level::Critical,
        subject: Subject("floor".to_owned()),
        code: "floor.source_lost".to_owned(),
        values: why.values.clone(),
        to: Audience::Everyone,
    };
    Decision { notices: vec![NoticeChange::Raise(notice)], ..Decision::nothing(why) }
}

#[allow(clippy::too_many_arguments, reason = "the parts of one fact")]
fn state_asked(
    operator: OperatorId,
    wanted: Wanted,
    note: &str,
    by: &str,
    account: Option<&String>,
    at: Instant,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    let explain = |rule: &str| Explanation::of(rule, json!(known.operators)).with("wanted", wanted.as_ref());
    let Some((login_id, stored)) = known.operators.iter().find(|(_, o)| o.id == operator) else {
        return Decision::nothing(explain("state_asked.no_such_operator"));
    };
    let command = CommandId(known.next_command);
    let ask = Change::Ask { command, operator, wanted, note: note.to_owned(), by: by.to_owned(), at };
    let refuse = |state: CommandState, rule: &str| Decision {
        changes: vec![ask.clone(), Change::Answer { command, state, detail: stored.state.word(), at }],
        ..Decision::nothing(explain(rule).with("state", stored.state.word()))
    };
    if !policy.acts {
        return refuse(CommandState::Unsupported, "state_asked.no_source");
    }
    if stored.command.is_some() {
        // One request an operator at a time: the source works on the next only after the answer to the one before.
        return refuse(CommandState::RefusedState, "state_asked.another_waits");
    }
    if !wanted.may_follow(&stored.state) {
        return refuse(CommandState::RefusedState, "state_asked.not_from_here");
    }
    let due = at.checked_add(policy.command_life).ok();
    Decision {
        changes: vec![ask],
        effects: vec![EffectOrder {
            subject: Subject::operator(operator),
            not_after: due,
            urgent: true,
            effect: Effect::ChangeOperatorState {
                command,
                login_id: login_id.clone(),
                wanted,
                account: account.cloned(),
            },
        }],
        timers: due.map(|due| TimerChange::Set { key: command_timer(command), due }).into_iter().collect(),
        ..Decision::nothing(explain("state_asked").with("operator", stored.name.clone()).with("by", by))
    }
}

fn state_of(failure: Failure) -> CommandState {
    match failure {
        Failure::State => CommandState::RefusedState,
        Failure::Rights => CommandState::RefusedRights,
        Failure::Unsupported => CommandState::Unsupported,
        Failure::DoesNotExist | Failure::Refused => CommandState::Refused,
        Failure::TooLate => CommandState::TooLate,
    }
}

fn waiting(command: CommandId, known: &Known) -> Option<&KnownCommand> {
    known.command.as_ref().filter(|c| c.id == command && c.waiting)
}

fn answered(
    command: CommandId,
    state: CommandState,
    detail: &str,
    at: Instant,
    known: &Known,
    rule: &str,
) -> Decision<Change> {
    let why = Explanation::of(rule, json!(known.command)).with("command", command.0).with("detail", detail);
    // What is settled stays settled: an answer may come after the state has shown the outcome.
    let changes = match waiting(command, known) {
        Some(_) => vec![Change::Answer { command, state, detail: detail.to_owned(), at }],
        None => vec![],
    };
    Decision { changes, ..Decision::nothing(why) }
}

fn request_overdue(command: CommandId, at: Instant, known: &Known) -> Decision<Change> {
    let why = Explanation::of("request_overdue", json!(known.command)).with("command", command.0);
    let Some(request) = waiting(command, known) else { return Decision::nothing(why) };
    Decision { effects: vec![look_at(request, at)], ..Decision::nothing(why) }
}

/// Looks at whom a request was about, once and soon or not at all.
fn look_at(request: &KnownCommand, at: Instant) -> EffectOrder {
    EffectOrder {
        subject: Subject::operator(request.operator),
        not_after: at.checked_add(jiff::SignedDuration::from_secs(15)).ok(),
        urgent: true,
        effect: Effect::LookAtOperator {
            command: request.id,
            login_id: request.login_id.clone(),
            teams: request.teams.clone(),
        },
    }
}

fn too_long(operator: OperatorId, interval: IntervalId, red: bool, known: &Known, policy: &Policy) -> Decision<Change> {
    let stored = known.operators.values().find(|o| o.id == operator && o.interval == Some(interval));
    let Some((stored, limit)) = stored.and_then(|s| Some((s, policy.limit(&s.state)?))) else {
        return plain("too_long.past", vec![]);
    };
    let why = Explanation::of("too_long", json!(stored))
        .with("operator", stored.name.clone())
        .with("state", stored.state.word())
        .with("minutes", if red { limit.red.as_mins() } else { limit.amber.as_mins() });
    let next = match red {
        true => None,
        false => stored.began.and_then(|began| began.checked_add(limit.red).ok()),
    };
    let notice = (red || policy.notify_amber).then(|| {
        NoticeChange::Raise(Notice {
            key: limit_notice(operator),
            class: NoticeClass::FloorThreshold,
            level: if red { Level::Warning } else { Level::Info },
            subject: Subject::operator(operator),
            code: "floor.too_long".to_owned(),
            values: why.values.clone(),
            to: Audience::Everyone,
        })
    });
    Decision {
        changes: vec![Change::Alarm { operator, level: if red { 2 } else { 1 } }],
        timers: next
            .map(|due| TimerChange::Set { key: limit_timer(operator, interval, true), due })
            .into_iter()
            .collect(),
        notices: notice.into_iter().collect(),
        ..Decision::nothing(why)
    }
}

fn judgement_due(interval: IntervalId, known: &Known) -> Decision<Change> {
    let Some(stretch) = known.interval.as_ref().filter(|i| i.id == interval && !i.judged_by_person) else {
        return plain("judgement_due.past", vec![]);
    };
    let judgement = verdict::weigh(&stretch.evidence);
    let why = verdict::explain(&judgement);
    Decision { changes: vec![Change::Judge { interval, judgement: Box::new(judgement) }], ..Decision::nothing(why) }
}

#[cfg(test)]
mod tests;
