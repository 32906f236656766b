//! What the messenger tells us, by webhook or in the history of its events, as facts (contracts/pachca 8).
//!
//! An event is dispatched by its two words together, and known by the same key wherever it comes from. A form has no key: sent twice it
//! is two records, which the rule knows for one wish by what was filled in. Deliberately not here: who may say it (`intake`), and what
//! follows.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::SignedDuration;
use pult_domain::{
    Fact, FactKey, Instant, Observed,
    areas::chat_link::{self, ChatMessage, Field, FileLink, Place, Press, Submission},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{ParseError, Parsed, StoredRequest, reason};

use super::{
    poll,
    wire::{at, id, instant, text},
};

/// The most characters of a message; far more than is ever copied.
const MAX_TEXT: usize = 20_000;
/// The most characters of one field of a form: more than any may have, so that too many are seen to be.
const MAX_FIELD: usize = 4_000;
/// The most characters of a name, a word, a trigger.
const MAX_WORD: usize = 255;
/// The most characters of what a form carries with it.
const MAX_METADATA: usize = 3_000;
/// The most characters of a link.
const MAX_LINK: usize = 4_000;
/// The most fields of a form, and files or answers of one of them.
const MAX_FIELDS: usize = 100;
const MAX_PARTS: usize = 50;
/// How long a form can be opened after a press (contracts/pachca 4).
const TRIGGER: SignedDuration = SignedDuration::from_secs(3);

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message was written.
    New,
    /// A message was changed.
    Update,
    /// A message was deleted.
    Delete,
    /// A button was pressed.
    Click,
    /// A form was sent.
    Submit,
    /// Something became of people.
    People,
    /// Nothing of ours.
    Other,
}

/// Reads an event's two words.
pub(super) fn kind(event: &Value) -> Kind {
    let word = |key: &str| at(event, key).as_str().unwrap_or_default();
    match (word("type"), word("event")) {
        ("message", "new") => Kind::New,
        ("message", "update") => Kind::Update,
        ("message", "delete") => Kind::Delete,
        ("button", "click") => Kind::Click,
        ("view", "submit" | "view_submission") | ("view_submission" | "view.submit", _) => Kind::Submit,
        ("company_member", _) => Kind::People,
        _ => Kind::Other,
    }
}

/// The event a body tells.
pub(super) fn event(body: &[u8]) -> Result<Value, ParseError> {
    let event: Value = serde_json::from_slice(body).map_err(|_| ParseError::at("body", reason!("not JSON")))?;
    if event.is_object() { Ok(event) } else { Err(ParseError::at("body", reason!("must be an object"))) }
}

/// The chat whose events stay in order: that of a message, because an edit follows what it edits.
pub(super) fn chat_of(body: &[u8]) -> Option<i64> {
    let event = event(body).ok()?;
    matches!(kind(&event), Kind::New | Kind::Update | Kind::Delete).then(|| id(at(&event, "chat_id")))?
}

/// People an event says something became of.
pub(super) fn people_of(body: &[u8]) -> Vec<i64> {
    match event(body) {
        Ok(event) if kind(&event) == Kind::People => people(&event),
        _ => vec![],
    }
}

/// The people an event names.
pub(super) fn people(event: &Value) -> Vec<i64> {
    at(event, "user_ids").as_array().into_iter().flatten().filter_map(id).collect()
}

/// What a record means.
pub(super) fn meaning(record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
    let event = event(&record.body)?;
    // In the history it says itself when it was.
    let told_at = record.query_value(poll::AT).filter(|_| record.route == poll::HISTORY);
    let told_at: Option<Instant> = told_at.and_then(|at| at.parse().ok());
    let read = match kind(&event) {
        Kind::New => written(&event)?,
        Kind::Update => Some(edited(&event)?),
        Kind::Delete => Some(deleted(&event)?),
        Kind::Click => Some(pressed(&event, told_at.is_some_and(|at| received_at.duration_since(at) > TRIGGER))?),
        Kind::Submit => Some(submitted(&event)?),
        Kind::People | Kind::Other => None,
    };
    let Some((key, happened_at, fact)) = read else { return Ok(Parsed::default()) };
    // The messenger's clock may be ahead of ours; what has come has happened.
    let at = happened_at.or(told_at).map_or(received_at, |at| at.min(received_at));
    Ok(Parsed { facts: vec![Observed { key: FactKey(key), at, fact: Fact::ChatLink(fact) }], rejected: vec![] })
}

/// A fact with its key, and when it happened, where the event itself says so.
type Read = (String, Option<Instant>, chat_link::Fact);

fn needed(event: &Value, key: &str) -> Result<i64, ParseError> {
    id(at(event, key)).ok_or_else(|| ParseError::at(key, reason!("a positive number is required")))
}

fn said(event: &Value) -> &str {
    at(event, "content").as_str().or_else(|| at(event, "text").as_str()).unwrap_or_default()
}

fn written(event: &Value) -> Result<Option<Read>, ParseError> {
    let number = needed(event, "id")?;
    let thread = at(event, "thread");
    let place = match at(event, "entity_type").as_str().unwrap_or("discussion") {
        // Quoted messages are no parents: only the thread says which message it hangs on.
        _ if thread.is_object() => Place::Thread { parent: id(at(thread, "message_id")) },
        "thread" => Place::Thread { parent: None },
        "user" => Place::Private,
        "discussion" => Place::Chat,
        // Another program's line; and what nobody knows yet is not ours.
        _ => return Ok(None),
    };
    let chat = id(at(event, "chat_id")).or_else(|| id(at(event, "entity_id")).filter(|_| place == Place::Chat));
    let chat = chat.ok_or_else(|| ParseError::at("chat_id", reason!("a positive number is required")))?;
    let text = said(event).chars().take(MAX_TEXT).collect();
    let message = ChatMessage { id: number, chat, place, user: needed(event, "user_id")?, text };
    let at = instant(at(event, "created_at"));
    Ok(Some((format!("message:new:{number}"), at, chat_link::Fact::Written(message))))
}

