//! What every test of the calls needs: a database in memory with its migration, and the smallest facts.

#![allow(dead_code, reason = "each test binary uses its own part")]

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pult_domain::{
    AgencyId, CallId, Instant, PhoneNumber,
    areas::calls::{Change, NewCall, Policy, Reference, ReportedCall, ReportedPhone},
};
use pult_store::calls::{Zones, apply, next_id};
use rusqlite::Connection;

pub(crate) const CALLS: &str = include_str!("../../../../../migrations/0002_calls.sql");

pub(crate) fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    conn.execute_batch(CALLS).unwrap();
    conn
}

/// Brings the index of number parts up to a call, as the database does by itself every so many calls.
pub(crate) fn index_phones_upto(conn: &Connection, id: i64) {
    let calls =
        "SELECT id, phone FROM calls WHERE id > (SELECT id FROM call_phones_upto) AND id <= ?1 AND phone IS NOT NULL";
    conn.execute(&format!("INSERT INTO call_phones (rowid, phone) {calls}"), [id]).unwrap();
    conn.execute("UPDATE call_phones_upto SET id = max(id, ?1)", [id]).unwrap();
}

/// Zones of a fixed offset, so that no test depends on the machine's zone database.
pub(crate) fn zones() -> Zones {
    Zones { moscow: TimeZone::fixed(jiff::tz::offset(3)), vilnius: TimeZone::fixed(jiff::tz::offset(2)) }
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse::<Timestamp>().unwrap()
}

pub(crate) fn policy() -> Policy {
    Policy {
        repeat: SignedDuration::from_secs(60),
        same_call: SignedDuration::from_secs(60),
        open_at_most: SignedDuration::from_hours(4),
        card_wait: SignedDuration::from_mins(10),
        region: "lt".to_owned(),
        wrapup: Default::default(),
        agency_service: true,
    }
}

/// Begins a call of the Vilnius centre.
pub(crate) fn begin(conn: &Connection, began: &str, phone: &str, curator: &str, agency: i64) -> CallId {
    let id = next_id(conn).unwrap();
    let call = NewCall {
        id,
        source_key: format!("telephony/{id}"),
        at: at(began),
        phone: PhoneNumber::digits_of(phone).unwrap(),
        curator: curator.to_owned(),
        agency: AgencyId(agency),
        region: "lt".to_owned(),
        card_asked: agency > 0,
    };
    apply(conn, &Change::Begin(call), None, &zones()).unwrap().unwrap()
}

/// A call of the Moscow journal with nothing but its beginning, number and operator.
pub(crate) fn reported(source_id: &str, began: &str, phone: &str, operator: &str) -> ReportedCall {
    ReportedCall {
        source_id: source_id.to_owned(),
        datetime: at(began),
        id: None,
        card_id: None,
        privat_processing_id: None,
        result: None,
        type_call: None,
        operator: Some(Reference { id: None, name: Some(operator.to_owned()) }),
        telephone: Some(ReportedPhone { number: Some(phone.to_owned()), ..ReportedPhone::default() }),
        privat_processing: None,
        calls_result: vec![],
        agentstvo: None,
    }
}

/// Reports it as a new row.
pub(crate) fn report(conn: &Connection, reported: &ReportedCall) -> CallId {
    let change = Change::Report {
        call: None,
        source_key: format!("feed/{}", reported.source_id),
        reported: Box::new(reported.clone()),
    };
    apply(conn, &change, None, &zones()).unwrap().unwrap()
}
