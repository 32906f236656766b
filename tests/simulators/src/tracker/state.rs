//! What the organization does as one step under its lock: issues are made, changed, commented on and moved, each with its version,
//! its entry in the changelog, and its place in the index. Who may, and who is told, is decided elsewhere.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    fields::{self, Call},
    refused::Refused,
    scroll::Scroll,
    show::{self, More},
    switches::Switches,
    trigger::Sent,
    world::{
        World,
        issue::{Change, Draft, Issue},
    },
};
use crate::{secret::Secret, service::bucket::Buckets};

/// Everything behind the lock.
pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) buckets: Buckets,
    pub(super) hook_url: Option<Url>,
    pub(super) iam: Option<Secret>,
    pub(super) scrolls: BTreeMap<String, Scroll>,
    pub(super) scrolled: u64,
    pub(super) sent: Vec<Sent>,
}

/// What somebody did to an issue in one step.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub(super) key: String,
    pub(super) by: String,
    pub(super) created: bool,
    pub(super) moved: bool,
    /// Numbers of the comments that came with it.
    pub(super) comments: Vec<u64>,
}

/// Fields of an issue that tell of every change and are none themselves.
const SILENT: [&str; 6] = ["version", "updatedAt", "updatedBy", "previousStatus", "lastCommentUpdatedAt", "statusType"];

impl State {
    /// The time up to which the search knows what happened.
    pub(super) fn known(&self, now: Timestamp) -> Timestamp {
        let lag = SignedDuration::from_millis(i64::try_from(self.switches.index_lag_ms).unwrap_or(i64::MAX));
        now.checked_sub(lag).unwrap_or(Timestamp::MIN)
    }

