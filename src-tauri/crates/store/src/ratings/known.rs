//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    IssueId, RatingId,
    areas::ratings::{Fact, Known, Message, Request, State},
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::sql;
use crate::{StoreError, column::word, from_millis};

/// Everything the rule may look at for one fact.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact) -> Result<Known, StoreError> {
    let next = RatingId(connection.prepare_cached(sql::NEXT)?.query_row([], |r| r.get(0))?);
    let of_issue = |issue: IssueId| -> Result<Option<Request>, StoreError> {
        Ok(connection.prepare_cached(sql::NEWEST_OF_ISSUE)?.query_row([issue.0], request).optional()?)
    };
    let of_id = |id: RatingId| -> Result<Option<Request>, StoreError> {
        Ok(connection.prepare_cached(sql::OF_ID)?.query_row([id.0], request).optional()?)
    };
    let request = match fact {
        Fact::StatusChanged(change) => of_issue(change.issue)?,
        Fact::RatedElsewhere { issue, .. } => of_issue(*issue)?,
        Fact::Answered { request: Some(id), .. } => of_id(*id)?,
        Fact::Answered { request: None, issue, .. } => match issue {
            Some(issue) => of_issue(*issue)?,
            None => None,
        },
        Fact::ContactFound { request, .. }
        | Fact::ContactMissing { request, .. }
        | Fact::PersonFound { request, .. }
        | Fact::PersonMissing { request, .. }
        | Fact::Asked { request, .. }
        | Fact::AskFailed { request, .. }
        | Fact::RateKept { request, .. }
        | Fact::RateRefused { request, .. }
        | Fact::QuestionWithdrawn { request, .. }
        | Fact::Due { request }
        | Fact::Held { request, .. }
        | Fact::Released { request, .. }
        | Fact::Cancelled { request, .. }
        | Fact::AskedAgain { request, .. }
        | Fact::RatedByHand { request, .. } => of_id(*request)?,
    };
    Ok(Known { next, request })
}

fn request(r: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        id: RatingId(r.get(0)?),
        issue: IssueId(r.get(1)?),
        title: r.get(2)?,
        // A word of another version: nothing more is done about such a row.
        state: word(r, 3)?.unwrap_or(State::Cancelled),
        contact: r.get(4)?,
        name: r.get(5)?,
        email: r.get(6)?,
        user: r.get(7)?,
        closed_at: from_millis(r.get(8)?),
        deadline: from_millis(r.get(9)?),
        held_at: r.get::<_, Option<i64>>(10)?.map(from_millis),
        asked_at: r.get::<_, Option<i64>>(11)?.map(from_millis),
        message: r
            .get::<_, Option<String>>(12)?
            .zip(r.get::<_, Option<String>>(13)?)
            .map(|(id, way)| Message { id, way }),
        rate: word(r, 14)?,
        origin: word(r, 15)?,
        refused: r.get(16)?,
        lack: word(r, 17)?,
        ending: word(r, 18)?,
    })
}
