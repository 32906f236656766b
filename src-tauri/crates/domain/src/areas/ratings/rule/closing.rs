//! What a change of an issue's status means: the beginning of an asking, its end, or nothing.
//!
//! Deliberately not here: what becomes of an asking once it has begun (the module above).

use super::{
    super::{Change, Ending, Known, Lack, NewRequest, Policy, Request, Sighting, State, StatusChange},
    answered, cancel, end, explain, order,
};
use crate::{Answer, Decision, Effect, Instant};

/// An issue closed longer ago than this, which only now turns up in the list, is of the time before us: its author has forgotten it.
pub(super) const FOUND_AT_MOST: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

pub(super) fn status_changed(change: &StatusChange, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let explain =
        |rule: &str| explain(rule, known).with("issue", change.issue.0).with("status", change.status.as_str());
    let pending = known.request.as_ref().filter(|r| !r.state.is_over());
    if policy.reopened.contains(&change.status)
        && let Some(request) = pending
    {
        return match request.state {
            // The rating is given already; that the issue is open again does not take it back.
            State::Rating => Decision::nothing(explain("status_changed.reopened_late")),
            _ => end(request, cancel(request, Ending::Reopened, None, at), explain("status_changed.reopened")),
        };
    }
    if !policy.enabled {
        return Decision::nothing(explain("status_changed.switched_off"));
    }
    if !policy.closed.contains(&change.status) {
        return Decision::nothing(explain("status_changed.not_closed"));
    }
    if let Some(rate) = &change.rate {
        return match pending.filter(|request| request.state != State::Rating) {
            Some(request) => {
                let rate = rate.parse().ok();
                end(request, cancel(request, Ending::RatedElsewhere, rate, at), explain("status_changed.rated"))
            }
            None => Decision::nothing(explain("status_changed.rated")),
        };
    }
    if pending.is_some() {
        return answered(Answer::Unchanged, explain("status_changed.again"));
    }
    let closed_at = match change.sighting {
        Sighting::Told => at,
        Sighting::Found { closed_at } => closed_at.unwrap_or(at).min(at),
    };
    if matches!(change.sighting, Sighting::Found { .. }) && at.duration_since(closed_at) > FOUND_AT_MOST {
        return Decision::nothing(explain("status_changed.long_ago"));
    }
    if known_closing(known.request.as_ref(), change.sighting, closed_at) {
        return Decision::nothing(explain("status_changed.known"));
    }
    let Some(contact) = change.contact else { return Decision::nothing(explain("status_changed.no_contact")) };
    let deadline = closed_at.checked_add(policy.patience).unwrap_or(Instant::MAX);
    let id = known.next;
    let new = NewRequest { id, issue: change.issue, title: change.title.clone(), contact, closed_at, deadline, at };
    let mut changes = vec![Change::Begin(new)];
    let mut effects = vec![];
    if policy.desk {
        effects.push(order(id, false, Effect::LookUpContact { request: id, contact }));
    } else {
        changes.push(Change::Undeliverable { request: id, lack: Lack::Refused, detail: String::new() });
    }
    let rule = match change.sighting {
        Sighting::Told => "status_changed.closed",
        Sighting::Found { .. } => "status_changed.found",
    };
    Decision { changes, effects, ..answered(Answer::Done, explain(rule)) }
}

/// Whether a closing found in a list is the one a request was made for, however that request ended.
fn known_closing(last: Option<&Request>, sighting: Sighting, closed_at: Instant) -> bool {
    match (last, sighting) {
        (None, _) | (_, Sighting::Told) => false,
        (Some(last), Sighting::Found { .. }) => last.ending != Some(Ending::Reopened) || closed_at <= last.closed_at,
    }
}
