//! Deliveries of a thing that failed or are tried again and again.
//!
//! Deliberately not here: what was said in them (the screen of deliveries, for those who may read it).

use pult_domain::{EffectId, Subject, areas::cases::Thing};
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use super::{
    card::{CaseCard, Found},
    sql,
};
use crate::{StoreError, coded, outbox::EffectState, query::many};

/// Shown of one thing, at most.
const MOST: usize = 20;

/// A delivery that did not come through. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CaseTrouble {
    /// Of which thing.
    #[ts(type = "string")]
    pub thing: Thing,
    /// The delivery.
    pub effect: EffectId,
    /// What it does.
    pub kind: String,
    /// Who performs it.
    pub integration: String,
    /// What became of it.
    pub state: EffectState,
    /// Tries so far.
    pub attempts: u32,
    /// When it was ordered.
    #[ts(type = "number")]
    pub created_at: i64,
    /// When it was given up.
    #[ts(type = "number | null")]
    pub settled_at: Option<i64>,
}

/// A thing's deliveries that failed, and those that are tried again.
///
/// # Errors
/// When they cannot be read.
pub fn troubles(connection: &Connection, found: &Found) -> Result<Vec<CaseTrouble>, StoreError> {
    let Some(subject) = subject_of(found) else { return Ok(vec![]) };
    many(connection, sql::TROUBLES, params![subject.0, MOST as i64], |r| {
        Ok(CaseTrouble {
            thing: found.thing().clone(),
            effect: EffectId(r.get(0)?),
            kind: r.get(1)?,
            integration: r.get(2)?,
            state: coded(r, 3, &EffectState::ALL)?,
            attempts: r.get(4)?,
            created_at: r.get(5)?,
            settled_at: r.get(6)?,
        })
    })
}

/// What decisions about a thing are said to be about; `None` for a thing that nothing is decided about.
#[must_use]
pub fn subject_of(found: &Found) -> Option<Subject> {
    Some(match (found.thing(), &found.card) {
        (Thing::Call(id), _) => Subject::call(*id),
        (Thing::Ticket(id), _) => Subject::ticket(*id),
        (Thing::Rating(id), _) => Subject::rating(*id),
        (Thing::Document(id), _) => Subject::document(*id),
        (Thing::Pair(_), CaseCard::Pair(row)) => Subject::issue(&row.issue),
        _ => return None,
    })
}
