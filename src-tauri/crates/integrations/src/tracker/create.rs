//! Creates issues, finds out whether one was created, writes conversations into them and finds them by it
//! (contracts/yandex_tracker 3, behaviour/chat_tracker 5.3 and 7.3).
//!
//! An issue carries a text of ours by which the tracker makes no second one. The tracker does not say which issue has it: it is found by
//! the same text in a local field, or in a tag. The search learns of an issue some seconds after it is there. Deliberately not here:
//! asking again (the lanes').

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use http::StatusCode;
use pult_domain::areas::chat_link::{IssueCard, owed::NewIssue, shown::Conversation};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    Tracker,
    client::{CREATE, Call},
    fields::{self, Fields, held},
    files::Copied,
    loose::at,
    text,
    trouble::{Intent, Trouble},
};

/// The most texts remembered.
const REMEMBERED: usize = 1_000;

/// Texts of issues that are there already, as the tracker said, and that the search may not know yet.
#[derive(Default)]
pub(super) struct Doubles(Mutex<BTreeSet<String>>);

impl Doubles {
    fn note(&self, unique: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(unique.to_owned());
    }

    pub(super) fn has(&self, unique: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(unique)
    }
}

/// What the refusal of a creation means.
pub(super) fn refused(trouble: Trouble) -> CallError {
    if trouble.status == Some(StatusCode::CONFLICT) {
        let detail = "the issue exists already, and its key has to be found".to_owned();
        return CallError::OutcomeUnknown { detail };
    }
    trouble.error
}

impl Tracker {
    /// Creates the issue, once.
    pub(super) async fn create(&self, new: &NewIssue, said: &mut Vec<Exchange>) -> Result<IssueCard, CallError> {
        let mut fields = self.fields(said).await?;
        // What is wrong with the queue is found out before files are sent.
        self.new_issue(new, &fields, &Copied::default())?;
        let copied = self.copy_files(&new.files, said).await?;
        let (mut learnt, mut nameless) = (false, false);
        loop {
            let mut body = self.new_issue(new, &fields, &copied)?;
            if nameless {
                body.remove("author");
            }
            let call = Call {
                method: Method::POST,
                path: &["issues", ""],
                query: &[],
                body: Some(&Value::Object(body)),
                intent: Intent::Once,
                within: CREATE,
            };
            let trouble = match self.client.call(&call, said).await {
                Ok(answer) => return self.created(&answer),
                Err(trouble) => trouble,
            };
            if trouble.status == Some(StatusCode::CONFLICT) {
                self.doubles.note(&new.unique);
            }
            if !nameless && trouble.is_refusal() && trouble.fields.iter().any(|field| field == "author") {
                // Who asks need not have an account there; the name says who it is.
                nameless = true;
            } else if !learnt && self.are_others(&fields, &trouble, said).await? {
                learnt = true;
                fields = self.fields(said).await?;
            } else {
                return Err(refused(trouble));
            }
        }
    }

    /// The issue that was created. It is there, whatever the answer looks like.
    pub(super) fn created(&self, answer: &Value) -> Result<IssueCard, CallError> {
        let issue = answer.get("issue").unwrap_or(answer);
        self.card(issue).map_err(|error| CallError::OutcomeUnknown { detail: error.to_string() })
    }

    fn new_issue(&self, new: &NewIssue, fields: &Fields, copied: &Copied) -> Result<Map<String, Value>, CallError> {
        let settings = &self.settings;
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| _ = body.insert(name.to_owned(), value);
        let mut tags: Vec<&str> = [settings.tag.trim()].into_iter().filter(|tag| !tag.is_empty()).collect();
        put("queue", json!(settings.queue_key.trim()));
        put("summary", json!(text::title(&new.summary)));
        put("description", json!(text::description(new, &copied.left)));
        put("unique", json!(new.unique));
        match fields.get(&settings.mark_field) {
            Some(field) => put(&field.id, json!(new.unique)),
            None => tags.push(&new.unique),
        }
        put("tags", json!(tags));
        if settings.board_id > 0 {
            put("boards", json!([{"id": settings.board_id}]));
        }
        if let Some(login) = new.login.as_deref().filter(|login| !login.is_empty()) {
            put("author", json!(login));
        }
        put(&fields.need(fields::PERSON)?.id, json!(text::person(&new.name)));
        if let Some(department) = new.department.as_deref().filter(|department| !department.is_empty()) {
            put(&fields.need(fields::DEPARTMENT)?.id, json!(text::person(department)));
        }
        if !copied.ids.is_empty() {
            put("attachmentIds", json!(copied.ids));
        }
        Ok(body)
    }

