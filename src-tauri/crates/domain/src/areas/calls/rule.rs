//! Rules of calls: which row a fact speaks of, and what follows (behaviour/helpdesk 1.5, 2.2).
//!
//! Deliberately not here: finding the snapshot (the store's) and wording the answer (the integration's).

use serde_json::json;

use crate::{
    AgencyId, Answer, CallId, Candidate, Decision, Effect, EffectOrder, Explanation, FactKey, Instant, PhoneNumber,
    Subject, TimerChange, areas::floor::DialogReport,
};

use super::{
    CallState, Change, Fact, Known, NewCall, OpenCall, Policy, ReportedCall,
    watched::{reported_of, watched_key},
};

/// A number with fewer digits belongs to nobody outside and is not recorded as a call (behaviour/helpdesk 2.2 step 2).
pub const SHORTEST_NUMBER: usize = 5;

/// How long after it began an ended call still takes the theme its operator's telephony sends.
pub const THEME_LATE: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// Decides about one fact. `key` is its key within the source, `at` its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, key: &FactKey, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    match fact {
        Fact::CallStarted { number, curator, .. } => call_started(number.as_ref(), curator, key, at, known, policy),
        Fact::CallEnded { .. } => call_ended(at, known),
        Fact::EndNeverReported { call } => end_never_reported(*call, known),
        Fact::CallReported(reported) => call_reported(reported, known),
        Fact::CallWatched(dialog) => call_watched(dialog, known, policy),
        Fact::ThemeSet { call, theme, .. } => theme_set(*call, theme, known),
        Fact::ThemeGiven { theme, .. } => theme_given(theme, at, known),
        Fact::CalledBack { call, done, by } => called_back(*call, *done, by, at, known),
        Fact::AgencyFound { call, card } => match &known.call {
            Some(row) if !row.has_card => change(
                Change::KeepCard { call: *call, card: card.clone() },
                explain("agency_found", known).with("agency", card.agency_name.clone().unwrap_or_default()),
            ),
            Some(_) => Decision::nothing(explain("agency_found.again", known)),
            None => no_such_call(known),
        },
        Fact::AgencyMissing { call, agency, lack } => match &known.call {
            Some(row) if !row.has_card => change(
                Change::NoCard { call: *call, lack: *lack },
                explain("agency_missing", known).with("agency", agency.0).with("lack", json!(lack)),
            ),
            Some(_) => Decision::nothing(explain("agency_missing.had_card", known)),
            None => no_such_call(known),
        },
    }
}

fn explain(rule: &str, known: &Known) -> Explanation {
    Explanation::of(rule, json!(known))
}

fn change(change: Change, explanation: Explanation) -> Decision<Change> {
    Decision { changes: vec![change], answer: Some(Answer::Done), ..Decision::nothing(explanation) }
}

fn no_such_call(known: &Known) -> Decision<Change> {
    Decision { answer: Some(Answer::NoSuchCall), ..Decision::nothing(explain("no_such_call", known)) }
}

fn open_timer(call: CallId) -> String {
    format!("open/{call}")
}

fn call_started(
    number: Option<&PhoneNumber>,
    curator: &str,
    key: &FactKey,
    at: Instant,
    known: &Known,
    policy: &Policy,
) -> Decision<Change> {
    if let Some(row) = &known.call {
        // The same request run again: its call is there, whatever has become of it since.
        return Decision {
            answer: Some(Answer::Unchanged),
            ..Decision::nothing(explain("call_started.again", known).with("call", row.id.0))
        };
    }
    let Some(number) = number.filter(|n| n.as_str().len() >= SHORTEST_NUMBER) else {
        return Decision::nothing(explain("call_started.no_number", known));
    };
    // A clock set back must not make a repeat look new, so the distance counts in both directions.
    let repeated = known.open.iter().find(|c| at.duration_since(c.began).abs() <= policy.repeat);
    if let Some(open) = repeated {
        let mut why = explain("call_started.repeat", known).with("call", open.id.0).with("curator", curator);
        why.candidates = open_candidates(&known.open, Some(open.id));
        why.otherwise = Some("call_started.repeat.later".to_owned());
        return Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(why) };
    }
    let agency = known.agencies.first().copied().unwrap_or(AgencyId(0));
    let look_up = policy.agency_service && agency.0 != 0;
    let id = known.next_call;
    let effects = look_up
        .then(|| EffectOrder {
            subject: Subject::call(id),
            not_after: at.checked_add(policy.card_wait).ok(),
            urgent: true,
            effect: Effect::LookUpAgency { call: id, agency, phone: number.clone() },
        })
        .into_iter()
        .collect();
    let timers = at
        .checked_add(policy.open_at_most)
        .ok()
        .map(|due| TimerChange::Set { key: open_timer(id), due })
        .into_iter()
        .collect();
    let rule = match known.agencies.len() {
        0 => "call_started.unknown_number",
        1 => "call_started.agency",
        _ => "call_started.several_agencies",
    };
    let mut why = explain(rule, known).with("agency", agency.0).with("phone", number.as_str()).with("curator", curator);
    why.candidates = known
        .agencies
        .iter()
        .map(|a| Candidate {
            name: a.to_string(),
            chosen: *a == agency,
            reason: if *a == agency { "largest_id" } else { "smaller_id" }.to_owned(),
        })
        .collect();
    why.otherwise = known.agencies.get(1).map(|a| format!("call_started.next_agency:{a}"));
    Decision {
        changes: vec![Change::Begin(NewCall {
            id,
            source_key: hook_key(key),
            at,
            phone: number.clone(),
            curator: curator.to_owned(),
            agency,
            region: policy.region.clone(),
            card_asked: look_up,
        })],
        effects,
        timers,
        answer: Some(Answer::Done),
        ..Decision::nothing(why)
    }
}

