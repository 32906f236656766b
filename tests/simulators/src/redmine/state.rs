//! What happens to issues as one step under the lock: they are made, changed with their journals, given parts, deleted; notes are
//! edited, uploads used up, late commits kept back. Who is told is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    fields,
    hook::Hook,
    refused::{Fault, Refused, Wrong},
    switches::Switches,
    world::{
        World,
        issue::{Detail, Issue, Journal, Relation},
        tables::{NORMAL, Right},
    },
};
use crate::service::bucket::Buckets;

/// Everything behind the lock.
pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) buckets: Buckets,
    pub(super) hook: Option<Hook>,
    pub(super) held: Vec<Held>,
}

/// A change that has its numbers and its time, and is not committed yet.
pub(super) struct Held {
    pub(super) by: u64,
    pub(super) issue: u64,
    pub(super) asked: Map<String, Value>,
    pub(super) at: Timestamp,
    pub(super) journals: [u64; 2],
}

/// What was done to an issue.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub(super) issue: u64,
    pub(super) kind: Kind,
    /// Numbers of the journals it left.
    pub(super) journals: Vec<u64>,
}

/// Of which kind it was.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Created,
    Updated,
    /// As it was, when, for those who are told.
    Deleted(Box<Issue>, Timestamp),
}

/// A file that waits, and what it is to be called.
struct Upload {
    file: u64,
    name: String,
    content_type: String,
    description: String,
}

impl Upload {
    fn detail(&self) -> Detail {
        let (name, new_value) = (self.file.to_string(), Some(self.name.clone()));
        Detail { property: "attachment", name, old_value: None, new_value }
    }
}

impl State {
    /// Makes an issue of a call's body; what happened is told for its parent too.
    pub(super) fn create(&mut self, by: u64, asked: &Map<String, Value>, now: Timestamp) -> Result<Vec<Deed>, Refused> {
        let named = asked.get("project_id").and_then(fields::text);
        let project = named.and_then(|named| self.world.project(&named)).map(|project| project.id);
        let project = project.filter(|id| self.world.may(Some(by), Right::AddIssues, *id));
        let Some(project) = project else {
            if !self.world.may_somewhere(Some(by), Right::AddIssues) {
                return Err(Refused::Denied);
            }
            let subject = asked.get("subject").and_then(fields::text).unwrap_or_default();
            let missing = ["project_id", "tracker_id", "status_id"].map(|field| Wrong::new(field, Fault::Blank));
            let mut wrong: Vec<_> = missing.into();
            if subject.trim().is_empty() {
                wrong.insert(0, Wrong::new("subject", Fault::Blank));
            }
            return Err(Refused::Wrong(wrong));
        };
        let today = self.world.person(by).map(|person| person.today(now));
        let blank = Issue { start_date: today, ..blank(project, by, now) };
        let mut new = blank.clone();
        let wrong = fields::write(&self.world, Some(by), &blank, &mut new, asked);
        let mut wrong = fields::validate(&self.world, &blank, &new, wrong);
        let files = self.uploads(asked, &mut wrong);
        if !wrong.is_empty() {
            return Err(Refused::Wrong(wrong));
        }
        if self.world.may(Some(by), Right::AddIssueWatchers, project) {
            let ids = asked.get("watcher_user_ids").and_then(Value::as_array).into_iter().flatten();
            let ids = ids.filter_map(|value| fields::text(value)?.parse().ok());
            new.watchers = ids.filter(|id| self.world.person(*id).is_some()).collect();
        }
        new.id = self.world.next_issue;
        self.world.next_issue += 1;
        let (id, parent) = (new.id, new.parent);
        if self.world.is_closed(new.status) {
            new.closed_on = Some(now);
        }
        self.world.issues.insert(id, new);
        self.attach(files, id);
        let mut deeds = vec![Deed { issue: id, kind: Kind::Created, journals: Vec::new() }];
        deeds.extend(self.tell_parent(by, parent, None, Some(id), now));
        self.recalculate(parent, now);
        Ok(deeds)
    }

