//! Lets somebody watch a ticket, or no longer (contracts/redmine 2).
//!
//! Asking twice is asking once. Not every account is shown who watches: what it is not shown is believed. Deliberately not here: who may ask
//! it for whom (the engine's; the tracker has its own word).

use pult_domain::areas::tickets::{Ticket, WatchTicket};
use reqwest::Method;
use serde_json::json;

use crate::{CallError, Exchange};

use super::{Redmine, change::Made, client::As};

/// Whether a ticket shows that it is as it is wanted, or that it is not; nothing where that account is not shown who watches.
fn is_so(wish: &WatchTicket, ticket: &Ticket) -> Option<bool> {
    let is_shown = wish.account.is_none() || !ticket.watchers.is_empty();
    is_shown.then(|| ticket.watchers.iter().any(|who| who.id == wish.user) == wish.on)
}

fn made(ticket: Ticket, left: &[&str]) -> Made {
    Made::Yes { ticket, entries: vec![], left: left.iter().map(|part| (*part).to_owned()).collect() }
}

/// What a ticket says of a wish of which nobody knows whether it was granted; nothing where it may be asked again.
pub(super) fn became(wish: &WatchTicket, after: &Ticket) -> Option<Made> {
    (is_so(wish, after) == Some(true)).then(|| made(after.clone(), &[]))
}

impl Redmine {
    /// Lets somebody watch a ticket, or no longer.
    pub(super) async fn watch(&self, wish: &WatchTicket, said: &mut Vec<Exchange>) -> Result<Made, CallError> {
        let (who, id) = (As::account(wish.account), wish.ticket.0.to_string());
        let (method, path, body) = match wish.on {
            true => (Method::POST, vec!["watchers.json".to_owned()], json!({ "user_id": wish.user })),
            false => (Method::DELETE, vec!["watchers".to_owned(), format!("{}.json", wish.user)], json!({})),
        };
        let path: Vec<&str> = ["issues", &id].into_iter().chain(path.iter().map(String::as_str)).collect();
        self.client.change(who, method, &path, &body, said).await.map_err(|trouble| trouble.error)?;
        let unknown = |error: CallError| CallError::OutcomeUnknown { detail: error.to_string() };
        let after = self.ticket(who, wish.ticket.0, said).await.map_err(unknown)?;
        let left: &[&str] = if is_so(wish, &after) == Some(false) { &["watch"] } else { &[] };
        Ok(made(after, left))
    }
}
