//! The local fields of our queue: in calls each goes by a key with the digits of its set, which are learnt and never typed
//! (contracts/yandex_tracker 3).
//!
//! Deliberately not here: what is written into them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use pult_domain::Failure;
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    Tracker,
    loose::{at, text},
    trouble::{Trouble, strange},
};

/// The field with who asks, the messenger's id.
pub(super) const USER: &str = "pachcaUserId";
/// The field with the conversation's first message, the messenger's id.
pub(super) const MESSAGE: &str = "pachcaMessageId";
/// The field with the conversation's chat, the messenger's id.
pub(super) const CHAT: &str = "pachcaChatId";
/// The field with the name of who asks.
pub(super) const PERSON: &str = "name";
/// The field with the department of who asks.
pub(super) const DEPARTMENT: &str = "department";
/// All without which a conversation cannot be kept.
pub(super) const NEEDED: [&str; 5] = [USER, MESSAGE, CHAT, PERSON, DEPARTMENT];

/// The most characters of a key.
const MAX_KEY: usize = 128;

/// A local field as calls name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) id: String,
    /// It holds numbers.
    numeric: bool,
}

impl Field {
    /// A text as this field holds it.
    pub(super) fn value(&self, text: &str) -> Value {
        match text.parse::<i64>() {
            Ok(number) if self.numeric => json!(number),
            _ => json!(text),
        }
    }
}

/// The local fields of the queue by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    queue: String,
    known: BTreeMap<String, Field>,
    /// The list could not be had, and any field is taken to be there behind this prefix.
    assumed: Option<String>,
}

/// What was learnt of them last.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Option<Arc<Fields>>>);

impl Shelf {
    pub(super) fn known(&self) -> Option<Arc<Fields>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, fields: Option<Arc<Fields>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fields;
    }
}

impl Fields {
    /// What a list says; `prefix` goes before what it says of ids.
    pub(super) fn of(queue: &str, content: &Value, prefix: &str) -> Result<Self, CallError> {
        let rows = content.as_array().ok_or_else(|| strange("the answer is not a list of local fields"))?;
        let known = rows.iter().filter_map(|row| {
            let id = text(at(row, &["id"]), MAX_KEY)?;
            let key = text(at(row, &["key"]), MAX_KEY).or_else(|| key_of(&id).map(str::to_owned))?;
            let kind = text(at(row, &["schema", "type"]), MAX_KEY).unwrap_or_default();
            let id = if prefix.is_empty() { id } else { format!("{prefix}{key}") };
            Some((key, Field { id, numeric: matches!(kind.as_str(), "integer" | "float" | "number") }))
        });
        Ok(Self { queue: queue.to_owned(), known: known.collect(), assumed: None })
    }

    /// A field, where the queue has it.
    pub(super) fn get(&self, key: &str) -> Option<Field> {
        let assumed = || Some(Field { id: format!("{}{key}", self.assumed.as_ref()?), numeric: false });
        self.known.get(key).cloned().or_else(assumed).filter(|_| !key.is_empty())
    }

    /// A field that has to be there.
    pub(super) fn need(&self, key: &str) -> Result<Field, CallError> {
        self.get(key).ok_or_else(|| CallError::Refused {
            reason: format!("the queue {} has no local field «{key}»: add it to the queue in the tracker", self.queue),
            why: Failure::Refused,
        })
    }
}

/// The key behind the digits of a set.
fn key_of(id: &str) -> Option<&str> {
    let (set, key) = id.split_once("--")?;
    (set.len() == 24 && set.bytes().all(|byte| byte.is_ascii_hexdigit()) && !key.is_empty()).then_some(key)
}

/// What an issue holds in a local field, whatever the digits of its set.
pub(super) fn held(issue: &Value, key: &str, prefix: &str) -> Option<String> {
    let fields = issue.as_object()?;
    let is_it = |name: &str| match prefix.is_empty() {
        true => key_of(name) == Some(key),
        false => name.strip_prefix(prefix) == Some(key),
    };
    fields.iter().filter(|(name, _)| is_it(name)).find_map(|(_, value)| text(value, 1000))
}

impl Tracker {
    /// What stands before the keys of local fields, where the settings say it.
    pub(super) fn prefix(&self) -> &str {
        self.settings.field_prefix.trim()
    }

    /// The queue's local fields, as they were last learnt.
    pub(super) async fn fields(&self, said: &mut Vec<Exchange>) -> Result<Arc<Fields>, CallError> {
        match self.fields.known() {
            Some(known) => Ok(known),
            None => self.learn_fields(said).await,
        }
    }

    /// The queue's local fields as they are now.
    pub(super) async fn learn_fields(&self, said: &mut Vec<Exchange>) -> Result<Arc<Fields>, CallError> {
        let (queue, prefix) = (self.settings.queue_key.trim(), self.prefix());
        let fields = match self.client.get(&["queues", queue, "localFields"], &[], said).await {
            Ok(content) => Fields::of(queue, &content, prefix)?,
            // Whoever names the prefix may have no right to the list.
            Err(CallError::Refused { .. }) if !prefix.is_empty() => {
                Fields { queue: queue.to_owned(), known: BTreeMap::new(), assumed: Some(prefix.to_owned()) }
            }
            Err(error) => return Err(error),
        };
        let fields = Arc::new(fields);
        self.fields.keep(Some(Arc::clone(&fields)));
        Ok(fields)
    }

    /// Whether a refusal is about local fields that are others now.
    pub(super) async fn are_others(
        &self,
        fields: &Fields,
        trouble: &Trouble,
        said: &mut Vec<Exchange>,
    ) -> Result<bool, CallError> {
        if !trouble.is_refusal() || !trouble.fields.iter().any(|field| field.contains("--")) {
            return Ok(false);
        }
        self.fields.keep(None);
        Ok(*self.learn_fields(said).await? != *fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_behind_any_set_or_behind_the_one_that_is_named() {
        let issue =
            json!({"66b0c1d2e3f4a5b6c7d8e9f0--pachcaChatId": 51840, "old--pachcaChatId": "1", "pachcaChatId": "2"});
        assert_eq!(held(&issue, CHAT, ""), Some("51840".to_owned()));
        assert_eq!(held(&issue, CHAT, "old--"), Some("1".to_owned()));
        assert_eq!(held(&issue, MESSAGE, ""), None);
    }

    #[test]
    fn a_number_is_written_as_the_field_wants_it() {
        let field = |numeric| Field { id: String::new(), numeric };
        assert_eq!(field(true).value("12"), json!(12));
        assert_eq!((field(false).value("12"), field(true).value("x")), (json!("12"), json!("x")));
    }
}