    /// Changes an issue as its body asks, and writes it into its history.
    pub(super) fn update(
        &mut self,
        by: u64,
        id: u64,
        asked: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Vec<Deed>, Refused> {
        let old = self.world.issues.get(&id).cloned().ok_or(Refused::ABSENT)?;
        let who = Some(by);
        let edits = self.world.may(who, Right::EditIssues, old.project);
        let notes = self.world.may(who, Right::AddIssueNotes, old.project);
        if !edits && !notes {
            return Err(Refused::Denied);
        }
        let mut new = old.clone();
        let wrong = fields::write(&self.world, who, &old, &mut new, asked);
        let mut wrong = fields::validate(&self.world, &old, &new, wrong);
        let files = self.uploads(asked, &mut wrong);
        if !wrong.is_empty() {
            return Err(Refused::Wrong(wrong));
        }
        let version = asked.get("lock_version").filter(|_| edits).and_then(fields::text);
        if version.is_some_and(|version| version.parse() != Ok(old.lock_version)) {
            return Err(Refused::Wrong(Vec::new()));
        }
        let mut details: Vec<Detail> = files.iter().map(Upload::detail).collect();
        details.extend(fields::differences(&old, &new));
        if self.world.is_closed(new.status) && !self.world.is_closed(old.status) {
            new.closed_on = Some(now);
        }
        // Whatever was asked, the issue counts as touched.
        new.updated_on = now.max(old.updated_on);
        new.lock_version += 1;
        let text = asked.get("notes").filter(|_| notes).and_then(fields::text).unwrap_or_default();
        let private = asked.get("private_notes").is_some_and(fields::truth)
            && self.world.may(who, Right::SetNotesPrivate, new.project);
        let (was, is) = (old.parent, new.parent);
        self.world.issues.insert(id, new);
        self.attach(files, id);
        let journals = self.write(by, id, details, &text, private, now);
        let mut deeds = vec![Deed { issue: id, kind: Kind::Updated, journals }];
        if was != is {
            deeds.extend(self.tell_parent(by, was, Some(id), None, now));
            deeds.extend(self.tell_parent(by, is, None, Some(id), now));
            self.recalculate(was, now);
        }
        self.recalculate(is, now);
        Ok(deeds)
    }

    /// Writes a journal, or two where a private text comes with changes; their numbers.
    fn write(
        &mut self,
        by: u64,
        issue: u64,
        details: Vec<Detail>,
        text: &str,
        private: bool,
        at: Timestamp,
    ) -> Vec<u64> {
        let blank = text.trim().is_empty();
        if details.is_empty() && blank {
            return Vec::new();
        }
        let private = private && !blank;
        let mut put = |details, notes, private_notes| {
            let id = self.world.journal_id();
            let entry = Journal {
                id,
                issue,
                user: by,
                notes,
                private_notes,
                details,
                created_on: at,
                updated_on: at,
                updated_by: None,
            };
            self.world.journals.insert(id, entry);
            id
        };
        if private && !details.is_empty() {
            vec![put(details, None, false), put(Vec::new(), Some(text.to_owned()), true)]
        } else {
            vec![put(details, Some(text.to_owned()), private)]
        }
    }

    /// The history of a parent whose part came or went; it counts as touched.
    fn tell_parent(
        &mut self,
        by: u64,
        parent: Option<u64>,
        gone: Option<u64>,
        come: Option<u64>,
        now: Timestamp,
    ) -> Option<Deed> {
        let id = parent?;
        let seen = self.world.issues.get(&id).is_some_and(|issue| self.world.sees(Some(by), issue));
        let issue = self.world.issues.get_mut(&id).filter(|_| seen)?;
        issue.updated_on = now.max(issue.updated_on);
        issue.lock_version += 1;
        let of = |id: Option<u64>| id.map(|id| id.to_string());
        let journals = self.write(by, id, vec![Detail::attr("child_id", of(gone), of(come))], "", false, now);
        Some(Deed { issue: id, kind: Kind::Updated, journals })
    }

    /// Brings a parent's priority, dates and progress up to date with its parts. No journal tells it.
    fn recalculate(&mut self, parent: Option<u64>, now: Timestamp) {
        let Some(old) = parent.and_then(|id| self.world.issues.get(&id)).cloned() else { return };
        let parts: Vec<Issue> = self.world.children_of(old.id).cloned().collect();
        if parts.is_empty() {
            return;
        }
        let open = parts.iter().filter(|part| !self.world.is_closed(part.status));
        let percent = |part: &Issue| if self.world.is_closed(part.status) { 100 } else { part.done_ratio };
        let new = Issue {
            priority: open.map(|part| part.priority).max().unwrap_or(NORMAL),
            start_date: parts.iter().filter_map(|part| part.start_date).min(),
            due_date: parts.iter().filter_map(|part| part.due_date).max(),
            done_ratio: parts.iter().map(percent).sum::<u64>() / parts.len() as u64,
            ..old.clone()
        };
        if new != old {
            let above = new.parent;
            let touched = Issue { updated_on: now.max(old.updated_on), lock_version: old.lock_version + 1, ..new };
            self.world.issues.insert(old.id, touched);
            self.recalculate(above, now);
        }
    }

    /// Deletes an issue with its parts, journals and files; what is left of it is told by the history of its parent.
    pub(super) fn delete(&mut self, by: u64, id: u64, now: Timestamp) -> Result<Vec<Deed>, Refused> {
        let gone = self.world.issues.get(&id).cloned().ok_or(Refused::ABSENT)?;
        if !self.world.may(Some(by), Right::DeleteIssues, gone.project) {
            return Err(Refused::Denied);
        }
        let parts: Vec<u64> = self.world.children_of(id).map(|part| part.id).collect();
        let mut deeds = Vec::new();
        for part in parts {
            deeds.extend(self.delete(by, part, now)?);
        }
        self.world.issues.remove(&id);
        self.world.journals.retain(|_, journal| journal.issue != id);
        self.world.files.retain(|_, file| file.issue != Some(id));
        self.world.relations.retain(|relation| relation.from != id && relation.to != id);
        self.held.retain(|held| held.issue != id);
        deeds.extend(self.tell_parent(by, gone.parent, Some(id), None, now));
        self.recalculate(gone.parent, now);
        deeds.push(Deed { issue: id, kind: Kind::Deleted(Box::new(gone), now), journals: Vec::new() });
        Ok(deeds)
    }

    /// Changes the text of a journal; without text and details it is gone. The issue does not count as touched.
    pub(super) fn edit_note(
        &mut self,
        by: u64,
        id: u64,
        asked: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let who = Some(by);
        let journal = self.world.journals.get(&id).cloned().ok_or(Refused::ABSENT)?;
        let issue = self.world.issues.get(&journal.issue).ok_or(Refused::ABSENT)?;
        let private =
            journal.private_notes && journal.user != by && !self.world.may(who, Right::ViewPrivateNotes, issue.project);
        if private || !self.world.sees(who, issue) {
            return Err(Refused::ABSENT);
        }
        if !self.world.edits(who, &journal, issue.project) {
            return Err(Refused::Denied);
        }
        let hides = self.world.may(who, Right::SetNotesPrivate, issue.project);
        let mut new = journal.clone();
        if let Some(text) = asked.get("notes").and_then(fields::text) {
            new.notes = Some(text);
        }
        if let Some(flag) = asked.get("private_notes").filter(|_| hides) {
            new.private_notes = fields::truth(flag);
        }
        if new.details.is_empty() && !new.has_notes() {
            self.world.journals.remove(&id);
        } else if new != journal {
            self.world.journals.insert(id, Journal { updated_on: now, updated_by: Some(by), ..new });
        }
        Ok(())
    }

    /// Keeps a change back until [`Self::commit`]; it has its numbers and its time already.
    pub(super) fn hold(
        &mut self,
        by: u64,
        issue: u64,
        asked: Map<String, Value>,
        at: Timestamp,
    ) -> Result<u64, Refused> {
        if !self.world.issues.contains_key(&issue) {
            return Err(Refused::ABSENT);
        }
        // A private text with changes needs two; a number that is not used is never met.
        let journals = [self.world.journal_id(), self.world.journal_id()];
        self.held.push(Held { by, issue, asked, at, journals });
        Ok(journals[0])
    }

    /// Commits what was kept back, in the order it came.
    pub(super) fn commit(&mut self) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for held in std::mem::take(&mut self.held) {
            self.world.reserved.extend(held.journals);
            deeds.extend(self.update(held.by, held.issue, &held.asked, held.at).unwrap_or_default());
            self.world.reserved.clear();
        }
        deeds
    }

