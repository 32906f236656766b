//! A person's own key at the tracker: what their acts there are done with, and by which they may read what only some may.
//!
//! Deliberately not here: the key itself (a secret), and the engine's own (settings).

use pult_domain::Area;
use pult_integrations::{CallError, Integration, Shared};
use pult_store::{accounts, connections};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Engine,
    api::Nothing,
    areas::tickets::source,
    auth::Actor,
    error::{ApiError, ErrorCode},
    secrets::{Secret, SecretName},
};

/// Shows one's own key to the tracker and keeps it.
#[derive(Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConnectTickets {
    /// The key; kept as a secret, shown to nobody.
    pub key: String,
}

/// One's own account at the tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketAccount {
    /// The tracker's number of the person.
    #[ts(type = "number")]
    pub id: i64,
    /// Whether its key may still be shown: one that was refused, or is gone, is not tried again until the person connects anew.
    pub good: bool,
    /// The tracker's name of the person, right after connecting.
    pub name: Option<String>,
}

pub(in crate::api) async fn connect(
    engine: &Engine,
    actor: &Actor,
    request: ConnectTickets,
) -> Result<TicketAccount, ApiError> {
    let key = request.key.trim();
    let tracker = engine.ticket_tracker().ok_or_else(not_connected)?;
    let keys = tracker.person_keys().ok_or_else(not_connected)?;
    let owner = keys.whose(key).await.map_err(|error| match error {
        CallError::Unauthorized { .. } => ApiError::field("key", "the tracker does not know this key"),
        CallError::Refused { .. } => ApiError::field("key", error.to_string()),
        _ => ApiError::new(ErrorCode::Unreachable, error.to_string()),
    })?;
    let name: SecretName = keys.secret_of(owner.id).parse().map_err(|_| ApiError::field("key", "no such account"))?;
    let (secrets, secret) = (engine.secrets().clone(), Secret::new(key)?);
    secrets.blocking(move |s| s.set(&name, &secret)).await?;
    let (who, now, there, id) = (actor.clone(), engine.clock().now(), tracker.name(), owner.id);
    engine
        .store()
        .write(move |c| {
            accounts::put(c, &who.login, there, &id.to_string(), now)?;
            who.note(c, "tickets.connect", &format!("account:{id}"), serde_json::json!({}), now)
        })
        .await?;
    engine.bus().changed(Area::People, vec![]);
    Ok(TicketAccount { id: owner.id, good: true, name: Some(owner.name) })
}

pub(in crate::api) async fn disconnect(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Nothing, ApiError> {
    let (Some(tracker), Some(account)) = (engine.ticket_tracker(), engine.ticket_account(actor).await?) else {
        return Ok(Nothing {});
    };
    let (who, now, there, id) = (actor.clone(), engine.clock().now(), tracker.name(), account.id);
    let last = engine
        .store()
        .write(move |c| {
            who.note(c, "tickets.disconnect", &format!("account:{id}"), serde_json::json!({}), now)?;
            accounts::remove(c, &who.login, there, &id.to_string())
        })
        .await?;
    if let (true, Some(keys)) = (last, tracker.person_keys())
        && let Ok(name) = keys.secret_of(id).parse::<SecretName>()
    {
        engine.secrets().clone().blocking(move |s| s.remove(&name)).await?;
    }
    engine.bus().changed(Area::People, vec![]);
    Ok(Nothing {})
}

fn not_connected() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "no tracker is connected in which people have keys of their own")
}

impl Engine {
    /// Whether the tracker takes no call of ours until a person has mended the connection: it refused our key (contracts/redmine 9). What
    /// is asked for meanwhile is kept, and waits.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn tickets_shut_out(&self) -> Result<bool, ApiError> {
        let from = source(&self.registry().terms());
        Ok(self.store().read(move |c| connections::get(c, from)).await?.trouble.is_some())
    }

    fn ticket_tracker(&self) -> Option<Shared> {
        self.registry().get(source(&self.registry().terms()))
    }

    /// The account somebody has connected at the tracker.
    pub(super) async fn ticket_account(&self, actor: &Actor) -> Result<Option<TicketAccount>, ApiError> {
        let Some(tracker) = self.ticket_tracker() else { return Ok(None) };
        let (login, there) = (actor.login.clone(), tracker.name());
        let account = self.store().read(move |c| accounts::get(c, &login, there)).await?;
        let Some(id) = account.and_then(|account| account.parse::<i64>().ok()) else { return Ok(None) };
        let good = Integration::person_keys(&*tracker).is_some_and(|keys| keys.is_good(id));
        Ok(Some(TicketAccount { id, good, name: None }))
    }
}
