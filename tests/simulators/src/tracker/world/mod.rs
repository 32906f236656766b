//! What there is: queues, people, issues and what belongs to them, and the search index, which learns of changes late. Rules of
//! calls and their wire form are elsewhere.

pub mod issue;
pub mod people;
pub mod queue;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use self::{
    issue::{Change, Comment, Draft, File, Issue, Link},
    people::{Department, Person, PersonOrder},
    queue::Queue,
};

/// Number of the first comment.
const FIRST_COMMENT: u64 = 12;

/// The world.
#[derive(Clone, Debug)]
pub struct World {
    /// Queues by key.
    pub queues: BTreeMap<String, Queue>,
    /// Everybody, by number.
    pub people: Vec<Person>,
    /// The directory's departments.
    pub departments: Vec<Department>,
    /// Issues by key.
    pub issues: BTreeMap<String, Issue>,
    /// Comments by key of the issue, oldest first.
    pub comments: BTreeMap<String, Vec<Comment>>,
    /// Changelogs by key of the issue, oldest first.
    pub changes: BTreeMap<String, Vec<Change>>,
    /// Links by key of the issue.
    pub links: BTreeMap<String, Vec<Link>>,
    /// Files by number.
    pub files: BTreeMap<u64, File>,
    /// Key of the issue by its `unique`.
    pub uniques: BTreeMap<String, String>,
    /// What issues were at which times, as far as the search may still need it.
    index: BTreeMap<String, Vec<(Timestamp, Issue)>>,
    next_comment: u64,
    next_file: u64,
    next_link: u64,
    made: u64,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            queues: queue::queues().into_iter().map(|queue| (queue.key.clone(), queue)).collect(),
            people: people::people(),
            departments: people::departments(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            changes: BTreeMap::new(),
            links: BTreeMap::new(),
            files: BTreeMap::new(),
            uniques: BTreeMap::new(),
            index: BTreeMap::new(),
            next_comment: FIRST_COMMENT,
            next_file: 1,
            next_link: 1,
            made: 0,
        }
    }

    /// A new id: the time, and a number that grows.
    pub(super) fn id(&mut self, now: Timestamp) -> String {
        self.made += 1;
        format!("{:08x}{:016x}", now.as_second().clamp(0, i64::from(u32::MAX)), self.made)
    }

    /// The issue of a key or an id.
    pub fn issue(&self, name: &str) -> Option<&Issue> {
        self.issues.get(name).or_else(|| self.issues.values().find(|issue| issue.id == name))
    }

    /// The person of a login.
    pub fn person(&self, login: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.login == login)
    }

    /// The person meant by a login, an id, or an object with either.
    pub fn who(&self, value: &Value) -> Option<&Person> {
        match value {
            Value::String(text) => {
                self.people.iter().find(|person| person.login == *text || person.uid().to_string() == *text)
            }
            Value::Number(number) => self.people.iter().find(|person| Some(person.uid()) == number.as_u64()),
            Value::Object(map) => {
                ["id", "login", "uid"].iter().find_map(|key| map.get(*key)).and_then(|inner| self.who(inner))
            }
            _ => None,
        }
    }

    /// Comments of an issue, oldest first.
    pub fn comments_of(&self, key: &str) -> &[Comment] {
        self.comments.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes somebody in, or changes them.
    pub(super) fn order_person(&mut self, order: &PersonOrder) {
        let next = self.people.iter().map(|person| person.number).max().unwrap_or_default() + 1;
        if self.person(&order.login).is_none() {
            self.people.push(people::new(next, &order.login));
        }
        let Some(person) = self.people.iter_mut().find(|person| person.login == order.login) else { return };
        let text = |new: &Option<String>, old: &mut String| {
            if let Some(new) = new {
                old.clone_from(new);
            }
        };
        text(&order.first, &mut person.first);
        text(&order.last, &mut person.last);
        text(&order.email, &mut person.email);
        person.department = order.department.unwrap_or(person.department);
        person.agent = order.agent.unwrap_or(person.agent);
        person.robot = order.robot.unwrap_or(person.robot);
        person.dismissed = order.dismissed.unwrap_or(person.dismissed);
        person.enabled = order.enabled.unwrap_or(person.enabled);
    }

    /// Keeps a file; it is nobody's yet.
    pub(super) fn keep(&mut self, name: &str, mimetype: &str, content: Vec<u8>, by: &str, now: Timestamp) -> u64 {
        let id = self.next_file;
        self.next_file += 1;
        let (name, mimetype, author) = (name.to_owned(), mimetype.to_owned(), by.to_owned());
        let file = File { id, name, mimetype, content, author, created_at: now, issue: None, comment: None };
        self.files.insert(id, file);
        id
    }

    /// Writes a comment into an issue.
    pub(super) fn write(&mut self, key: &str, draft: &Draft, by: &str, now: Timestamp) -> (u64, String) {
        let id = self.next_comment;
        self.next_comment += 1;
        let long_id = self.id(now);
        for file in &draft.files {
            if let Some(file) = self.files.get_mut(file) {
                (file.issue, file.comment) = (Some(key.to_owned()), Some(id));
            }
        }
        let comment = Comment {
            id,
            long_id,
            text: draft.text.clone(),
            author: by.to_owned(),
            editor: by.to_owned(),
            summonees: draft.summonees.clone(),
            mentioned: self.mentioned(&draft.text),
            files: draft.files.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        self.comments.entry(key.to_owned()).or_default().push(comment);
        (id, draft.text.clone())
    }

    /// Whom the text calls: every `@login` of somebody.
    fn mentioned(&self, text: &str) -> Vec<String> {
        let of = |part: &str| {
            let login: String =
                part.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')).collect();
            self.person(login.trim_end_matches('.')).map(|person| person.login.clone())
        };
        text.split('@').skip(1).filter_map(of).collect()
    }

    /// Links two issues, for both.
    pub(super) fn link(
        &mut self,
        from: &str,
        to: &str,
        (own, other): (&'static str, &'static str),
        by: &str,
        now: Timestamp,
    ) {
        let id = self.next_link;
        self.next_link += 1;
        for (key, relationship, end) in [(from, own, to), (to, other, from)] {
            let link = Link { id, relationship, other: end.to_owned(), author: by.to_owned(), created_at: now };
            self.links.entry(key.to_owned()).or_default().push(link);
        }
    }

    /// Tells the index of an issue as it is now.
    pub(super) fn index(&mut self, key: &str, now: Timestamp) {
        if let Some(issue) = self.issues.get(key) {
            self.index.entry(key.to_owned()).or_default().push((now, issue.clone()));
        }
    }

    /// Forgets what the search will not ask for any more: whatever an issue was before it was what it was at `known`.
    pub(super) fn forget(&mut self, known: Timestamp) {
        for history in self.index.values_mut() {
            let last = history.iter().rposition(|(at, _)| *at <= known).unwrap_or_default();
            history.drain(..last);
        }
    }

    /// The issues as they were at `known`.
    pub(super) fn indexed(&self, known: Timestamp) -> impl Iterator<Item = &Issue> {
        self.index
            .values()
            .filter_map(move |history| history.iter().rev().find(|(at, _)| *at <= known).map(|(_, issue)| issue))
    }
}
