//! How a report meets what is known: which of two is newer, when a stretch of time ends, and what its end is worth
//! (contracts/finesse 8.11, 8.12).
//!
//! Deliberately not here: requests, limits by the clock, and judgements (the rule's).

use jiff::SignedDuration;

use super::{Change, Group, Known, KnownOperator, OperatorReport, OperatorState, Policy, TeamReport};
use crate::{Instant, IntervalId, NoticeChange, OperatorId, TimerChange};

/// A time this far ahead of ours is a mistake of the source and must not block later news.
const FAR_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// What came of some reports.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) changes: Vec<Change>,
    pub(super) timers: Vec<TimerChange>,
    pub(super) notices: Vec<NoticeChange>,
    /// Requests that the reports show to be done.
    pub(super) done: Vec<crate::CommandId>,
    next_operator: i64,
    next_interval: i64,
}

/// The deadline at which a stretch has lasted too long.
pub(super) fn limit_timer(operator: OperatorId, interval: IntervalId, red: bool) -> String {
    format!("limit/{operator}/{interval}/{}", if red { "red" } else { "amber" })
}

/// The deadline at which a stretch is judged.
pub(super) fn judge_timer(interval: IntervalId) -> String {
    format!("judge/{interval}")
}

/// The key of the notice about an operator's state.
pub(super) fn limit_notice(operator: OperatorId) -> String {
    format!("floor/limit/{operator}")
}

impl Merged {
    pub(super) fn new(known: &Known) -> Self {
        Self { next_operator: known.next_operator, next_interval: known.next_interval, ..Self::default() }
    }

    fn promise_operator(&mut self) -> OperatorId {
        self.next_operator += 1;
        OperatorId(self.next_operator - 1)
    }

    fn promise_interval(&mut self) -> IntervalId {
        self.next_interval += 1;
        IntervalId(self.next_interval - 1)
    }

    /// Takes one report. `anew` is a reading of the whole picture: it replaces whatever the times in it say.
    pub(super) fn take(
        &mut self,
        report: &OperatorReport,
        at: Instant,
        anew: bool,
        known: &Known,
        policy: &Policy,
    ) -> OperatorId {
        let report = named(report, known);
        let Some(stored) = known.operators.get(&report.login_id) else {
            let operator = self.promise_operator();
            self.changes.push(Change::Identify { operator, report: Box::new(report.clone()) });
            self.begin(operator, None, &report, at, known, policy);
            return operator;
        };
        let operator = stored.id;
        if stored.name != report.display_name() || stored.extension != report.extension {
            self.changes.push(Change::Identify { operator, report: Box::new(report.clone()) });
        }
        if let Some((command, wanted)) = stored.command
            && (report.state == wanted.state() || report.pending.as_ref() == Some(&wanted.state()))
        {
            self.done.push(command);
        }
        if !anew && is_older(&report, stored, at) {
            return operator;
        }
        let same = stored.state == report.state && same_reason(stored, &report) && !stored.missing;
        let again = stored.since != report.since && report.since.is_some();
        if stored.interval.is_none() || !same || again {
            self.begin(operator, Some(stored), &report, at, known, policy);
        } else if stored.pending != report.pending || stored.reason != report.reason {
            self.changes.push(Change::Amend { operator, report: Box::new(report) });
        }
        operator
    }

    fn begin(
        &mut self,
        operator: OperatorId,
        stored: Option<&KnownOperator>,
        report: &OperatorReport,
        at: Instant,
        known: &Known,
        policy: &Policy,
    ) {
        let interval = self.promise_interval();
        let began = report.since.filter(|since| !far_ahead(*since, at)).unwrap_or(at);
        // What happened after the watch was lost and before this stretch began is not known.
        let before_ended = known.watched_until.map_or(began, |until| until.min(began));
        self.lift(operator, stored);
        self.changes.push(Change::Begin {
            operator,
            interval,
            approximate: report.since != Some(began),
            report: Box::new(report.clone()),
            at: began,
            before_ended,
        });
        if let Some(limit) = policy.limit(&report.state)
            && let Ok(due) = began.checked_add(limit.amber)
        {
            self.timers.push(TimerChange::Set { key: limit_timer(operator, interval, false), due });
        }
        if Policy::judges(&report.state, report.reason.as_ref())
            && let Ok(due) = at.checked_add(policy.weigh_after)
        {
            self.timers.push(TimerChange::Set { key: judge_timer(interval), due });
        }
    }

    /// Lifts what the stretch that ends had set.
    fn lift(&mut self, operator: OperatorId, stored: Option<&KnownOperator>) {
        let Some((stored, interval)) = stored.and_then(|s| Some((s, s.interval?))) else { return };
        self.timers.push(TimerChange::Lift { key: limit_timer(operator, interval, stored.alarm > 0) });
        if stored.alarm > 0 {
            self.notices.push(NoticeChange::Clear { key: limit_notice(operator) });
        }
    }

    /// Takes a team in full: everybody in it, and who is in it no longer.
    pub(super) fn take_team(&mut self, team: &TeamReport, at: Instant, known: &Known, policy: &Policy) {
        for report in &team.members {
            let operator = self.take(report, at, true, known, policy);
            self.changes.push(Change::Join { team: team.id.clone(), name: team.name.clone(), operator });
        }
        for login in known.members.iter().filter(|m| !team.members.iter().any(|r| r.login_id == **m)) {
            let Some(stored) = known.operators.get(login) else { continue };
            if stored.missing || known.elsewhere.contains(login) {
                // Missing twice, or at work in another team: gone from this one.
                self.changes.push(Change::Leave { team: Some(team.id.clone()), operator: stored.id });
                continue;
            }
            self.lift(stored.id, Some(stored));
            let interval = self.promise_interval();
            let before_ended = known.watched_until.map_or(at, |until| until.min(at));
            self.changes.push(Change::Missing { operator: stored.id, interval, at, before_ended });
        }
    }
}

fn far_ahead(since: Instant, now: Instant) -> bool {
    since.duration_since(now) > FAR_AHEAD
}

/// Whether a report tells of a time before the one that is known. A time the source never gave, or one far ahead, blocks nothing.
fn is_older(report: &OperatorReport, stored: &KnownOperator, now: Instant) -> bool {
    match (report.since, stored.since) {
        (Some(new), Some(old)) => new < old && !far_ahead(old, now),
        _ => false,
    }
}

fn same_reason(stored: &KnownOperator, report: &OperatorReport) -> bool {
    let key = |r: &Option<super::Reason>| r.as_ref().map(|r| (r.code, r.id.clone()));
    stored.state.group() != Group::NotReady && stored.state != OperatorState::SignedOut
        || key(&stored.reason) == key(&report.reason)
}

/// Fills in the name of a reason that came as an id only.
fn named(report: &OperatorReport, known: &Known) -> OperatorReport {
    let mut report = report.clone();
    if let Some(reason) = &mut report.reason
        && reason.label.is_none()
    {
        reason.label = reason.id.as_ref().and_then(|id| known.labels.get(id)).cloned();
    }
    report
}