    /// Makes an issue of a body.
    pub(super) fn create(&mut self, body: &Map<String, Value>, by: &str, now: Timestamp) -> Result<Deed, Refused> {
        let named = body.get("queue").ok_or_else(|| Refused::field("queue", Refused::REQUIRED))?;
        let queue = self.queue(named).ok_or_else(|| Refused::text(404, "Очередь не существует."))?;
        let mut fields = body.clone();
        fields.remove("queue");
        let unique = match fields.remove("unique") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => return Err(Refused::field("unique", Refused::KIND)),
        };
        let files = self.temporary(fields.remove("attachmentIds").as_ref())?;
        if !fields.contains_key("summary") {
            return Err(Refused::field("summary", Refused::REQUIRED));
        }
        let (key, number) = {
            let queue = &self.world.queues[&queue];
            for field in queue.fields.iter().filter(|field| field.required) {
                let full = queue.full_key(&field.key);
                if fields.get(&full).is_none_or(Value::is_null) {
                    return Err(Refused::field(&full, Refused::REQUIRED));
                }
            }
            (format!("{}-{}", queue.key, queue.next), queue.next)
        };
        let mut issue = blank(key.clone(), queue.clone(), number, by, now);
        fields::write(&self.world, &self.switches, &mut issue, &fields, Call::Create)?;
        // What is refused for another reason does not use the text up.
        if let Some(unique) = unique {
            if self.world.uniques.contains_key(&unique) {
                return Err(Refused::text(409, "Задача с таким значением уникального поля уже существует."));
            }
            self.world.uniques.insert(unique, key.clone());
        }
        issue.id = self.world.id(now);
        self.attach(&files, &key, None);
        issue.files = files;
        if let Some(queue) = self.world.queues.get_mut(&queue) {
            queue.next += 1;
        }
        self.world.issues.insert(key.clone(), issue);
        self.log(&key, by, "IssueCreated", Vec::new(), Vec::new(), now);
        self.world.index(&key, now);
        Ok(Deed { key, by: by.to_owned(), created: true, moved: false, comments: Vec::new() })
    }

    fn queue(&self, named: &Value) -> Option<String> {
        let text =
            |value: &Value| value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()));
        let text = text(named.get("key").or(named.get("id")).unwrap_or(named))?;
        self.world
            .queues
            .values()
            .find(|queue| queue.key == text || queue.id.to_string() == text)
            .map(|q| q.key.clone())
    }

    /// Changes an issue, with comments. What changes nothing leaves the version alone.
    pub(super) fn change(
        &mut self,
        key: &str,
        by: &str,
        now: Timestamp,
        comments: &[Draft],
        edit: impl FnOnce(&World, &Switches, &mut Issue) -> Result<(), Refused>,
    ) -> Result<Deed, Refused> {
        let old = self.world.issue(key).cloned().ok_or_else(Refused::no_issue)?;
        let (key, mut new) = (old.key.clone(), old.clone());
        edit(&self.world, &self.switches, &mut new)?;
        let written: Vec<_> = comments.iter().map(|draft| self.world.write(&key, draft, by, now)).collect();
        let fields = self.differences(&old, &new);
        let moved = old.status != new.status;
        if !fields.is_empty() || !written.is_empty() {
            new.updated_at = now;
            by.clone_into(&mut new.editor);
        }
        if !fields.is_empty() {
            new.version += 1;
        }
        if !written.is_empty() {
            new.last_comment_at = Some(now);
        }
        let numbers = written.iter().map(|(id, _)| *id).collect();
        let kind = match (fields.is_empty(), moved, written.is_empty()) {
            (_, true, _) => "IssueWorkflow",
            (false, ..) => "IssueUpdated",
            (true, false, false) => "IssueCommentAdded",
            (true, false, true) => "",
        };
        self.world.issues.insert(key.clone(), new);
        if !kind.is_empty() {
            self.log(&key, by, kind, fields, written, now);
            self.world.index(&key, now);
        }
        Ok(Deed { key, by: by.to_owned(), created: false, moved, comments: numbers })
    }

    /// Executes a transition. Its comment comes in the same step.
    pub(super) fn execute(
        &mut self,
        key: &str,
        id: &str,
        body: &Map<String, Value>,
        by: &str,
        now: Timestamp,
    ) -> Result<Deed, Refused> {
        let issue = self.world.issue(key).ok_or_else(Refused::no_issue)?;
        let queue = self.world.queues.get(&issue.queue).ok_or_else(Refused::no_issue)?;
        let transition = queue.open(&issue.status).find(|one| one.id == id).cloned();
        let transition = transition.ok_or_else(|| Refused::text(404, "Переход не существует."))?;
        let mut fields = body.clone();
        let comment = match fields.remove("comment") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(Draft::text(&text)),
            Some(_) => return Err(Refused::field("comment", Refused::KIND)),
        };
        if let Some(missing) = transition.required.iter().find(|name| fields.get(*name).is_none_or(Value::is_null)) {
            return Err(Refused::field(missing, Refused::REQUIRED));
        }
        if let Some(foreign) = fields.keys().find(|name| !transition.fields.contains(name)) {
            return Err(Refused::field(foreign, "Поля нет на экране перехода."));
        }
        self.change(key, by, now, comment.as_slice(), |world, switches, issue| {
            fields::write(world, switches, issue, &fields, Call::Move)?;
            enter(issue, &transition.to, now);
            Ok(())
        })
    }

    /// The temporary files of a list of ids.
    pub(super) fn temporary(&self, list: Option<&Value>) -> Result<Vec<u64>, Refused> {
        let wrong = |text| Refused::field("attachmentIds", text);
        let Some(list) = list.filter(|list| !list.is_null()) else { return Ok(Vec::new()) };
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let of = |value: &Value| {
            let id = number(value).ok_or_else(|| wrong(Refused::KIND))?;
            let free = self.world.files.get(&id).is_some_and(|file| file.issue.is_none());
            free.then_some(id).ok_or_else(|| wrong("Временный файл не существует."))
        };
        list.as_array().ok_or_else(|| wrong(Refused::KIND))?.iter().map(of).collect()
    }

    /// Gives temporary files to an issue.
    pub(super) fn attach(&mut self, files: &[u64], key: &str, comment: Option<u64>) {
        for id in files {
            if let Some(file) = self.world.files.get_mut(id) {
                (file.issue, file.comment) = (Some(key.to_owned()), comment);
            }
        }
    }

    fn differences(&self, old: &Issue, new: &Issue) -> Vec<(String, Value, Value)> {
        let (was, is) =
            (show::issue(&self.world, old, More::default()), show::issue(&self.world, new, More::default()));
        let (Value::Object(was), Value::Object(is)) = (&was, &is) else { return Vec::new() };
        let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
        names.sort();
        names.dedup();
        let of = |map: &Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or_default();
        let mut found: Vec<_> = names
            .into_iter()
            .filter(|name| !SILENT.contains(&name.as_str()) && was.get(*name) != is.get(*name))
            .map(|name| (name.clone(), of(was, name), of(is, name)))
            .collect();
        if old.files != new.files {
            found.push(("attachments".to_owned(), json!(old.files), json!(new.files)));
        }
        if old.status != new.status {
            let since = |issue: &Issue| show::time(issue.status_since).into();
            // The status itself stands first.
            found.sort_by_key(|(name, ..)| name != "status");
            found.insert(1, ("statusStartTime".to_owned(), since(old), since(new)));
        }
        found
    }

    fn log(
        &mut self,
        key: &str,
        by: &str,
        kind: &'static str,
        fields: Vec<(String, Value, Value)>,
        comments: Vec<(u64, String)>,
        now: Timestamp,
    ) {
        let id = self.world.id(now);
        let change = Change { id, at: now, by: by.to_owned(), kind, fields, comments };
        self.world.changes.entry(key.to_owned()).or_default().push(change);
    }
}

fn blank(key: String, queue: String, number: u64, by: &str, now: Timestamp) -> Issue {
    Issue {
        id: String::new(),
        key,
        queue,
        number,
        version: 1,
        summary: String::new(),
        description: None,
        status: "open".to_owned(),
        previous_status: None,
        status_since: now,
        kind: "task".to_owned(),
        priority: "normal".to_owned(),
        resolution: None,
        author: by.to_owned(),
        editor: by.to_owned(),
        assignee: None,
        followers: Vec::new(),
        access: Vec::new(),
        tags: Vec::new(),
        boards: Vec::new(),
        parent: None,
        locals: BTreeMap::new(),
        files: Vec::new(),
        created_at: now,
        updated_at: now,
        last_comment_at: None,
        resolved_at: None,
    }
}

/// Brings an issue into a status.
fn enter(issue: &mut Issue, status: &str, now: Timestamp) {
    let ended = super::world::queue::status_type(status) == "done";
    issue.previous_status = Some(std::mem::replace(&mut issue.status, status.to_owned()));
    issue.status_since = now;
    issue.resolved_at = ended.then_some(now);
    if !ended {
        issue.resolution = None;
    }
}
