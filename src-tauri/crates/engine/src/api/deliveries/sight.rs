//! What of the traffic and its decisions somebody may see who may not see everything: tickets as their own screen shows them, operators and
//! calls as the floor and the journal do.
//!
//! Deliberately not here: who may call the commands at all (the list of commands).

use pult_domain::{Area, Effect, TicketId};
use pult_store::{
    Connection, StoreError,
    inbox::RecordRow,
    journal::EntryRow,
    outbox::EffectRow,
    tickets::{self, Viewer},
};

use crate::{
    Engine,
    api::floor::scope::{Scope, Subjects},
    auth::Actor,
    error::ApiError,
};

/// Somebody who looks at the traffic.
pub(super) struct Looker {
    tickets: Viewer,
    actor: Actor,
}

impl Looker {
    pub(super) async fn of(engine: &Engine, actor: &Actor) -> Result<Self, ApiError> {
        Ok(Self { tickets: engine.ticket_viewer(actor).await?, actor: actor.clone() })
    }

    /// What they may see as things are now.
    pub(super) fn sight(&self, connection: &Connection) -> Result<Sight, StoreError> {
        let subjects = Scope::of(connection, &self.actor)?.subjects(connection)?;
        Ok(Sight { tickets: self.tickets.clone(), subjects })
    }
}

/// What somebody may see of the traffic.
pub(super) struct Sight {
    tickets: Viewer,
    subjects: Subjects,
}

impl Sight {
    /// Decisions without those about tickets, operators and calls that they may not see. What is about all tickets at once, or about one that
    /// is not there yet, is for those who may see every one.
    pub(super) fn entries(&self, connection: &Connection, entries: Vec<EntryRow>) -> Result<Vec<EntryRow>, StoreError> {
        let mut seen = Vec::new();
        for entry in entries {
            if self.sees(connection, &entry)? {
                seen.push(entry);
            }
        }
        Ok(seen)
    }

    fn sees(&self, connection: &Connection, entry: &EntryRow) -> Result<bool, StoreError> {
        let open = self.tickets.all || entry.area != Area::Tickets.as_ref();
        Ok((open || self.sees_ticket(connection, &entry.subject)?) && self.sees_subject(connection, &entry.subject)?)
    }

    fn sees_ticket(&self, connection: &Connection, subject: &str) -> Result<bool, StoreError> {
        let ticket = subject.strip_prefix("ticket:").and_then(|id| id.parse().ok()).map(TicketId);
        Ok(match ticket {
            Some(ticket) => !tickets::by_ids(connection, &self.tickets, &[ticket])?.is_empty(),
            None => false,
        })
    }

    /// Whether an operator or a call that something is about may be seen.
    pub(super) fn sees_subject(&self, connection: &Connection, subject: &str) -> Result<bool, StoreError> {
        self.subjects.cover(connection, subject)
    }

    /// Calls as somebody sees them: of what is about an operator or a caller they may not see, nothing but its kind; without people's words
    /// where they may not see every ticket or every team.
    pub(super) fn effects(
        &self,
        connection: &Connection,
        mut rows: Vec<EffectRow>,
    ) -> Result<Vec<EffectRow>, StoreError> {
        let every = self.tickets.all && self.subjects.has_every_team();
        for row in &mut rows {
            if !self.sees_subject(connection, &row.subject)? {
                row.effect = serde_json::json!({ "kind": row.kind });
            } else if !every {
                row.effect = Effect::without_words(std::mem::take(&mut row.effect));
            }
        }
        Ok(rows)
    }

    /// Whether somebody may read what a record says: everything it led to is theirs to see. Of a record that calls are told by and that led
    /// to nothing nobody can say whose calls they are: it is for those who see them all.
    pub(super) fn tells(
        &self,
        connection: &Connection,
        record: &RecordRow,
        entries: &[EntryRow],
    ) -> Result<bool, StoreError> {
        let silent = entries.is_empty() && pult_integrations::tells_of_calls(&record.integration);
        if silent && !self.subjects.has_every_call() {
            return Ok(false);
        }
        for entry in entries {
            if !self.sees_subject(connection, &entry.subject)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
