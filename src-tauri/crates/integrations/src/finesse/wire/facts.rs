//! What a record means: the conversion of the server's words into the floor's facts.
//!
//! Deliberately not here: which of two facts is newer, and where a record came from.

use pult_domain::{
    Fact, FactKey, Instant, Observed,
    areas::{
        calls,
        floor::{self, DialogPhase},
    },
};
use roxmltree::Node;

use crate::{ParseError, Parsed, Reason, StoredRequest, reason};

use super::{
    calls::{Side, dialog},
    people, query, route, system,
    update::{Happened, Place, Update},
    xml::{self, Fault, is},
};

/// What a record means. Depends on the record alone; the facts have no keys, for the same state may well be told twice.
pub(in crate::finesse) fn parse(record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
    let facts = facts(record, received_at).map_err(|fault| match fault {
        // News of a stream is no record: only the log tells of it.
        Fault::NotXml(words) => ParseError::at("body", Reason::verbatim(words)),
        Fault::Lacks(what) => ParseError::at(what, reason!("missing")),
    })?;
    Ok(Parsed { facts: facts.into_iter().flat_map(|(at, fact)| told(at, fact)).collect(), rejected: vec![] })
}

/// A fact of the floor; a call that is over is told to the journal of calls as well, under a key of its own, because the floor may hear of
/// the same end twice.
fn told(at: Instant, fact: floor::Fact) -> Vec<Observed> {
    let ended = match &fact {
        floor::Fact::DialogSeen(dialog) if dialog.phase == DialogPhase::Ended => Some(Observed {
            key: FactKey(format!("dialog/{}/{}", dialog.id, dialog.login_id)),
            at,
            fact: Fact::Calls(calls::Fact::CallWatched(dialog.clone())),
        }),
        _ => None,
    };
    let seen = Observed { key: FactKey::from(""), at, fact: Fact::Floor(fact) };
    [Some(seen), ended].into_iter().flatten().collect()
}

type Facts = Vec<(Instant, floor::Fact)>;

fn facts(record: &StoredRequest, now: Instant) -> Result<Facts, Fault> {
    match record.route.as_str() {
        route::TEAM => Ok(vec![(now, floor::Fact::TeamSeen(people::read_team(&record.body)?))]),
        route::USER => {
            let people::User { report, team, .. } = people::User::read(&record.body)?;
            // Read for its row only where nobody else may be seen: then the person's own team is the one there is.
            let team = team.map(|team| team.id);
            Ok(vec![(report.since.unwrap_or(now), floor::Fact::OperatorSeen { report: Box::new(report), team })])
        }
        route::REASONS => Ok(vec![(now, floor::Fact::ReasonsSeen { reasons: people::read_reasons(&record.body)? })]),
        route::QUEUES => {
            let queues = system::read_queues(&record.body)?;
            Ok(queues.into_iter().map(|queue| (now, floor::Fact::QueueSeen(Box::new(queue)))).collect())
        }
        route::DIALOGS => {
            let document = xml::document(xml::utf8(&record.body)?)?;
            let root = xml::root(&document, "Dialogs")?;
            let login_id = record.query_value(query::LOGIN_ID).ok_or(Fault::Lacks(query::LOGIN_ID))?;
            let side = Side { login_id, extension: record.query_value(query::EXTENSION) };
            Ok(dialogs(root).filter_map(|node| seen(node, side, now)).collect())
        }
        route::UPDATE => {
            let document = xml::document(xml::utf8(&record.body)?)?;
            update(&Update::of(&document)?, record, now)
        }
        _ => Err(Fault::Lacks("a route we know")),
    }
}

fn dialogs<'a, 'input: 'a>(list: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    list.children().filter(|node| is(node, "Dialog"))
}

fn seen(node: Node<'_, '_>, side: Side<'_>, now: Instant) -> Option<(Instant, floor::Fact)> {
    let report = dialog(node, side)?;
    Some((report.changed.unwrap_or(now), floor::Fact::DialogSeen(Box::new(report))))
}

fn update(update: &Update<'_, '_>, record: &StoredRequest, now: Instant) -> Result<Facts, Fault> {
    if update.data("ApiErrors").is_some() {
        // Which request it was is known to the session alone.
        return Ok(vec![]);
    }
    let gone = update.happened == Happened::Delete;
    let place = Place::of(&record.path);
    let team = match &place {
        Place::TeamUsers(id) => Some(id.clone()),
        _ => None,
    };
    match &update.source {
        Place::User(id) if gone => Ok(vec![(now, floor::Fact::OperatorGone { login_id: id.clone(), team })]),
        Place::User(_) => {
            let report = people::User::of(update.data("User").ok_or(Fault::Lacks("user"))?)?.report;
            Ok(vec![(report.since.unwrap_or(now), floor::Fact::OperatorSeen { report: Box::new(report), team })])
        }
        Place::Team(_) if gone => Ok(vec![]),
        Place::Team(_) => {
            let team = people::team(update.data("Team").ok_or(Fault::Lacks("team"))?)?;
            Ok(vec![(now, floor::Fact::TeamSeen(team))])
        }
        Place::UserDialogs(login) => {
            let list = update.data("Dialogs").into_iter().flat_map(dialogs);
            Ok(list.flat_map(|node| call(node, login, record, gone, now)).collect())
        }
        Place::Dialog(id) => {
            // Whose part it is only the node tells.
            let Place::UserDialogs(login) = &place else { return Ok(vec![]) };
            match update.data("Dialog") {
                Some(node) => Ok(call(node, login, record, gone, now)),
                None if gone => Ok(vec![(now, floor::Fact::DialogGone { id: id.clone(), login_id: login.clone() })]),
                None => Err(Fault::Lacks("dialog")),
            }
        }
        Place::Queue(id) if gone => Ok(vec![(now, floor::Fact::QueueGone { id: id.clone() })]),
        Place::Queue(_) => {
            let queue = update.data("Queue").and_then(system::queue).ok_or(Fault::Lacks("Queue"))?;
            Ok(vec![(now, floor::Fact::QueueSeen(Box::new(queue)))])
        }
        Place::UserQueues(_) => {
            let list = update.data("Queues").into_iter().flat_map(|queues| queues.children());
            let queues = list.filter(|node| is(node, "Queue")).filter_map(system::queue);
            Ok(queues
                .map(|queue| match gone {
                    true => (now, floor::Fact::QueueGone { id: queue.id }),
                    false => (now, floor::Fact::QueueSeen(Box::new(queue))),
                })
                .collect())
        }
        Place::System | Place::TeamUsers(_) | Place::Other => Ok(vec![]),
    }
}

/// A call as it is for one person. One that is gone is told once more in full as ended, for the journal of calls.
fn call(node: Node<'_, '_>, login: &str, record: &StoredRequest, gone: bool, now: Instant) -> Facts {
    let side = Side { login_id: login, extension: record.query_value(query::EXTENSION) };
    let Some(mut report) = dialog(node, side) else { return vec![] };
    if !gone {
        return vec![(report.changed.unwrap_or(now), floor::Fact::DialogSeen(Box::new(report)))];
    }
    if !matches!(report.phase, DialogPhase::Ended | DialogPhase::Failed | DialogPhase::WrapUp) {
        // The part was still going on when it was last told: it ends now.
        report.changed = Some(now);
    }
    if report.phase != DialogPhase::Failed {
        report.phase = DialogPhase::Ended;
    }
    let end = floor::Fact::DialogGone { id: report.id.clone(), login_id: login.to_owned() };
    vec![(report.changed.unwrap_or(now), floor::Fact::DialogSeen(Box::new(report))), (now, end)]
}