fn open_candidates(open: &[OpenCall], chosen: Option<CallId>) -> Vec<Candidate> {
    open.iter()
        .map(|c| Candidate {
            name: c.id.to_string(),
            chosen: Some(c.id) == chosen,
            reason: if Some(c.id) == chosen { "newest_open" } else { "older_open" }.to_owned(),
        })
        .collect()
}

fn call_ended(at: Instant, known: &Known) -> Decision<Change> {
    // Only this operator's call with this number, the newest: another operator's call is never touched.
    let Some(call) = known.open.first() else {
        return Decision {
            answer: Some(Answer::NoSuchCall),
            ..Decision::nothing(explain("call_ended.no_open_call", known))
        };
    };
    let mut why = explain("call_ended", known).with("call", call.id.0);
    why.candidates = open_candidates(&known.open, Some(call.id));
    Decision {
        changes: vec![Change::End { call: call.id, at: Some(at.max(call.began)) }],
        timers: vec![TimerChange::Lift { key: open_timer(call.id) }],
        answer: Some(Answer::Done),
        ..Decision::nothing(why)
    }
}

fn end_never_reported(call: CallId, known: &Known) -> Decision<Change> {
    match &known.call {
        Some(row) if row.state == CallState::Open => {
            change(Change::End { call, at: None }, explain("end_never_reported", known).with("call", call.0))
        }
        Some(_) => Decision::nothing(explain("end_never_reported.had_ended", known)),
        None => no_such_call(known),
    }
}

fn call_reported(reported: &ReportedCall, known: &Known) -> Decision<Change> {
    let row = known.call.as_ref().map(|c| c.id).or(known.twin);
    let rule = match (&known.call, known.twin) {
        (Some(_), _) => "call_reported.again",
        (None, Some(_)) => "call_reported.twin",
        (None, None) => "call_reported.new",
    };
    Decision {
        changes: vec![Change::Report {
            call: row,
            source_key: feed_key(&reported.source_id),
            reported: Box::new(reported.clone()),
        }],
        answer: Some(match row {
            Some(_) => Answer::Counted { accepted: 0, updated: 1 },
            None => Answer::Counted { accepted: 1, updated: 0 },
        }),
        ..Decision::nothing(explain(rule, known).with("source_id", reported.source_id.as_str()))
    }
}

/// A call the floor has seen: its row, unless another source has told of it with more than the floor can know.
fn call_watched(dialog: &DialogReport, known: &Known, policy: &Policy) -> Decision<Change> {
    let explain = |rule: &str| explain(rule, known).with("dialog", dialog.id.as_str());
    let Some(reported) = reported_of(dialog, known.operator.as_deref(), &policy.wrapup) else {
        return Decision::nothing(explain("call_watched.no_row"));
    };
    match (&known.call, known.twin) {
        (None, Some(twin)) => Decision::nothing(explain("call_watched.told").with("call", twin.0)),
        (row, None) | (row, Some(_)) => change(
            Change::Report {
                call: row.as_ref().map(|c| c.id),
                source_key: watched_key(dialog),
                reported: Box::new(reported),
            },
            explain(if row.is_some() { "call_watched.again" } else { "call_watched" }),
        ),
    }
}

/// The key of a call that began with a request, among the calls of all sources.
#[must_use]
pub fn hook_key(fact: &FactKey) -> String {
    format!("hook/{fact}")
}

/// The key of a reported call among the calls of all sources.
#[must_use]
pub fn feed_key(source_id: &str) -> String {
    format!("feed/{source_id}")
}

fn theme_set(call: CallId, theme: &str, known: &Known) -> Decision<Change> {
    match &known.call {
        None => no_such_call(known),
        Some(row) if row.theme.as_deref() == Some(theme) => {
            Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explain("theme_set.same", known)) }
        }
        Some(_) => change(
            Change::SetTheme { call, theme: theme.to_owned() },
            explain("theme_set", known).with("theme", theme).with("call", call.0),
        ),
    }
}

fn theme_given(theme: &str, at: Instant, known: &Known) -> Decision<Change> {
    // The theme is often said as the call ends, and its message may come after the end's. The snapshot's `call` is then the
    // newest ended one of this operator with this number.
    let ended = known.call.as_ref().filter(|c| at.duration_since(c.began).abs() <= THEME_LATE);
    let Some(row) = known.open.first().or(ended) else {
        return no_such_call(known);
    };
    if row.theme.as_deref() == Some(theme) {
        return Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explain("theme_given.same", known)) };
    }
    let mut why = explain("theme_given", known).with("theme", theme).with("call", row.id.0);
    why.candidates = open_candidates(&known.open, Some(row.id));
    change(Change::SetTheme { call: row.id, theme: theme.to_owned() }, why)
}

fn called_back(call: CallId, done: bool, by: &str, at: Instant, known: &Known) -> Decision<Change> {
    match &known.call {
        None => no_such_call(known),
        Some(row) if row.called_back == done => {
            Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explain("called_back.same", known)) }
        }
        Some(_) => change(
            Change::SetCalledBack { call, mark: done.then(|| (by.to_owned(), at)) },
            explain(if done { "called_back" } else { "called_back.taken_away" }, known).with("by", by),
        ),
    }
}

#[cfg(test)]
mod tests;