    /// The files a body brings by their tokens; every token is good once.
    fn uploads(&self, asked: &Map<String, Value>, wrong: &mut Vec<Wrong>) -> Vec<Upload> {
        let mut lost = 0;
        let mut found: Vec<Upload> = Vec::new();
        for upload in asked.get("uploads").and_then(Value::as_array).into_iter().flatten() {
            let said = |name: &str| upload.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
            let Some(token) = said("token") else { continue };
            let file = self.world.files.values().find(|file| file.issue.is_none() && file.token() == token);
            match file.filter(|file| !found.iter().any(|known| known.file == file.id)) {
                Some(file) => found.push(Upload {
                    file: file.id,
                    name: said("filename").unwrap_or(&file.filename).to_owned(),
                    content_type: said("content_type").unwrap_or(&file.content_type).to_owned(),
                    description: said("description").unwrap_or_default().to_owned(),
                }),
                None => lost += 1,
            }
        }
        if lost > 0 {
            wrong.push(Wrong::new("base", Fault::Unsaved(lost)));
        }
        found
    }

    fn attach(&mut self, files: Vec<Upload>, issue: u64) {
        for upload in files {
            if let Some(file) = self.world.files.get_mut(&upload.file) {
                file.issue = Some(issue);
                (file.filename, file.content_type) = (upload.name, upload.content_type);
                file.description = upload.description;
            }
        }
    }