fn edited(event: &Value) -> Result<Read, ParseError> {
    let message = needed(event, "id")?;
    let changed_at = at(event, "changed_at");
    let digest = HEXLOWER.encode(&Sha256::digest(said(event).as_bytes()));
    let stamp = text(changed_at, MAX_WORD).unwrap_or_default();
    let text = said(event).chars().take(MAX_TEXT).collect();
    let fact = chat_link::Fact::Edited { message, text };
    Ok((format!("message:update:{message}:{stamp}:{digest}"), instant(changed_at), fact))
}

fn deleted(event: &Value) -> Result<Read, ParseError> {
    let message = needed(event, "id")?;
    // When it was deleted is not told; `created_at` is the message's own.
    Ok((format!("message:delete:{message}"), None, chat_link::Fact::Deleted { message }))
}

/// A press; `late` where the form cannot be opened any more.
fn pressed(event: &Value, late: bool) -> Result<Read, ParseError> {
    let of = |object: &str, key: &str| id(at(at(event, object), key));
    let user = id(at(event, "user_id")).or_else(|| id(at(event, "actor_id"))).or_else(|| of("user", "id"));
    let user = user.ok_or_else(|| ParseError::at("user_id", reason!("a positive number is required")))?;
    let chat = id(at(event, "chat_id")).or_else(|| of("message", "entity_id")).or_else(|| of("chat", "id"));
    let message = id(at(event, "message_id"));
    let trigger = text(at(event, "trigger_id"), MAX_WORD);
    let key = match &trigger {
        Some(trigger) => format!("button:{trigger}"),
        // Without one the same press cannot be told from the next: the record tells them apart.
        None => String::new(),
    };
    let press = Press::read(&token(at(event, "data")));
    let trigger = trigger.filter(|_| !late);
    Ok((key, None, chat_link::Fact::Pressed { user, chat, message, trigger, press }))
}

/// What a button says: our token, JSON with one of three names, or whatever it is.
fn token(data: &Value) -> String {
    let named = |object: &Value| {
        let names = ["id", "data", "action"];
        names.iter().find_map(|name| text(at(object, name), MAX_WORD))
    };
    match data {
        Value::String(data) => {
            let object = serde_json::from_str::<Value>(data).ok().filter(Value::is_object);
            object.as_ref().and_then(named).unwrap_or_else(|| data.chars().take(MAX_WORD).collect())
        }
        data => named(data).unwrap_or_default(),
    }
}

fn submitted(event: &Value) -> Result<Read, ParseError> {
    let user = needed(event, "user_id")?;
    let fields: BTreeMap<String, Field> = match at(event, "data").as_object() {
        Some(data) => data.iter().take(MAX_FIELDS).map(|(name, value)| (cut(name, MAX_WORD), field(value))).collect(),
        None => of_state(at(at(event, "state"), "values")),
    };
    let form = text(at(event, "callback_id"), MAX_WORD);
    let metadata = text(at(event, "private_metadata"), MAX_METADATA);
    let digest = digest(user, form.as_deref(), metadata.as_deref(), &fields)?;
    let chat = id(at(event, "chat_id"));
    let submission = Submission { form, metadata, chat, user, fields, digest };
    Ok((String::new(), None, chat_link::Fact::Submitted(Box::new(submission))))
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The older shape of a form: `state.values.<block>.<name>.value`.
fn of_state(values: &Value) -> BTreeMap<String, Field> {
    let blocks = values.as_object().into_iter().flatten().filter_map(|(_, block)| block.as_object());
    let fields = blocks.flatten().map(|(name, given)| (cut(name, MAX_WORD), field(at(given, "value"))));
    fields.take(MAX_FIELDS).collect()
}

fn field(value: &Value) -> Field {
    let word = |value: &Value| match value {
        Value::String(text) => Some(cut(text, MAX_FIELD)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    match value {
        Value::Array(parts) if parts.iter().any(Value::is_object) => {
            Field::Files(parts.iter().take(MAX_PARTS).filter_map(file).collect())
        }
        Value::Array(parts) => Field::Texts(parts.iter().take(MAX_PARTS).filter_map(word).collect()),
        value => Field::Texts(word(value).into_iter().collect()),
    }
}

fn file(part: &Value) -> Option<FileLink> {
    let source = at(part, "url").as_str().filter(|url| url.chars().count() <= MAX_LINK)?.to_owned();
    let name = text(at(part, "name"), MAX_WORD).unwrap_or_else(|| "file".to_owned());
    Some(FileLink { name, size: at(part, "size").as_u64(), source, page: None })
}

/// The same form filled in the same way has the same digest, although its files' links are signed anew each time.
fn digest(
    user: i64,
    form: Option<&str>,
    metadata: Option<&str>,
    fields: &BTreeMap<String, Field>,
) -> Result<String, ParseError> {
    let mut fields = fields.clone();
    for field in fields.values_mut() {
        if let Field::Files(files) = field {
            files.iter_mut().for_each(|file| {
                let address = file.source.split(['?', '#']).next().unwrap_or_default().len();
                file.source.truncate(address);
            });
        }
    }
    let canonical = serde_json::to_vec(&(user, form, metadata, fields));
    let canonical = canonical.map_err(|_| ParseError::at("data", reason!("cannot be written down")))?;
    Ok(HEXLOWER.encode(&Sha256::digest(&canonical)))
}
