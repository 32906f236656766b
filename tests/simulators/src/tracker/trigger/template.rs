//! The template of a trigger's body: `{{variable}}` is replaced by its text as it is, quotation marks and line breaks included.
//! `.json` behind a field of the issue quotes and escapes it; behind anything else it is an unknown variable. What is unknown or
//! empty gives an empty text.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::tracker::{
    show,
    world::{
        World,
        issue::{Comment, Issue},
        queue::{PRIORITIES, RESOLUTIONS, STATUSES, TYPES, Word, word},
    },
};

/// What a template can speak of.
pub(super) struct Scope<'a> {
    pub(super) world: &'a World,
    pub(super) issue: &'a Issue,
    /// The first comment of the step.
    pub(super) comment: Option<&'a Comment>,
    pub(super) now: Timestamp,
}

/// Fills a template in.
pub(super) fn fill(template: &str, scope: &Scope<'_>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        let path: Vec<&str> = name.trim().split('.').collect();
        filled.push_str(&scope.text(&path));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

impl Scope<'_> {
    fn text(&self, path: &[&str]) -> String {
        match path {
            ["issue", field @ .., "json"] => self.issue(field).to_string(),
            ["issue", field @ ..] => plain(&self.issue(field)),
            ["userComment", field @ ..] => self.comment.map(|comment| self.comment(comment, field)).unwrap_or_default(),
            ["currentDateTime", form @ ..] => self.time(form),
            _ => String::new(),
        }
    }

    fn issue(&self, path: &[&str]) -> Value {
        let issue = self.issue;
        match path {
            ["key"] => json!(issue.key),
            ["id"] => json!(issue.id),
            ["version"] => json!(issue.version),
            ["summary"] => json!(issue.summary),
            ["description"] => json!(issue.description),
            ["tags"] => json!(issue.tags),
            ["parent"] => json!(issue.parent),
            ["createdAt"] => json!(show::time(issue.created_at)),
            ["updatedAt"] => json!(show::time(issue.updated_at)),
            ["local", key] => {
                let queue = self.world.queues.get(&issue.queue);
                let known = queue.is_some_and(|queue| queue.fields.iter().any(|field| field.key == *key));
                issue.locals.get(*key).filter(|_| known).cloned().unwrap_or_default()
            }
            ["queue", attribute @ ..] => {
                let queue = self.world.queues.get(&issue.queue);
                queue.map_or(Value::Null, |queue| of((&queue.id.to_string(), &queue.key, &queue.name), attribute))
            }
            ["status", attribute @ ..] => worded(&STATUSES, Some(&issue.status), attribute),
            ["previousStatus", attribute @ ..] => worded(&STATUSES, issue.previous_status.as_deref(), attribute),
            ["type", attribute @ ..] => worded(&TYPES, Some(&issue.kind), attribute),
            ["priority", attribute @ ..] => worded(&PRIORITIES, Some(&issue.priority), attribute),
            ["resolution", attribute @ ..] => worded(&RESOLUTIONS, issue.resolution.as_deref(), attribute),
            ["author" | "createdBy", attribute @ ..] => self.person(&issue.author, attribute),
            ["updatedBy", attribute @ ..] => self.person(&issue.editor, attribute),
            ["assignee", attribute @ ..] => {
                issue.assignee.as_deref().map_or(Value::Null, |login| self.person(login, attribute))
            }
            ["followers", attribute @ ..] => {
                issue.followers.iter().map(|login| self.person(login, attribute)).collect()
            }
            _ => Value::Null,
        }
    }

    fn person(&self, login: &str, attribute: &[&str]) -> Value {
        let Some(person) = self.world.person(login) else { return Value::Null };
        match attribute {
            [] => person.display().into(),
            ["login"] => person.login.clone().into(),
            ["firstName"] => person.first.clone().into(),
            ["lastname"] => person.last.clone().into(),
            ["uid"] => person.uid().to_string().into(),
            ["email"] => person.email.clone().into(),
            _ => Value::Null,
        }
    }

    fn comment(&self, comment: &Comment, path: &[&str]) -> String {
        match path {
            ["id"] => comment.id.to_string(),
            ["text"] => comment.text.clone(),
            ["author", attribute @ ..] => plain(&self.person(&comment.author, attribute)),
            _ => String::new(),
        }
    }

    fn time(&self, form: &[&str]) -> String {
        match form {
            [] => show::time(self.now),
            ["iso8601"] => self.now.to_string(),
            ["unixEpoch"] => self.now.as_second().to_string(),
            ["date"] => self.now.to_zoned(TimeZone::UTC).date().to_string(),
            _ => String::new(),
        }
    }
}

fn worded(table: &[Word], key: Option<&str>, attribute: &[&str]) -> Value {
    key.and_then(|key| word(table, key)).map_or(Value::Null, |word| of(word, attribute))
}

fn of((id, key, display): (&str, &str, &str), attribute: &[&str]) -> Value {
    match attribute {
        [] | ["display"] => display.into(),
        ["key"] => key.into(),
        ["id"] => id.into(),
        _ => Value::Null,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(row) => row.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
