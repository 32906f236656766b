//! Webhooks: what each event says, key by key in the vendor's order, and the ids of the history. Signing and sending are the
//! service's.

use jiff::Timestamp;
use rand::Rng;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use super::world::{
    World,
    chat::{Message, url},
    stamp,
    views::View,
};

/// Header of the signature.
pub const SIGNATURE: &str = "pachca-signature";
/// `User-Agent` of the sender.
pub const AGENT: &str = "Faraday v2.12.2";
/// When it was sent, Unix seconds; renewed when it is sent again with a new one.
const SENT: &str = "webhook_timestamp";

/// The body of a webhook: keys in the order they are written in.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload(Vec<(String, Value)>);

impl Payload {
    fn of<const N: usize>(pairs: [(&str, Value); N]) -> Self {
        Self(pairs.map(|(key, value)| (key.to_owned(), value)).to_vec())
    }

    /// Any object, with the time of sending where it has none.
    pub(super) fn any(body: &Value, now: Timestamp) -> Self {
        let pairs = body.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
        let mut payload = Self(pairs.collect());
        if payload.get(SENT).is_none() {
            payload.0.push((SENT.to_owned(), now.as_second().into()));
        }
        payload
    }

    /// A value of it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The same, sent at another time.
    pub(super) fn sent_at(mut self, at: Timestamp) -> Self {
        for (key, value) in &mut self.0 {
            if key == SENT {
                *value = at.as_second().into();
            }
        }
        self
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // Text keys and JSON values are always written.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let mut map = into.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// As subscriptions and the history name it.
    pub(super) event_type: String,
    pub(super) payload: Payload,
    /// Where; events of no chat reach the bot wherever it is.
    pub(super) chat: Option<u64>,
    /// Who wrote it, when it is a message.
    pub(super) author: Option<u64>,
}

impl Told {
    fn new(event_type: &str, payload: Payload, chat: Option<u64>) -> Self {
        Self { event_type: event_type.to_owned(), payload, chat, author: None }
    }
}

/// A message was written, changed or deleted: `new`, `update`, `delete`.
pub(super) fn message(event: &str, message: &Message, world: &World, now: Timestamp) -> Told {
    let (entity, id) = world.entity(message.chat);
    let thread = world.thread_of_chat(message.chat);
    let thread = thread.map(|thread| json!({ "message_id": thread.message, "message_chat_id": thread.message_chat }));
    let payload = Payload::of([
        ("event", event.into()),
        ("type", "message".into()),
        (SENT, now.as_second().into()),
        ("chat_id", message.chat.into()),
        ("content", message.content.clone().into()),
        ("user_id", message.user.into()),
        ("id", message.id.into()),
        ("created_at", stamp(message.created_at).into()),
        ("changed_at", stamp(message.changed_at).into()),
        ("parent_message_id", message.parent.into()),
        ("entity_type", entity.into()),
        ("entity_id", id.into()),
        ("thread", thread.into()),
        ("url", url(message.chat, message.id).into()),
    ]);
    let event_type = format!("message_{event}");
    Told { author: Some(message.user), ..Told::new(&event_type, payload, Some(message.chat)) }
}

/// Somebody reacted, or took it back: `new`, `delete`. The vendor leaves the chat out of the latter.
pub(super) fn reaction(event: &str, message: &Message, by: u64, code: &str, now: Timestamp) -> Told {
    let chat = (event == "new").then_some(message.chat);
    let payload = Payload::of([
        ("type", "reaction".into()),
        ("event", event.into()),
        ("chat_id", chat.into()),
        ("message_id", message.id.into()),
        ("code", code.into()),
        ("name", "reaction".into()),
        ("user_id", by.into()),
        ("created_at", stamp(now).into()),
        (SENT, now.as_second().into()),
    ]);
    Told::new(&format!("reaction_{event}"), payload, Some(message.chat))
}

/// A button was pressed.
pub(super) fn click(message: &Message, trigger: &str, data: &str, by: u64, now: Timestamp) -> Told {
    let payload = Payload::of([
        ("type", "button".into()),
        ("event", "click".into()),
        ("message_id", message.id.into()),
        ("trigger_id", trigger.into()),
        ("data", data.into()),
        ("user_id", by.into()),
        ("chat_id", message.chat.into()),
        (SENT, now.as_second().into()),
    ]);
    Told::new("button_click", payload, Some(message.chat))
}

/// A form was sent.
pub(super) fn submit(view: &View, data: Value, now: Timestamp) -> Payload {
    Payload::of([
        ("type", "view".into()),
        ("event", "submit".into()),
        ("callback_id", view.callback_id.clone().into()),
        ("private_metadata", view.private_metadata.clone().into()),
        ("chat_id", view.chat.into()),
        ("user_id", view.user.into()),
        ("data", data),
        (SENT, now.as_second().into()),
    ])
}

/// People came into a chat, or left: `add`, `remove`.
pub(super) fn members(event: &str, chat: u64, users: &[u64], world: &World, now: Timestamp) -> Told {
    let payload = Payload::of([
        ("type", "chat_member".into()),
        ("event", event.into()),
        ("chat_id", chat.into()),
        ("thread_id", world.thread_of_chat(chat).map(|thread| thread.id).into()),
        ("user_ids", json!(users)),
        ("created_at", stamp(now).into()),
        (SENT, now.as_second().into()),
    ]);
    Told::new(&format!("chat_member_{event}"), payload, Some(chat))
}

/// Something became of people: `invite`, `confirm`, `update`, `suspend`, `activate`, `delete`.
pub(super) fn company(event: &str, users: &[u64], now: Timestamp) -> Told {
    let payload = Payload::of([
        ("type", "company_member".into()),
        ("event", event.into()),
        ("user_ids", json!(users)),
        ("created_at", stamp(now).into()),
        (SENT, now.as_second().into()),
    ]);
    Told::new(&format!("company_member_{event}"), payload, None)
}

/// Any other event.
pub(super) fn other(event_type: &str, body: &Value, now: Timestamp) -> Told {
    Told::new(event_type, Payload::any(body, now), None)
}

/// Makes the ids of the history: sorted by time, and by turn within a millisecond.
#[derive(Debug, Default)]
pub(super) struct Ulids {
    last: u128,
}

impl Ulids {
    pub(super) fn next(&mut self, now: Timestamp) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let millis = u128::try_from(now.as_millisecond()).unwrap_or_default();
        let chance = rand::rng().random::<u128>() >> 48;
        // A clock held still or set back goes on from where it was.
        self.last = ((millis << 80) | chance).max(self.last + 1);
        let letter = |turn: u32| LETTERS[usize::try_from((self.last >> (125 - 5 * turn)) & 31).unwrap_or_default()];
        (0..26).map(|turn| char::from(letter(turn))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulids_have_26_letters_begin_with_the_time_and_grow() {
        let mut ulids = Ulids::default();
        let at: Timestamp = "2026-11-20T09:15:00Z".parse().unwrap();
        let (first, second) = (ulids.next(at), ulids.next(at));
        assert_eq!(first.len(), 26);
        assert!(first.starts_with("01M7W3SPH0"), "{first}");
        assert!(first < second);
        assert!(second < ulids.next(at - jiff::SignedDuration::from_secs(9)));
    }
}
