//! Changes a ticket in one call, and believes it only after reading (contracts/redmine 5).
//!
//! What somebody else changed meanwhile is not overwritten. Deliberately not here: who may change what (the rule's).

use pult_domain::{
    Failure,
    areas::tickets::{ChangeTicket, Entry, Part, Ticket, has_mark},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    Redmine,
    client::As,
    files::{self, Sent},
    poll::INCLUDE,
    text::{self, file_name},
    trouble::{Trouble, refused, strange},
    wire,
};

/// What became of a change.
#[derive(Debug, PartialEq)]
pub(super) enum Made {
    /// It was made, whole or not.
    Yes { ticket: Ticket, entries: Vec<i64>, left: Vec<String> },
    /// Somebody else was first.
    Conflict { ticket: Ticket, fields: Vec<String> },
}

/// A field, what is wanted of it, what it was when somebody looked, and what it is.
struct Field {
    name: &'static str,
    part: Part,
    wanted: i64,
    seen: Option<i64>,
    is: i64,
}

/// The fields of a ticket of which something is wanted. Nobody is 0.
fn fields(change: &ChangeTicket, ticket: &Ticket) -> Vec<Field> {
    let (wanted, seen, card) = (&change.wanted, &change.seen, &ticket.card);
    let assignee = card.assignee.as_ref().map(|who| who.id).unwrap_or_default();
    // Nobody is seen as nothing.
    let nobody = Some(seen.assignee.unwrap_or_default());
    let field = |name, part, wanted: Option<i64>, seen, is| Some(Field { name, part, wanted: wanted?, seen, is });
    [
        field("status", Part::Status, wanted.status, seen.status, card.status.id),
        field("priority", Part::Priority, wanted.priority, seen.priority, card.priority.id),
        field("assignee", Part::Assignee, wanted.assignee, nobody, assignee),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Fields that are neither as they were seen nor as they are wanted.
fn differing(change: &ChangeTicket, ticket: &Ticket) -> Vec<String> {
    let fields = fields(change, ticket).into_iter();
    let other = |field: &Field| field.is != field.wanted && field.seen.is_some_and(|seen| seen != field.is);
    fields.filter(other).map(|field| field.name.to_owned()).collect()
}

/// Whether an entry is the note of a change.
fn is_note(change: &ChangeTicket, me: i64, entry: &Entry) -> bool {
    entry.user.id == me && entry.notes.as_deref().is_some_and(|notes| has_mark(notes, &change.mark))
}

/// The entries a change made: those of ours that were not there before it, or else the note with its mark and what came with it.
fn entries(change: &ChangeTicket, me: i64, before: Option<&Ticket>, after: &Ticket) -> Vec<i64> {
    let note = after.entries.iter().find(|entry| is_note(change, me, entry));
    let fields = fields(change, after);
    let is_new = |entry: &&Entry| match before {
        Some(before) => entry.user.id == me && !before.entries.iter().any(|old| old.id == entry.id),
        // Fields and private words are written apart.
        None => note.is_some_and(|note| {
            let same_time = entry.user.id == me && entry.created_on == note.created_on && entry.notes.is_none();
            entry.id == note.id || (same_time && fields.iter().any(|field| shows(entry, field)))
        }),
    };
    after.entries.iter().filter(is_new).map(|entry| entry.id).collect()
}

/// Whether an entry made a field what is wanted.
fn shows(entry: &Entry, field: &Field) -> bool {
    let new = |new: Option<&String>| new.map_or(Some(0), |new| new.parse().ok());
    entry.details.iter().any(|detail| detail.part == field.part && new(detail.new.as_ref()) == Some(field.wanted))
}

/// What was wanted and is not so. What our own entry shows was done, whatever somebody did after it.
fn left(change: &ChangeTicket, me: i64, entries: &[i64], after: &Ticket) -> Vec<String> {
    let mine = || after.entries.iter().filter(|entry| entries.contains(&entry.id));
    let fields = fields(change, after).into_iter();
    let undone = |field: &Field| field.is != field.wanted && !mine().any(|entry| shows(entry, field));
    let mut left: Vec<String> = fields.filter(undone).map(|field| field.name.to_owned()).collect();
    if change.note.is_some() && !after.entries.iter().any(|entry| is_note(change, me, entry)) {
        left.push("note".to_owned());
    }
    left
}

/// Whether a note with our mark goes with a change: without one it is known by its fields and files.
pub(super) fn is_marked(change: &ChangeTicket) -> bool {
    change.note.is_some() || change.account.is_none()
}

/// What a ticket says of a change of which nobody knows whether it was made; nothing where it was not.
pub(super) fn became(change: &ChangeTicket, me: i64, after: &Ticket) -> Option<Made> {
    let entries = entries(change, me, None, after);
    let is_wanted = fields(change, after).iter().all(|field| field.is == field.wanted);
    let has_files = change.files.iter().all(|file| {
        let name = file_name(&file.name);
        after.attachments.iter().any(|there| there.name == name && there.size == file.size)
    });
    let is_made = if is_marked(change) { !entries.is_empty() } else { is_wanted && has_files };
    is_made.then(|| {
        let mut left = left(change, me, &entries, after);
        let names: Vec<String> = change.files.iter().map(|file| file_name(&file.name)).collect();
        left.extend(files::missing(&names, None, after));
        Made::Yes { ticket: after.clone(), entries, left }
    })
}

impl Redmine {
    /// A ticket with its history, as an account sees it.
    pub(super) async fn ticket(&self, who: As<'_>, id: i64, said: &mut Vec<Exchange>) -> Result<Ticket, CallError> {
        let answer = self.client.get(who, &["issues", &format!("{id}.json")], &[INCLUDE], said).await?;
        self.ticket_of(&answer.content, Some(id))
    }

    /// The ticket an answer shows.
    pub(super) fn ticket_of(&self, answer: &Value, id: Option<i64>) -> Result<Ticket, CallError> {
        let issue = wire::issue(answer).ok_or_else(|| strange("the answer is no ticket"))?;
        self.fields.learn(issue);
        let ticket = wire::ticket(issue).map_err(|field| strange(&format!("the ticket has no {field}")))?;
        match id.is_none_or(|id| ticket.card.id.0 == id) {
            true => Ok(ticket),
            false => Err(strange("the answer is another ticket")),
        }
    }

    /// The number of the account that acts.
    pub(super) async fn acting(&self, account: Option<i64>, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        match account {
            Some(account) => Ok(account),
            None => Ok(self.me(said).await?.id),
        }
    }

    /// Changes a ticket, once.
    pub(super) async fn change(&self, change: &ChangeTicket, said: &mut Vec<Exchange>) -> Result<Made, CallError> {
        let (who, id) = (As::account(change.account), change.ticket.0);
        let me = self.acting(change.account, said).await?;
        let before = self.ticket(who, id, said).await?;
        if let Some(made) = became(change, me, &before).filter(|_| is_marked(change)) {
            return Ok(made);
        }
        let fields = differing(change, &before);
        if !fields.is_empty() {
            return Ok(Made::Conflict { ticket: before, fields });
        }
        if change.note.as_ref().is_some_and(|note| note.private)
            && !self.may_write_privately(who, before.card.project.id, said).await?
        {
            let reason = "the account may not write private notes in this project: nothing was written";
            return Err(refused(Failure::Rights, reason));
        }
        let mut sent = self.send_files(who, &change.files, said).await?;
        let Some(body) = body(change, &before, &sent) else {
            return Ok(Made::Yes { ticket: before, entries: vec![], left: sent.left });
        };
        let mut outcome = self.put(who, id, &body, said).await;
        if !sent.uploads.is_empty()
            && outcome.as_ref().is_err_and(|trouble| trouble.is_unwelcome() && !trouble.wordless)
        {
            // What the tracker calls a file is good for one change only, also for one it refuses.
            sent = self.send_files(who, &change.files, said).await?;
            if let Some(body) = self::body(change, &before, &sent) {
                outcome = self.put(who, id, &body, said).await;
            }
        }
        match outcome {
            Ok(_) => self.confirm(change, me, before, &sent, said).await,
            Err(trouble) if trouble.wordless => self.overtaken(change, said).await,
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn put(&self, who: As<'_>, id: i64, body: &Value, said: &mut Vec<Exchange>) -> Result<Value, Trouble> {
        self.client.change(who, Method::PUT, &["issues", &format!("{id}.json")], body, said).await
    }

    /// Reads what became of a change that the tracker says it made.
    async fn confirm(
        &self,
        change: &ChangeTicket,
        me: i64,
        before: Ticket,
        sent: &Sent,
        said: &mut Vec<Exchange>,
    ) -> Result<Made, CallError> {
        match self.ticket(As::account(change.account), change.ticket.0, said).await {
            Ok(ticket) => {
                let entries = entries(change, me, Some(&before), &ticket);
                let mut left = left(change, me, &entries, &ticket);
                left.extend(sent.left.iter().cloned());
                left.extend(files::missing(&sent.names, Some(&before), &ticket));
                Ok(Made::Yes { ticket, entries, left })
            }
            // Whoever gave it away may not see it any more.
            Err(CallError::Refused { why: Failure::DoesNotExist | Failure::Rights, .. }) => {
                Ok(Made::Yes { ticket: before, entries: vec![], left: sent.left.clone() })
            }
            // It was done: that it cannot be read now makes it no less so.
            Err(error) => Err(CallError::OutcomeUnknown { detail: error.to_string() }),
        }
    }

    /// The ticket as somebody else made it meanwhile.
    async fn overtaken(&self, change: &ChangeTicket, said: &mut Vec<Exchange>) -> Result<Made, CallError> {
        let ticket = self.ticket(As::account(change.account), change.ticket.0, said).await?;
        let mut fields = differing(change, &ticket);
        if fields.is_empty() {
            fields = self::fields(change, &ticket).iter().map(|field| field.name.to_owned()).collect();
        }
        Ok(Made::Conflict { ticket, fields })
    }
}

/// What is asked of the tracker; nothing where all is as it is wanted.
fn body(change: &ChangeTicket, before: &Ticket, sent: &Sent) -> Option<Value> {
    let mut issue = Map::new();
    for field in fields(change, before).into_iter().filter(|field| field.is != field.wanted) {
        let (name, value) = match field.part {
            Part::Status => ("status_id", json!(field.wanted)),
            Part::Priority => ("priority_id", json!(field.wanted)),
            // Nobody is an empty text there.
            _ if field.wanted == 0 => ("assigned_to_id", json!("")),
            _ => ("assigned_to_id", json!(field.wanted)),
        };
        issue.insert(name.to_owned(), value);
    }
    if !sent.uploads.is_empty() {
        issue.insert("uploads".to_owned(), json!(sent.uploads));
    }
    let said = change.note.as_ref().map(|note| note.text.as_str());
    if issue.is_empty() && said.is_none() {
        return None;
    }
    let by = change.account.is_none().then_some(change.by.as_str());
    if let Some(note) = text::note(by, said, &sent.left, &change.mark) {
        issue.insert("notes".to_owned(), json!(note));
    }
    if change.note.as_ref().is_some_and(|note| note.private) {
        issue.insert("private_notes".to_owned(), json!(true));
    }
    Some(json!({ "issue": issue }))
}
