//! What happened lately to somebody's tickets that are not over: each with the last that was said in it (behaviour/helpdesk 8).
//!
//! Deliberately not here: a ticket's whole history (`read`), and what was changed without a word: its row shows how it stands.

use pult_domain::{Instant, areas::tickets::Named};
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::{
    page::{TicketFilter, TicketRow, Viewer, page},
    sql,
    write::ENGINE,
};
use crate::{StoreError, millis, query::many};

/// Tickets shown at most.
pub const MOST_ACTIVE: usize = 50;
/// Words shown with a ticket at most: the last that were said.
const MOST_SAID: i64 = 3;
/// Characters of each: whoever wants more opens the ticket.
const SHOWN: usize = 600;

/// Something that was said in a ticket. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketSaid {
    /// The tracker's number of the entry.
    #[ts(type = "number")]
    pub id: i64,
    /// Who said it.
    pub user: Named,
    /// What, in the tracker's markup, 600 characters at most.
    pub text: String,
    /// There is more of it.
    pub cut: bool,
    /// It is for some only, and whoever looks is among them.
    pub private: bool,
    /// When.
    #[ts(type = "number")]
    pub at: i64,
}

/// A ticket that moved lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ActiveTicket {
    /// What a list shows of it.
    pub ticket: TicketRow,
    /// The last that was said, the latest first; nothing where its history was not read yet.
    pub said: Vec<TicketSaid>,
}

/// The tickets of a choice that were changed since an instant, the last changed first, [`MOST_ACTIVE`] at most. What only some may read
/// is there for the accounts it was shown to; `account` is the tracker's number of the person's own.
///
/// # Errors
/// When they cannot be read.
pub fn active(
    connection: &Connection,
    viewer: &Viewer,
    account: Option<i64>,
    filter: &TicketFilter,
    since: Instant,
) -> Result<Vec<ActiveTicket>, StoreError> {
    let mut rows = page(connection, viewer, filter, None, MOST_ACTIVE)?.rows;
    rows.retain(|row| row.updated_on >= millis(since));
    let account = account.unwrap_or(ENGINE);
    let mut tickets = Vec::with_capacity(rows.len());
    for ticket in rows {
        let said = many(connection, sql::SAID, [ticket.id.0, account, MOST_SAID], |r| {
            let text: String = r.get(3)?;
            Ok(TicketSaid {
                id: r.get(0)?,
                user: Named { id: r.get(1)?, name: r.get(2)? },
                cut: text.chars().count() > SHOWN,
                text: text.chars().take(SHOWN).collect(),
                private: r.get(4)?,
                at: r.get(5)?,
            })
        })?;
        tickets.push(ActiveTicket { ticket, said });
    }
    Ok(tickets)
}
