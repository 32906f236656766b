//! A person's own account of the messenger: connecting it, and how its session is.
//!
//! Deliberately not here: the password itself (a secret), and the engine's own account (settings).

use pult_domain::{
    Area,
    areas::messages::{Account, Address},
};
use pult_integrations::StreamOrder;
use pult_store::messages::{self, OwnAccount};

use super::{ConnectMessenger, MessengerReach, OwnMessenger};
use crate::{
    Engine,
    api::{Nothing, floor::Ordered},
    auth::Actor,
    error::{ApiError, ErrorCode},
    secrets::{Secret, SecretName},
};

pub(in crate::api) async fn connect(
    engine: &Engine,
    actor: &Actor,
    request: ConnectMessenger,
) -> Result<OwnMessenger, ApiError> {
    let name = engine.messenger().ok_or_else(not_connected)?;
    let address = Address::read(&request.address)
        .ok_or_else(|| ApiError::field("address", "an address as name@domain, without a resource"))?;
    let person = engine.messenger_number(actor).await?;
    let (secrets, key, secret) = (engine.secrets().clone(), password(person)?, Secret::new(&request.password)?);
    // The address first: another's account must not get this password.
    let (who, now, own) = (actor.clone(), engine.clock().now(), address.clone());
    let write = move |c: &pult_store::Connection| {
        let same = messages::own_account(c, person)?.is_some_and(|before| before.address == own);
        messages::connect(c, person, &own, now)?;
        who.note(c, "messages.connect", &format!("messenger:{person}"), serde_json::json!({}), now)?;
        Ok(same)
    };
    let same = engine.store().write(write).await?;
    secrets.blocking(move |s| s.set(&key, &secret)).await?;
    // A session that waits for another password tries again; one that is not there yet is begun.
    let order = if same { StreamOrder::Connect } else { StreamOrder::Refresh };
    let _ = engine.sessions().order(name, order);
    engine.bus().changed(Area::Messages, vec![person]);
    let connected = OwnAccount { address, added_at: now.as_millisecond() };
    Ok(engine.own_messenger(person, connected))
}

pub(in crate::api) async fn disconnect(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Nothing, ApiError> {
    let person = engine.messenger_number(actor).await?;
    let (who, now) = (actor.clone(), engine.clock().now());
    let was = engine
        .store()
        .write(move |c| {
            let was = messages::disconnect(c, person)?;
            if was {
                who.note(c, "messages.disconnect", &format!("messenger:{person}"), serde_json::json!({}), now)?;
            }
            Ok(was)
        })
        .await?;
    if was {
        let key = password(person)?;
        engine.secrets().clone().blocking(move |s| s.remove(&key)).await?;
        engine.hold_messengers_anew();
        engine.bus().changed(Area::Messages, vec![person]);
    }
    Ok(Nothing {})
}

pub(in crate::api) async fn try_again(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Ordered, ApiError> {
    let name = engine.messenger().ok_or_else(not_connected)?;
    let person = engine.messenger_number(actor).await?;
    engine.note(actor, "messages.try_again", &format!("messenger:{person}")).await?;
    Ok(Ordered { taken: engine.sessions().order(name, StreamOrder::Connect) })
}

pub(in crate::api) async fn reach(engine: &Engine, actor: &Actor, _: Nothing) -> Result<MessengerReach, ApiError> {
    let login = actor.login.clone();
    let (own, address) =
        engine.store().read(move |c| Ok((messages::email_of(c, &login)?, messages::address_of(c, &login)?))).await?;
    let name = engine.messenger();
    Ok(MessengerReach {
        own,
        address: address.map(|address| address.as_str().to_owned()),
        connected: name.is_some(),
        session: name.and_then(|name| engine.sessions().report(name)),
    })
}

/// The name of the secret in which a person's password is kept.
fn password(person: i64) -> Result<SecretName, ApiError> {
    Ok(SecretName::messenger_of(person)?)
}

pub(super) fn not_connected() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "no messenger is connected")
}

impl Engine {
    /// The integration by which messages are said and heard.
    pub(super) fn messenger(&self) -> Option<&'static str> {
        self.registry().terms().performers.get("send_message").copied()
    }

    /// Has it looked whose sessions of the messenger are to be held: somebody has connected, disconnected, or is kept out.
    pub(in crate::api) fn hold_messengers_anew(&self) {
        if let Some(name) = self.messenger() {
            // An order that waits already is as good.
            let _ = self.sessions().order(name, StreamOrder::Refresh);
        }
    }

    /// The number by which messages know an actor.
    pub(super) async fn messenger_number(&self, actor: &Actor) -> Result<i64, ApiError> {
        let login = actor.login.clone();
        let number = self.store().read(move |c| messages::number_of(c, &login)).await?;
        number.ok_or_else(|| ApiError::new(ErrorCode::Forbidden, "only for people with an account of the console"))
    }

    /// A person's account with its session.
    pub(super) fn own_messenger(&self, person: i64, own: OwnAccount) -> OwnMessenger {
        let session = self.messenger().and_then(|name| self.sessions().personal(name, Account::Person(person)));
        OwnMessenger { address: own.address.as_str().to_owned(), since: own.added_at, session }
    }
}
