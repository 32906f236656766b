//! Troubles of connections: notices of systems that are out of reach and of calls that were given up, and the incidents that all such
//! notices make up together.
//!
//! Everything here happens in the transaction of what led to it. Deliberately not here: which notices have one cause
//! (`pult_domain::trouble`), and whom is told (`announce`).

use std::time::Duration;

use pult_domain::{
    Area, Audience, Instant, JournalId, Level, Notice, NoticeChange, NoticeClass, Subject, TroubleId,
    trouble::{self, About, Around, Standing},
};
use pult_store::{
    Connection, StoreError, connections, incidents, network,
    notices::{self, Raised},
    outbox,
};
use serde_json::json;

use crate::{
    decide::{self, Decided},
    terms::Terms,
};

/// By which way a system is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Calls of ours.
    Calls,
    /// Looking for news there.
    News,
}

impl Way {
    const ALL: [Self; 2] = [Self::Calls, Self::News];

    const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::News => "news",
        }
    }

    fn key(self, source: &str) -> String {
        format!("source/{source}/{}", self.name())
    }
}

/// How long a system has not answered, as one of its users sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Silence {
    since: Option<Instant>,
    failures: u32,
}

impl Silence {
    /// It answered.
    pub(crate) fn broken(&mut self) {
        *self = Self::default();
    }

    /// It did not answer; whether people are to be told: it has been so for `patience`, and for more than one failure by chance.
    pub(crate) fn goes_on(&mut self, now: Instant, failures: u32, patience: Duration) -> bool {
        let since = *self.since.get_or_insert(now);
        self.failures = self.failures.saturating_add(1);
        let lasts = Duration::try_from(now.duration_since(since)).is_ok_and(|lasts| lasts >= patience);
        lasts && self.failures >= failures
    }
}

/// A system is out of reach.
pub(crate) fn unreachable(source: &str, way: Way) -> NoticeChange {
    raise(source, way, Level::Warning, "source.unreachable")
}

/// A system does not let us in, and a person has to do something about it.
pub(crate) fn refused(source: &str, way: Way) -> NoticeChange {
    raise(source, way, Level::Critical, "source.refused")
}

/// A system answers.
pub(crate) fn works(source: &str, way: Way) -> NoticeChange {
    NoticeChange::Clear { key: way.key(source) }
}

fn raise(source: &str, way: Way, level: Level, code: &str) -> NoticeChange {
    NoticeChange::Raise(Notice {
        key: way.key(source),
        class: NoticeClass::Source,
        level,
        subject: Subject(format!("source:{source}")),
        code: code.to_owned(),
        // Both ways may be in trouble at once, each in a notice of its own: they are not to look the same.
        values: [("source".to_owned(), json!(source)), ("way".to_owned(), json!(way.name()))].into_iter().collect(),
        to: Audience::Everyone,
    })
}

/// What Pult looks after in its own house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// Copies of the database.
    Backup,
    /// The database itself.
    Database,
}

impl Own {
    const fn key(self) -> &'static str {
        match self {
            Self::Backup => "own/backup",
            Self::Database => "own/database",
        }
    }
}

/// No backup could be made.
pub(crate) fn no_backup(detail: &str) -> NoticeChange {
    own(Own::Backup, Level::Warning, "backup.failed", [("detail", detail)])
}

/// The database is damaged; `command` restores the newest backup.
pub(crate) fn damaged(detail: &str, command: &str) -> NoticeChange {
    own(Own::Database, Level::Critical, "database.damaged", [("detail", detail), ("command", command)])
}

/// What was broken in the house is mended.
pub(crate) fn mended_own(what: Own) -> NoticeChange {
    NoticeChange::Clear { key: what.key().to_owned() }
}

fn own<const N: usize>(what: Own, level: Level, code: &str, values: [(&str, &str); N]) -> NoticeChange {
    NoticeChange::Raise(Notice {
        key: what.key().to_owned(),
        class: NoticeClass::Source,
        level,
        subject: Subject(what.key().replace('/', ":")),
        code: code.to_owned(),
        values: values.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect(),
        to: Audience::Everyone,
    })
}

/// The notice of calls of one kind that were given up, as they are now.
pub(crate) fn given_up(connection: &Connection, integration: &str, kind: &str) -> Result<NoticeChange, StoreError> {
    let key = format!("delivery/{integration}/{kind}");
    let Some(dead) = outbox::dead(connection, integration, kind)? else { return Ok(NoticeChange::Clear { key }) };
    let values = [
        ("source", json!(integration)),
        ("kind", json!(kind)),
        ("count", json!(dead.count)),
        ("oldest", json!(dead.oldest.as_millisecond())),
    ];
    Ok(NoticeChange::Raise(Notice {
        key,
        class: NoticeClass::Delivery,
        level: Level::Warning,
        subject: Subject(format!("delivery:{integration}/{kind}")),
        code: "deliveries.dead".to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        to: Audience::Everyone,
    }))
}

