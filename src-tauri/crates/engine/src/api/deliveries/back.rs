//! Messages that were handed over and came back: sending one again is the message's own affair, which begins a new call.
//!
//! Deliberately not here: what becomes of it (the rule of messages).

use pult_domain::{Effect, FactKey, Instant, MessageId, Observed, areas::messages};
use pult_store::{
    Connection, StoreError,
    outbox::{self, EffectRow, EffectState},
};

use crate::{
    decide::{self, Decided, Source},
    terms::Terms,
};

/// The message a refused call sent, where it came back.
pub(super) fn of(connection: &Connection, row: &EffectRow) -> Result<Option<MessageId>, StoreError> {
    if row.state != EffectState::Refused {
        return Ok(None);
    }
    // One whose content was erased says no more what it was about.
    let Ok(Effect::SendMessage(send)) = serde_json::from_value(row.effect.clone()) else { return Ok(None) };
    let returned = pult_store::messages::is_returned(connection, send.message)?;
    Ok(returned.then_some(send.message))
}

/// Sends it again as another call; the one that was refused is put aside.
pub(super) fn again(
    connection: &Connection,
    row: &EffectRow,
    message: MessageId,
    by: &str,
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    let fact = messages::Fact::TryAgain { message, by: Some(by.to_owned()) };
    let observed = Observed {
        key: FactKey(format!("{}/again/{}", row.key, now.as_millisecond())),
        at: now,
        fact: pult_domain::Fact::Messages(fact),
    };
    let source = Source { name: "console".to_owned(), actor: Some(by.to_owned()), ..Source::default() };
    let decided = decide::fact(connection, &observed, &source, now, terms)?;
    outbox::abandon(connection, row.id)?;
    Ok(decided)
}
