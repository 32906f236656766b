//! A stored decision, computed again from what it was made of: the fact and the snapshot that stand in the journal, by the rules and the
//! settings of today.
//!
//! Nothing is read but the entry, and nothing is written. Deliberately not here: running a record again, which begins with what the world
//! looks like now (`replay`).

use pult_domain::{
    Decision, Explanation, Fact, FactKey, Instant,
    areas::{calls, carousel, chat_link, erp, messages, network, ratings, tickets},
};
use pult_store::journal::EntryRow;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::terms::Terms;

/// What a stored decision would be today.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// The kinds of change, in order.
    pub changes: Vec<String>,
    /// The kinds of effect, in order.
    pub ordered: Vec<String>,
    /// Why.
    pub explanation: Explanation,
}

/// Computes an entry again. `None` where too little of it stands in the journal: its words were left out or erased, it is older than what
/// is kept for this, or it only tells what was seen.
#[must_use]
pub fn again(entry: &EntryRow, terms: &Terms) -> Option<Again> {
    let fact: Fact = serde_json::from_value(entry.fact.clone()).ok()?;
    let at = Instant::from_millisecond(entry.at).ok()?;
    let inputs = &entry.explanation.inputs;
    match &fact {
        Fact::Calls(fact) => {
            // The key only names the row that is begun.
            of(calls::decide(fact, &FactKey(String::new()), at, &known(inputs)?, &terms.calls))
        }
        Fact::Network(fact) => of(network::decide(fact, at, &known(inputs)?, &terms.network)),
        Fact::Ratings(fact) => of(ratings::decide(fact, at, &known(inputs)?, &terms.ratings)),
        // Of the others, the house is kept only as far as this choice needs it.
        Fact::Erp(fact @ erp::Fact::Surveyed { .. }) => of(erp::decide(fact, at, &known(inputs)?, &terms.erp)),
        Fact::Carousel(fact) if chooses(fact) => of(carousel::decide(fact, at, &known(inputs)?, &terms.carousel)),
        Fact::ChatLink(fact) => of(chat_link::decide(fact, at, &known(inputs)?, &terms.chat_link)),
        Fact::Tickets(fact) => of(tickets::decide(fact, at, &known(inputs)?, &terms.tickets)),
        // What a message says stands in no decision, and another try repeats it.
        Fact::Messages(messages::Fact::TryAgain { .. }) => None,
        Fact::Messages(fact) => of(messages::decide(fact, at, &known(inputs)?, &terms.messages)),
        Fact::Erp(_) | Fact::Carousel(_) | Fact::Floor(_) => None,
    }
}

/// The kinds of change a stored decision made.
#[must_use]
pub fn kinds(changes: &Value) -> Vec<String> {
    let kind = |change: &Value| change.get("change").and_then(Value::as_str).map(str::to_owned);
    changes.as_array().map(|changes| changes.iter().filter_map(kind).collect()).unwrap_or_default()
}

/// Facts of the carousel that lead to a choice: absences and the catalogue are kept only as far as these need them.
fn chooses(fact: &carousel::Fact) -> bool {
    use carousel::Fact as F;
    matches!(
        fact,
        F::Listed { .. }
            | F::Assigned { .. }
            | F::Taken { .. }
            | F::Gone { .. }
            | F::PersonRefused { .. }
            | F::AssignFailed { .. }
            | F::ReassignAsked { .. }
    )
}

fn known<K: DeserializeOwned>(inputs: &Value) -> Option<K> {
    serde_json::from_value(inputs.clone()).ok()
}

fn of<C: Serialize>(decision: Decision<C>) -> Option<Again> {
    Some(Again {
        changes: kinds(&serde_json::to_value(&decision.changes).ok()?),
        ordered: decision.effects.iter().map(|order| order.effect.kind().to_owned()).collect(),
        explanation: decision.explanation,
    })
}
