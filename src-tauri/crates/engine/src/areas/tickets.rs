//! Tickets that people work with by hand: the snapshot from the store, the rule from the domain, the changes back.
//!
//! Deliberately not here: anything decided.

use pult_domain::{
    Observed, Subject,
    areas::tickets::{
        Change, Fact, Known, Policy, TicketAim, decide as rule,
        rule::{fact_of_timer as of_timer, standing as always},
    },
};
use pult_store::{Connection, StoreError, tickets};

use super::AreaDecision;
use crate::terms::Terms;

/// The row that stands for the tracker's lists and tickets that are not there yet: whoever shows any of it reads it again.
pub const EVERYTHING: i64 = 0;

pub(super) fn decide(
    connection: &Connection,
    fact: &Fact,
    observed: &Observed,
    terms: &Terms,
) -> Result<AreaDecision, StoreError> {
    let known = tickets::load_known(connection, fact, observed.at, source(terms))?;
    let decision = rule(fact, observed.at, &known, &terms.tickets);
    let mut touched = Vec::new();
    for change in &decision.changes {
        match tickets::apply(connection, change)? {
            Some(ticket) => touched.push(ticket.0),
            None => touched.push(EVERYTHING),
        }
        if let (Change::Asked { .. }, Fact::Created { .. } | Fact::Failed { .. }) = (change, fact) {
            touched.push(EVERYTHING);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    Ok(AreaDecision {
        subject: about(fact, &known),
        touched,
        changes: serde_json::to_value(&decision.changes)?,
        effects: decision.effects,
        timers: decision.timers,
        notices: decision.notices,
        answer: decision.answer,
        explanation: decision.explanation,
    })
}

/// The name under which the tracker stands among people's own accounts; empty while none is connected.
pub fn source(terms: &Terms) -> &'static str {
    terms.performers.get("change_ticket").copied().unwrap_or_default()
}

fn about(fact: &Fact, known: &Known) -> Option<Subject> {
    let asked = known.asked.as_ref().and_then(|asked| asked.ticket);
    match fact {
        Fact::Read { ticket, .. }
        | Fact::Seen { ticket, .. }
        | Fact::Changed { ticket, .. }
        | Fact::Conflict { ticket, .. }
        | Fact::Created { ticket, .. } => Some(Subject::ticket(ticket.card.id)),
        Fact::Opened { ticket, .. }
        | Fact::Stirred { ticket, .. }
        | Fact::Failed { what: TicketAim::Read { ticket, .. }, .. } => Some(Subject::ticket(*ticket)),
        Fact::Failed { what: TicketAim::Change { change }, .. } => {
            Some(asked.map_or_else(|| Subject::new_ticket(*change), Subject::ticket))
        }
        Fact::Asked(_) => {
            Some(known.kept.keys().next().map_or_else(|| Subject::new_ticket(known.next), |id| Subject::ticket(*id)))
        }
        Fact::Listed { .. }
        | Fact::Elsewhere { .. }
        | Fact::LookedFor { .. }
        | Fact::DictionaryRead { .. }
        | Fact::Failed { .. }
        | Fact::SweepDue {}
        | Fact::DictionaryDue {} => Some(Subject::tickets()),
    }
}

pub(super) fn fact_of_timer(key: &str) -> Option<Fact> {
    of_timer(key)
}

pub(super) fn standing(policy: &Policy) -> Vec<&'static str> {
    always(policy)
}
