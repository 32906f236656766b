//! What happened to each thing of a case: codes and values, for the console to say.
//!
//! Words that only some may read are in none of it. Deliberately not here: putting things in their order (`pult_domain::areas::cases`).

use pult_domain::{
    Instant,
    areas::cases::{Moment, Thing},
};
use rusqlite::Connection;

use super::card::{CaseCard, Found, Sight, StretchCard};
use crate::{
    StoreError,
    calls::{CallRow, clip},
    chat_link, erp, from_millis,
    ratings::RatingRow,
    tickets::{self, TicketEntryRow},
};

/// Messages of one conversation, the newest.
const MOST_SAID: usize = 100;
/// Characters of what was said.
const LONGEST: usize = 600;

/// What happened to a thing.
///
/// # Errors
/// When it cannot be read.
pub fn story(connection: &Connection, sight: &Sight, found: &Found, now: Instant) -> Result<Vec<Moment>, StoreError> {
    let thing = found.thing();
    Ok(match &found.card {
        CaseCard::Phone(_) | CaseCard::Agency(_) => vec![],
        CaseCard::Call(row) => of_call(thing, row),
        CaseCard::Ticket(_) => of_ticket(connection, sight, thing, now)?,
        CaseCard::Pair(row) => of_pair(connection, thing, row.id)?,
        CaseCard::Rating(row) => of_rating(thing, row),
        CaseCard::Document(row) => of_document(connection, thing, row.id)?,
        CaseCard::Stretch(card) => vec![of_stretch(thing, card)],
        CaseCard::Task(card) => {
            let given = moment(card.given_at, thing, "task_given", Some(card.responsible.clone()));
            vec![given.with("task", card.task).with("name", card.name.as_str())]
        }
    })
}

fn moment(at: i64, thing: &Thing, code: &str, who: Option<String>) -> Moment {
    Moment::of(from_millis(at), thing, code, who.filter(|who| !who.trim().is_empty()))
}

fn of_call(thing: &Thing, row: &CallRow) -> Vec<Moment> {
    let began = moment(row.started_at, thing, "call_began", row.operator.clone())
        .with("phone", row.phone.clone())
        .with("theme", row.theme.clone())
        .with("agency", row.agency_name.clone())
        .with("open", row.state == pult_domain::areas::calls::CallState::Open);
    let mut all = vec![began];
    if let Some(at) = row.ended_at {
        let seconds = (at - row.started_at).max(0) / 1_000;
        all.push(
            moment(at, thing, "call_ended", row.operator.clone())
                .with("seconds", seconds)
                .with("result", row.result.map(|_| row.result_text.clone())),
        );
    }
    if let Some(at) = row.called_back_at {
        all.push(moment(at, thing, "called_back", row.called_back_by.clone()));
    }
    all
}

fn of_stretch(thing: &Thing, card: &StretchCard) -> Moment {
    let stretch = &card.stretch;
    let reason = stretch.reason.as_ref();
    moment(stretch.began, thing, "state_began", Some(card.name.clone()))
        .with("state", stretch.state.word())
        .with("group", stretch.group.as_ref())
        .with("reason", reason.and_then(|reason| reason.label.clone()))
        .with("reason_code", reason.and_then(|reason| reason.code))
        .with("reason_kind", reason.map(|reason| reason.kind.as_ref()))
        .with("seconds", (stretch.known_until - stretch.began).max(0) / 1_000)
}

fn of_ticket(connection: &Connection, sight: &Sight, thing: &Thing, now: Instant) -> Result<Vec<Moment>, StoreError> {
    let (Thing::Ticket(id), Some(viewer)) = (thing, &sight.tickets) else { return Ok(vec![]) };
    // With nobody's key: what only some may read is not shown here to those either.
    let Some(detail) = tickets::detail(connection, viewer, None, *id, now)? else { return Ok(vec![]) };
    let author = detail.ticket.author.as_ref().map(|author| author.name.clone());
    let mut all =
        vec![moment(detail.ticket.created_on, thing, "ticket_created", author).with("subject", detail.ticket.subject)];
    all.extend(detail.entries.iter().filter_map(|entry| of_entry(thing, entry)));
    if let Some(at) = detail.ticket.gone_at {
        all.push(moment(at, thing, "ticket_gone", None));
    }
    Ok(all)
}

