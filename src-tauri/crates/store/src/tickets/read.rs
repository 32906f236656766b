//! One ticket with its history, as somebody may see it.
//!
//! What only some may read there is shown to the accounts it was shown to, and to nobody else (contracts/redmine 4). Deliberately not
//! here: lists (`page`).

use std::collections::BTreeMap;

use pult_domain::{
    Instant, TicketChangeId, TicketId,
    areas::tickets::{
        Asked, AskedState, Attachment, Card, Detail, Intent, Named, Part, Priority, Project, Status, Trouble,
    },
};
use rusqlite::{Connection, named_params, params};
use serde::Serialize;
use ts_rs::TS;

use super::{
    known::{self, asked},
    lists,
    page::{TicketRow, Viewer, by_id, row},
    sql,
    write::ENGINE,
};
use crate::{
    StoreError,
    column::{json, needed},
    from_millis, millis,
    people::folded,
    query::{many, one},
};

/// One field that an entry changed, in names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketPartRow {
    /// What.
    pub part: Part,
    /// Its name, for a field of the tracker's own, a file or a relation; empty for the others.
    pub name: String,
    /// What it was: a name, where it has one.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
}

/// An entry of a ticket's history. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketEntryRow {
    /// The tracker's number of it.
    #[ts(type = "number")]
    pub id: i64,
    /// Who made it.
    pub user: Named,
    /// What was said, in the tracker's markup.
    pub notes: Option<String>,
    /// What was said is for some only.
    pub private: bool,
    /// It is, and whoever looks is not among them.
    pub hidden: bool,
    /// What was changed.
    pub parts: Vec<TicketPartRow>,
    /// When.
    #[ts(type = "number")]
    pub created_on: i64,
    /// When what was said was changed.
    #[ts(type = "number | null")]
    pub updated_on: Option<i64>,
}

/// What kind of change somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TicketAct {
    /// Fields, words and files of a ticket.
    Change,
    /// A note of their own that is to say something else.
    EditNote,
    /// A note of their own that is to be taken away.
    DeleteNote,
    /// To hear of a ticket.
    Watch,
    /// To hear of it no longer.
    Unwatch,
    /// A new ticket.
    New,
}

/// A change somebody asked for. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketChangeRow {
    /// Which.
    pub id: TicketChangeId,
    /// What kind of change.
    pub act: TicketAct,
    /// Of which ticket; none for a new one that is not there yet.
    pub ticket: Option<TicketId>,
    /// The entry of its history that is to say something else.
    #[ts(type = "number | null")]
    pub entry: Option<i64>,
    /// Who asked: their login.
    pub by: String,
    /// Who asked, for people.
    pub name: String,
    /// The status that is wanted.
    pub status: Option<String>,
    /// The priority that is wanted.
    pub priority: Option<String>,
    /// The assignee that is wanted; empty for nobody.
    pub assignee: Option<String>,
    /// What they say; kept from those who may not read it.
    pub note: Option<String>,
    /// That is for some only.
    pub private: bool,
    /// The title of a new ticket.
    pub subject: Option<String>,
    /// Names of files.
    pub files: Vec<String>,
    /// Where it stands.
    pub state: AskedState,
    /// Why it was not made, or not whole.
    pub trouble: Option<Trouble>,
    /// When it was asked for.
    #[ts(type = "number")]
    pub at: i64,
    /// When its outcome was known.
    #[ts(type = "number | null")]
    pub settled_at: Option<i64>,
}

/// A ticket with its history. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TicketDetailRow {
    /// What a list shows of it.
    pub ticket: TicketRow,
    /// What it is about, in the tracker's markup.
    pub description: String,
    /// Its category.
    pub category: Option<String>,
    /// Fields of the tracker's own: names and values.
    pub custom: Vec<(String, String)>,
    /// Addresses of who asks and who is told.
    pub emails: Vec<String>,
    /// When work begins, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// When it was last closed.
    #[ts(type = "number | null")]
    pub closed_on: Option<i64>,
    /// The ticket it is a part of.
    pub parent: Option<TicketId>,
    /// Its parts: numbers and titles.
    pub children: Vec<Named>,
    /// Who watches it, by name; for those who do not see every ticket, themselves alone.
    pub watchers: Vec<Named>,
    /// What happened, oldest first.
    pub entries: Vec<TicketEntryRow>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Statuses that may be set: those the account of whoever looks may set; all, where that is not known.
    pub statuses: Vec<Status>,
    /// Whether that is what the tracker says, and not a guess.
    pub statuses_known: bool,
    /// Changes on their way, those settled in the last hour, and those that were not made whole until they are put aside or sent again.
    pub changes: Vec<TicketChangeRow>,
    /// When its history was last read; absent before it was.
    #[ts(type = "number | null")]
    pub read_at: Option<i64>,
}