    /// Two issues that belong together from now on; both histories tell it.
    pub(super) fn relate(
        &mut self,
        by: u64,
        from: u64,
        to: u64,
        kind: &str,
        now: Timestamp,
    ) -> Result<Vec<Deed>, Refused> {
        if from == to || !self.world.issues.contains_key(&from) || !self.world.issues.contains_key(&to) {
            return Err(Refused::ABSENT);
        }
        let id = self.world.relations.iter().map(|relation| relation.id).max().unwrap_or_default() + 1;
        self.world.relations.push(Relation { id, from, to, kind: kind.to_owned() });
        let mut deeds = Vec::new();
        for (issue, other) in [(from, to), (to, from)] {
            let new_value = Some(other.to_string());
            let detail = Detail { property: "relation", name: kind.to_owned(), old_value: None, new_value };
            let journals = self.write(by, issue, vec![detail], "", false, now);
            if let Some(issue) = self.world.issues.get_mut(&issue) {
                issue.updated_on = now.max(issue.updated_on);
            }
            deeds.push(Deed { issue, kind: Kind::Updated, journals });
        }
        Ok(deeds)
    }
}

fn blank(project: u64, author: u64, now: Timestamp) -> Issue {
    Issue {
        id: 0,
        project,
        tracker: 1,
        status: World::first_status(),
        priority: NORMAL,
        author,
        assigned_to: None,
        category: None,
        parent: None,
        subject: String::new(),
        description: None,
        start_date: None,
        due_date: None,
        done_ratio: 0,
        is_private: false,
        estimated_hours: None,
        custom: BTreeMap::new(),
        created_on: now,
        updated_on: now,
        closed_on: None,
        lock_version: 0,
        watchers: BTreeSet::new(),
        easy_email_to: None,
        easy_email_cc: None,
    }
}