fn of_entry(thing: &Thing, entry: &TicketEntryRow) -> Option<Moment> {
    use pult_domain::areas::tickets::Part;
    let words = entry.notes.as_deref().filter(|words| !entry.private && !words.trim().is_empty());
    let part = |of: Part| entry.parts.iter().find(|part| part.part == of);
    let (status, assignee) = (part(Part::Status), part(Part::Assignee));
    let shown = [Part::Status, Part::Assignee];
    let others = entry.parts.iter().filter(|part| !shown.contains(&part.part)).count();
    if words.is_none() && entry.parts.is_empty() {
        return None;
    }
    let code = match (words, status, assignee) {
        (_, Some(_), _) => "ticket_status",
        (_, None, Some(_)) => "ticket_assigned",
        (Some(_), ..) => "ticket_comment",
        _ => "ticket_changed",
    };
    Some(
        moment(entry.created_on, thing, code, Some(entry.user.name.clone()))
            .with("text", words.map(|words| clip(words, LONGEST)))
            .with("old_status", status.and_then(|part| part.old.clone()))
            .with("status", status.and_then(|part| part.new.clone()))
            .with("assignee", assignee.and_then(|part| part.new.clone()))
            .with("others", others),
    )
}

fn of_pair(connection: &Connection, thing: &Thing, id: pult_domain::ChatLinkId) -> Result<Vec<Moment>, StoreError> {
    let Some(lineage) = chat_link::lineage(connection, id, None, MOST_SAID)? else { return Ok(vec![]) };
    let pair = lineage.pair;
    let asked = lineage.request.as_ref();
    let at = asked.map_or(pair.created_at, |request| request.at);
    let mut all = vec![
        moment(at, thing, "pair_began", asked.map(|request| request.name.clone()))
            .with("issue", pair.issue.as_str())
            .with("summary", pair.summary.as_str())
            .with("text", asked.map(|request| clip(&request.text, LONGEST).to_owned())),
    ];
    if let Some(at) = pair.paused_at {
        all.push(moment(at, thing, "pair_paused", None).with("why", pair.paused_why));
    }
    all.extend(lineage.items.into_iter().map(|item| {
        moment(item.at, thing, "said", Some(item.author))
            .with("side", item.side.as_ref())
            .with("event", item.event.as_ref())
            .with("text", clip(&item.text, LONGEST))
            .with("state", item.state.as_ref())
            .with("files", item.files.len())
    }));
    Ok(all)
}

fn of_rating(thing: &Thing, row: &RatingRow) -> Vec<Moment> {
    let closed = moment(row.closed_at, thing, "issue_closed", None).with("issue", row.issue.0);
    let mut all = vec![closed.with("title", row.title.as_str())];
    if let Some(at) = row.asked_at {
        let asked = moment(at, thing, "rating_asked", None).with("name", row.author_name.clone());
        all.push(asked.with("deadline", row.deadline_at));
    }
    if let Some(lack) = row.lack {
        all.push(moment(row.created_at, thing, "rating_not_asked", None).with("lack", lack.as_ref()));
    }
    if let Some(at) = row.held_at {
        all.push(moment(at, thing, "rating_held", row.held_by.clone()).with("why", row.hold_reason.clone()));
    }
    if let Some(at) = row.ended_at {
        let code = if row.ending.is_some() { "rating_over" } else { "rated" };
        let who = row.rated_by.clone().or_else(|| row.ending_by.clone());
        all.push(
            moment(at, thing, code, who)
                .with("rate", row.rate.map(|rate| rate.as_ref().to_owned()))
                .with("origin", row.origin.map(|origin| origin.as_ref().to_owned()))
                .with("ending", row.ending.map(|ending| ending.as_ref().to_owned())),
        );
    }
    all
}

fn of_document(connection: &Connection, thing: &Thing, id: pult_domain::DocumentId) -> Result<Vec<Moment>, StoreError> {
    let row = erp::detail(connection, id)?.row;
    let mut all = vec![
        moment(row.received_at, thing, "document_came", row.author)
            .with("number", row.number.as_str())
            .with("title", row.title)
            .with("lines", row.lines),
    ];
    if let Some(at) = row.ended_at {
        all.push(
            moment(at, thing, "document_settled", None)
                .with("state", row.state.as_ref())
                .with("tasks", row.tasks)
                .with("lines", row.lines),
        );
    }
    Ok(all)
}