/// New tickets that were not made, of one person, at most.
const MOST_UNMADE: i64 = 20;
/// Changes that were made are shown so long after they were settled.
const SHOWN: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// A ticket as somebody may see it; `account` is the tracker's number of their own account there. `None` where there is none, or they
/// have nothing to do with it.
///
/// # Errors
/// When it cannot be read.
pub fn detail(
    connection: &Connection,
    viewer: &Viewer,
    account: Option<i64>,
    id: TicketId,
    now: Instant,
) -> Result<Option<TicketDetailRow>, StoreError> {
    let email = viewer.email.as_deref().map(folded);
    let values = named_params! { ":id": id.0, ":all": viewer.all, ":number": viewer.number, ":email": email };
    let Some(ticket) = one(connection, &by_id(), values, row)? else { return Ok(None) };
    let Some(card) = one(connection, sql::TICKET, [id.0], known::card)? else { return Ok(None) };
    let words = Words::of(connection)?;
    let account = account.unwrap_or(ENGINE);
    let allowed = |account: i64| one(connection, sql::VIEW, [account, id.0], |r| json::<Vec<Named>>(r, 0));
    let allowed = match allowed(account)? {
        Some(allowed) => allowed,
        None => allowed(ENGINE)?.flatten(),
    };
    let (read_at, children, watchers): (_, _, Vec<i64>) =
        one(connection, sql::READ_AT, [id.0], |r| Ok((r.get(0)?, needed(r, 1)?, needed(r, 2)?)))?.unwrap_or_default();
    let seen = |user: &i64| viewer.all || viewer.number == Some(*user);
    Ok(Some(TicketDetailRow {
        statuses_known: allowed.is_some(),
        statuses: words.offered(allowed, &card),
        description: card.description,
        category: card.category,
        custom: card.custom,
        emails: card.emails,
        start_date: card.start_date,
        closed_on: card.closed_on.map(millis),
        parent: card.parent,
        children,
        watchers: watchers.into_iter().filter(seen).map(|user| words.somebody(user)).collect(),
        entries: entries(connection, &words, account, id)?,
        attachments: many(connection, sql::ATTACHMENTS, [id.0], file)?,
        changes: changes(connection, &words, id, now)?,
        read_at,
        ticket,
    }))
}

fn entries(
    connection: &Connection,
    words: &Words,
    account: i64,
    id: TicketId,
) -> Result<Vec<TicketEntryRow>, StoreError> {
    many(connection, sql::ENTRIES, [id.0, account], |r| {
        let (notes, private, may): (Option<String>, bool, bool) = (r.get(3)?, r.get(4)?, r.get(8)?);
        let hidden = private && !may;
        let details: Vec<Detail> = needed(r, 5)?;
        Ok(TicketEntryRow {
            id: r.get(0)?,
            user: Named { id: r.get(1)?, name: r.get(2)? },
            notes: notes.filter(|_| !hidden),
            private,
            hidden,
            parts: details.into_iter().map(|detail| words.part(detail)).collect(),
            created_on: r.get(6)?,
            updated_on: r.get(7)?,
        })
    })
}

fn file(r: &rusqlite::Row<'_>) -> rusqlite::Result<Attachment> {
    let size: i64 = r.get(2)?;
    Ok(Attachment {
        id: r.get(0)?,
        name: r.get(1)?,
        size: u64::try_from(size).unwrap_or_default(),
        content_type: r.get(3)?,
        author: r.get(4)?,
        created_on: from_millis(r.get(5)?),
    })
}

/// A file, and the ticket it belongs to.
///
/// # Errors
/// When it cannot be read.
pub fn attachment(connection: &Connection, id: i64) -> Result<Option<(TicketId, Attachment)>, StoreError> {
    one(connection, sql::ATTACHMENT, [id], |r| Ok((TicketId(r.get(6)?), file(r)?)))
}

fn changes(
    connection: &Connection,
    words: &Words,
    id: TicketId,
    now: Instant,
) -> Result<Vec<TicketChangeRow>, StoreError> {
    let since = millis(now.checked_sub(SHOWN).unwrap_or(Instant::MIN));
    let asked = many(connection, sql::SHOWN_CHANGES, params![id.0, since], asked)?;
    Ok(asked.into_iter().map(|asked| words.change(asked)).collect())
}

/// One change, wherever it stands.
///
/// # Errors
/// When it cannot be read.
pub fn changes_of(connection: &Connection, id: TicketChangeId) -> Result<Option<TicketChangeRow>, StoreError> {
    let words = Words::of(connection)?;
    Ok(one(connection, sql::CHANGE, [id.0], asked)?.map(|asked| words.change(asked)))
}

/// A change as it was asked for, by whoever asked for it.
///
/// # Errors
/// When it cannot be read.
pub fn asked_by(connection: &Connection, login: &str, id: TicketChangeId) -> Result<Option<Asked>, StoreError> {
    Ok(one(connection, sql::CHANGE, [id.0], asked)?.filter(|asked| asked.ask.by == login))
}

/// New tickets somebody asked for that were not made, the latest first.
///
/// # Errors
/// When it cannot be read.
pub fn unmade(connection: &Connection, login: &str) -> Result<Vec<TicketChangeRow>, StoreError> {
    let asked = many(connection, sql::UNMADE, params![login, MOST_UNMADE], asked)?;
    if asked.is_empty() {
        return Ok(vec![]);
    }
    let words = Words::of(connection)?;
    Ok(asked.into_iter().map(|asked| words.change(asked)).collect())
}