    /// The issue that carries this text of ours, where the search knows it.
    pub(super) async fn find_created(
        &self,
        unique: &str,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<IssueCard>, CallError> {
        let mark = &self.settings.mark_field;
        let mut filter = Map::new();
        filter.insert("queue".to_owned(), json!(self.settings.queue_key.trim()));
        match self.fields(said).await?.get(mark) {
            Some(field) => filter.insert(field.id, json!(unique)),
            None => filter.insert("tags".to_owned(), json!([unique])),
        };
        let found = self.client.search(&json!({"filter": filter, "order": "-updated"}), 1, said).await?;
        let carries = |issue: &&Value| {
            let tags = at(issue, &["tags"]).as_array();
            held(issue, mark, self.prefix()).as_deref() == Some(unique)
                || tags.is_some_and(|tags| tags.iter().any(|tag| tag == unique))
        };
        found.rows.iter().find(carries).map(|issue| self.card(issue)).transpose()
    }

    /// Writes a conversation into its issue; the fields that were left out.
    pub(super) async fn link(
        &self,
        key: &str,
        conversation: Conversation,
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<String>, CallError> {
        let mut fields = self.fields(said).await?;
        let mut learnt = false;
        loop {
            let (body, skipped) = self.linked(key, conversation, &fields)?;
            match self.client.patch(key, &Value::Object(body), said).await {
                Ok(_) => return Ok(skipped),
                Err(trouble) if !learnt && self.are_others(&fields, &trouble, said).await? => {
                    learnt = true;
                    fields = self.fields(said).await?;
                }
                Err(trouble) => return Err(trouble.error),
            }
        }
    }

    fn linked(
        &self,
        key: &str,
        conversation: Conversation,
        fields: &Fields,
    ) -> Result<(Map<String, Value>, Vec<String>), CallError> {
        let Conversation { user, chat, message } = conversation;
        let mut body = Map::new();
        for (name, id) in [(fields::USER, user), (fields::MESSAGE, Some(message)), (fields::CHAT, Some(chat))] {
            let field = fields.need(name)?;
            if let Some(id) = id {
                body.insert(field.id.clone(), field.value(&id.to_string()));
            }
        }
        if let Some(field) = fields.get(&self.settings.key_field) {
            body.insert(field.id.clone(), field.value(key));
        }
        Ok((body, self.left_out(fields)))
    }

    /// The fields a link leaves out, as far as is known of the queue.
    pub(super) fn left_out(&self, fields: &Fields) -> Vec<String> {
        let key = self.settings.key_field.trim();
        let lacks = !key.is_empty() && fields.get(key).is_none();
        lacks.then(|| key.to_owned()).into_iter().collect()
    }

    /// The issue that names a message as its conversation: the one changed last.
    pub(super) async fn find_issue(
        &self,
        message: i64,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<IssueCard>, CallError> {
        let field = self.fields(said).await?.need(fields::MESSAGE)?;
        let mut filter = self.scope();
        filter.insert(field.id, json!(message.to_string()));
        let found = self.client.search(&json!({"filter": filter, "order": "-updated"}), 1, said).await?;
        self.of_message(&found.rows, message)
    }

    /// The first of these issues that names a message.
    pub(super) fn of_message(&self, rows: &[Value], message: i64) -> Result<Option<IssueCard>, CallError> {
        let message = message.to_string();
        let names = |issue: &&Value| held(issue, fields::MESSAGE, self.prefix()).as_deref() == Some(&message);
        rows.iter().find(names).map(|issue| self.card(issue)).transpose()
    }

    /// The part of a filter that tells issues of the bridge from all others.
    pub(super) fn scope(&self) -> Map<String, Value> {
        let mut filter = Map::new();
        filter.insert("queue".to_owned(), json!(self.settings.queue_key.trim()));
        let tag = self.settings.tag.trim();
        if !tag.is_empty() {
            filter.insert("tags".to_owned(), json!([tag]));
        }
        filter
    }
}
