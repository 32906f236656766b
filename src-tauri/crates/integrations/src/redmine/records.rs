//! What the poll records: pages of the first look, tickets that were read, and numbers of changed tickets outside the scope.
//!
//! A record holds all that it means: it is understood again by replay. Deliberately not here: what hooks tell (`hooks`).

use pult_domain::{Fact, FactKey, Instant, Observed, TicketId, areas::tickets};
use serde_json::{Value, json};

use crate::{ParseError, Parsed, RejectedRow, StoredRequest, reason};

use super::{
    loose::{at, digest, instant, list, number},
    wire,
};

/// The route of a page of the first look.
pub(super) const PAGE: &str = "page";
/// The route of a ticket that was read.
pub(super) const ISSUE: &str = "issue";
/// The route of changed tickets outside the scope.
pub(super) const ELSEWHERE: &str = "elsewhere";

fn record(route: &str, path: String, query: Vec<(String, String)>, body: &Value) -> StoredRequest {
    let (route, method) = (route.to_owned(), "GET".to_owned());
    StoredRequest { route, method, path, query, headers: vec![], body: body.to_string().into() }
}

/// A page of the first look.
pub(super) fn page(rows: Vec<Value>) -> StoredRequest {
    let rows: Vec<Value> = rows.into_iter().map(wire::bounded).collect();
    record(PAGE, "issues.json".to_owned(), vec![], &json!({ "issues": rows }))
}

/// A ticket, and how it was come by.
pub(super) fn issue(id: i64, issue: Value, in_scope: bool, from: Instant, many: bool) -> StoredRequest {
    let body = json!({"from": from, "in_scope": in_scope, "many": many, "issue": wire::kept(issue)});
    record(ISSUE, format!("issues/{id}.json"), vec![("issue".to_owned(), id.to_string())], &body)
}

/// Changed tickets outside the scope.
pub(super) fn elsewhere(rows: &[wire::Row], from: Instant) -> StoredRequest {
    let rows: Vec<Value> = rows.iter().map(|row| json!({"id": row.id, "updated_on": row.changed})).collect();
    record(ELSEWHERE, "issues.json".to_owned(), vec![], &json!({"from": from, "issues": rows}))
}

/// By which a look at a ticket is told from another: what we understand of it, so that what moves by itself counts for nothing.
pub(super) fn look(record: &StoredRequest) -> Option<String> {
    let body: Value = serde_json::from_slice(&record.body).ok()?;
    let ticket = wire::ticket(at(&body, &["issue"])).ok()?;
    look_of(&ticket, is(&body, "in_scope"))
}

fn look_of(ticket: &tickets::Ticket, in_scope: bool) -> Option<String> {
    // All of it: what is written out of a ticket elsewhere is only a part.
    Some(digest(format!("{ticket:?}/{in_scope}").as_bytes()))
}

fn is(body: &Value, name: &str) -> bool {
    at(body, &[name]).as_bool().unwrap_or_default()
}

fn observed(key: String, at: Instant, fact: tickets::Fact) -> Observed {
    Observed { key: FactKey(key), at, fact: Fact::Tickets(fact) }
}

/// The one fact of something, beside what could not be understood.
fn one(key: String, at: Instant, fact: tickets::Fact, rejected: Vec<RejectedRow>) -> Parsed {
    Parsed { facts: vec![observed(key, at, fact)], rejected }
}

/// What a record of the poll means.
pub(super) fn meaning(record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
    let body: Value = serde_json::from_slice(&record.body).map_err(|_| ParseError::at("body", reason!("not JSON")))?;
    match record.route.as_str() {
        PAGE => Ok(listed(record, &body, received_at)),
        ISSUE => read(&body, received_at),
        _ => changed_elsewhere(record, &body, received_at),
    }
}

fn listed(record: &StoredRequest, body: &Value, received_at: Instant) -> Parsed {
    let (mut cards, mut rejected) = (vec![], vec![]);
    for (index, row) in list(body, "issues").enumerate() {
        match wire::card(row) {
            Ok(card) => cards.push(card),
            Err(field) => {
                let error = ParseError::at(field, reason!("it is missing")).to_string();
                rejected.push(RejectedRow { index, error });
            }
        }
    }
    one(format!("page:{}", digest(&record.body)), received_at, tickets::Fact::Listed { cards }, rejected)
}

fn read(body: &Value, received_at: Instant) -> Result<Parsed, ParseError> {
    let ticket = wire::ticket(at(body, &["issue"])).map_err(|field| ParseError::at(field, reason!("it is missing")))?;
    let from = instant(at(body, &["from"])).ok_or_else(|| ParseError::at("from", reason!("a time is required")))?;
    let (in_scope, many) = (is(body, "in_scope"), is(body, "many"));
    let look = look_of(&ticket, in_scope).ok_or_else(|| ParseError::at("issue", reason!("it cannot be written")))?;
    let key = format!("issue:{}:{look}", ticket.card.id);
    let fact = tickets::Fact::Read { ticket: Box::new(ticket), in_scope, from: Some(from), many };
    Ok(one(key, received_at, fact, vec![]))
}

fn changed_elsewhere(record: &StoredRequest, body: &Value, received_at: Instant) -> Result<Parsed, ParseError> {
    let from = instant(at(body, &["from"])).ok_or_else(|| ParseError::at("from", reason!("a time is required")))?;
    let tickets = list(body, "issues").filter_map(|row| number(at(row, &["id"]))).map(TicketId).collect();
    let fact = tickets::Fact::Elsewhere { tickets, from };
    Ok(one(format!("elsewhere:{}", digest(&record.body)), received_at, fact, vec![]))
}