/// Names for the tracker's numbers.
struct Words {
    statuses: Vec<Status>,
    priorities: BTreeMap<i64, String>,
    projects: BTreeMap<i64, String>,
    trackers: BTreeMap<i64, String>,
    fields: BTreeMap<i64, String>,
    people: BTreeMap<i64, String>,
}

impl Words {
    fn of(connection: &Connection) -> Result<Self, StoreError> {
        let projects: Vec<Project> = lists::list(connection, "projects")?;
        let trackers = projects.iter().flat_map(|project| &project.trackers);
        let priorities: Vec<Priority> = lists::list(connection, "priorities")?;
        let people = many(connection, sql::USERS, [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(Self {
            statuses: known::statuses(connection)?,
            priorities: priorities.into_iter().map(|priority| (priority.id, priority.name)).collect(),
            trackers: trackers.map(|tracker| (tracker.id, tracker.name.clone())).collect(),
            projects: projects.into_iter().map(|project| (project.id, project.name)).collect(),
            fields: lists::list::<(i64, String)>(connection, "fields")?.into_iter().collect(),
            people: people.into_iter().collect(),
        })
    }

    /// The statuses somebody is offered.
    fn offered(&self, allowed: Option<Vec<Named>>, card: &Card) -> Vec<Status> {
        let Some(allowed) = allowed else { return self.statuses.clone() };
        let closes = |id: i64| self.statuses.iter().any(|status| status.id == id && status.closed);
        let status = |named: Named| Status { closed: closes(named.id), id: named.id, name: named.name };
        let mut offered: Vec<_> = allowed.into_iter().map(status).collect();
        if !offered.iter().any(|status| status.id == card.status.id) {
            offered.insert(0, status(card.status.clone()));
        }
        offered
    }

    /// Somebody by their number.
    fn somebody(&self, id: i64) -> Named {
        Named { id, name: self.people.get(&id).cloned().unwrap_or_else(|| format!("#{id}")) }
    }

    fn part(&self, detail: Detail) -> TicketPartRow {
        let statuses = |id: i64| self.statuses.iter().find(|status| status.id == id).map(|status| status.name.clone());
        let name = |value: Option<String>| {
            let value = value?;
            let Ok(id) = value.parse::<i64>() else { return Some(value) };
            let name = match detail.part {
                Part::Status => statuses(id),
                Part::Priority => self.priorities.get(&id).cloned(),
                Part::Assignee => self.people.get(&id).cloned(),
                Part::Project => self.projects.get(&id).cloned(),
                Part::Tracker => self.trackers.get(&id).cloned(),
                _ => return Some(value),
            };
            Some(name.unwrap_or_else(|| format!("#{id}")))
        };
        let field = |id: &str| id.parse().ok().and_then(|id: i64| self.fields.get(&id)).cloned();
        TicketPartRow {
            name: match detail.part {
                Part::Custom => field(&detail.name).unwrap_or_else(|| format!("#{}", detail.name)),
                Part::Relation | Part::Other => detail.name.clone(),
                _ => String::new(),
            },
            old: name(detail.old),
            new: name(detail.new),
            part: detail.part,
        }
    }

    fn change(&self, asked: Asked) -> TicketChangeRow {
        let number = |id: i64| format!("#{id}");
        let status = |id: i64| {
            let name = self.statuses.iter().find(|status| status.id == id).map(|status| status.name.clone());
            name.unwrap_or_else(|| number(id))
        };
        let mut row = TicketChangeRow {
            id: asked.id,
            act: TicketAct::Change,
            ticket: asked.ticket,
            entry: None,
            by: asked.ask.by,
            name: asked.ask.name,
            status: None,
            priority: None,
            assignee: None,
            note: None,
            private: false,
            subject: None,
            files: vec![],
            state: asked.state,
            trouble: asked.trouble,
            at: millis(asked.at),
            settled_at: asked.settled_at.map(millis),
        };
        match asked.ask.what {
            Intent::Change { wanted, note, private, files, .. } => {
                row.status = wanted.status.map(status);
                row.priority =
                    wanted.priority.map(|id| self.priorities.get(&id).cloned().unwrap_or_else(|| number(id)));
                row.assignee = wanted.assignee.map(|id| match id {
                    0 => String::new(),
                    id => self.people.get(&id).cloned().unwrap_or_else(|| number(id)),
                });
                row.note = note.filter(|_| !private);
                row.private = private;
                row.files = files.into_iter().map(|file| file.name).collect();
            }
            Intent::Rewrite { entry, text, private, .. } => {
                row.act = if text.is_none() { TicketAct::DeleteNote } else { TicketAct::EditNote };
                row.entry = Some(entry);
                row.note = text.filter(|_| !private);
                row.private = private;
            }
            Intent::Watch { on, .. } => row.act = if on { TicketAct::Watch } else { TicketAct::Unwatch },
            Intent::New { subject, files, .. } => {
                row.act = TicketAct::New;
                row.subject = Some(subject);
                row.files = files.into_iter().map(|file| file.name).collect();
            }
        }
        row
    }
}