/// Somebody mended a connection, and it is tried again. Where nothing waits for it, no call would tell that it works.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn mended(
    connection: &Connection,
    source: &str,
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    connections::set_trouble(connection, source, None)?;
    match outbox::count_owed(connection, source)? {
        0 => decide::notices(connection, &[works(source, Way::Calls)], now, terms),
        _ => Ok(Decided::default()),
    }
}

/// Takes back what stands for systems that are switched off, and brings the counts of given up calls up to date: they are forgotten
/// with time.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn tidy(connection: &Connection, now: Instant, terms: &Terms) -> Result<Decided, StoreError> {
    let mut changes = Vec::new();
    for row in incidents::standing(connection)? {
        let parts: Vec<&str> = row.key.splitn(3, '/').collect();
        match (row.class, parts.as_slice()) {
            (NoticeClass::Source, [_, source, _]) if !terms.hosts.contains_key(*source) => {
                changes.push(NoticeChange::Clear { key: row.key.clone() });
            }
            (NoticeClass::Delivery, [_, integration, kind]) => {
                let change = given_up(connection, integration, kind)?;
                changes.extend(Some(change).filter(|change| matches!(change, NoticeChange::Clear { .. })));
            }
            _ => {}
        }
    }
    decide::notices(connection, &changes, now, terms)
}

/// A check by hand found that a system works, whichever way it is used.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn checked(
    connection: &Connection,
    source: &str,
    now: Instant,
    terms: &Terms,
) -> Result<Decided, StoreError> {
    connections::set_trouble(connection, source, None)?;
    decide::notices(connection, &Way::ALL.map(|way| works(source, way)), now, terms)
}

/// What became of notices.
#[derive(Debug, Default)]
pub(crate) struct Noticed {
    /// Rows of areas to read anew.
    pub(crate) touched: Vec<(Area, i64)>,
    /// The notices, with those to whom they are news.
    pub(crate) raised: Vec<Raised>,
}

/// Carries out what is said about notices, and what follows from it for the incidents.
///
/// # Errors
/// When it cannot be read or written.
pub(crate) fn carry_out(
    connection: &Connection,
    changes: &[NoticeChange],
    decision: Option<JournalId>,
    now: Instant,
    terms: &Terms,
) -> Result<Noticed, StoreError> {
    let (mut noticed, mut of_trouble) = (Noticed::default(), false);
    for change in changes {
        let Some(raised) = notices::apply(connection, change, decision, now)? else { continue };
        of_trouble = of_trouble || notices::is_trouble(connection, raised.id)?;
        noticed.touched.push((Area::Notices, raised.id.0));
        noticed.raised.push(raised);
    }
    if of_trouble {
        for told in gather(connection, now, terms)? {
            noticed.touched.push((Area::Notices, told.id.0));
            noticed.raised.push(told);
        }
    }
    Ok(noticed)
}

/// Brings the incidents up to date with the notices that stand, and tells of those that are over.
fn gather(connection: &Connection, now: Instant, terms: &Terms) -> Result<Vec<Raised>, StoreError> {
    let floor = terms.floor_source();
    let standing: Vec<Standing> = incidents::standing(connection)?
        .into_iter()
        .filter_map(|row| {
            let about = About::of(row.class, &row.key, &row.subject, floor)?;
            Some(Standing { notice: row.id, about, level: row.level, since: row.since })
        })
        .collect();
    let known = incidents::known(connection)?;
    let around = Around { places: network::places(connection)?, hosts: terms.hosts.clone() };
    let folded = trouble::fold(&standing, &around);
    let over = incidents::apply(connection, &trouble::follow(&known, &folded, &around), now)?;
    let mut told = Vec::new();
    for id in over {
        told.extend(tell_end(connection, id, now)?);
    }
    Ok(told)
}

/// One note that an incident is over. It stands for nothing that holds, so it is cleared as soon as it is raised.
fn tell_end(connection: &Connection, id: TroubleId, now: Instant) -> Result<Option<Raised>, StoreError> {
    let incident = incidents::get(connection, id)?;
    let Some(head) = notices::said(connection, incident.head)? else { return Ok(None) };
    let key = format!("incident/{id}");
    let mut values = head.values;
    let minutes = (now.as_millisecond() - incident.since).max(0) / 60_000;
    values.insert("was".to_owned(), json!(head.code));
    values.insert("minutes".to_owned(), json!(minutes));
    let note = Notice {
        key: key.clone(),
        class: head.class,
        level: Level::Info,
        subject: head.subject,
        code: "incident.recovered".to_owned(),
        values,
        to: Audience::Everyone,
    };
    let raised = notices::apply(connection, &NoticeChange::Raise(note), None, now)?;
    notices::apply(connection, &NoticeChange::Clear { key }, None, now)?;
    Ok(raised)
}

#[cfg(test)]
mod tests;
