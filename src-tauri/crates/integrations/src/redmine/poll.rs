//! Looks for tickets that were changed (contracts/redmine 6): once through the list, and from then on through what was changed since, with an
//! overlap that covers slow transactions and clocks that differ.
//!
//! The clock is the tracker's own. Time moves on only when everything up to it was read. Deliberately not here: which change is news (the
//! rule's).

use std::{
    sync::{Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use pult_domain::{Failure, Instant};
use serde_json::Value;

use crate::{CallError, Exchange, Page, Poll, StoredRequest};

use super::{
    Redmine,
    client::{As, Listed},
    cursor::{Cursor, Cycle, Walk, leg},
    loose::{at, digest, instant, number},
    query::{NEWEST_FIRST, OLDEST_FIRST, Statuses, Style, Tickets},
    records,
    told::Looks,
    trouble::strange,
    wire::{self, Row},
};

/// Tickets that are read in one round.
const AT_A_TIME: usize = 20;
/// How long after a change nothing can come to the same second any more.
const SETTLED: SignedDuration = SignedDuration::from_secs(10);
/// What is read of a ticket.
pub(super) const INCLUDE: (&str, &str) = ("include", "journals,watchers,attachments,children,allowed_statuses");

/// From when on changes count after what is handled, as far as the last round knew.
#[derive(Default)]
pub(super) struct Mark(Mutex<Option<Instant>>);

impl Mark {
    fn set(&self, from: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = from;
    }

    pub(super) fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a round brings.
#[derive(Default)]
struct Round {
    /// When it is made, by our own clock.
    now: Instant,
    records: Vec<StoredRequest>,
    looks: Looks,
    said: Vec<Exchange>,
}

#[async_trait]
impl Poll for Redmine {
    fn every(&self) -> Duration {
        Duration::from_secs(self.every.load(Ordering::Relaxed).max(1).into())
    }

    async fn fetch(&self, cursor: Option<&str>, now: Instant) -> Result<Page, CallError> {
        let scope = digest(self.wanted_projects().join("\n").as_bytes());
        let mut cursor = Cursor::of(cursor, self.client.place(), scope);
        self.told.reached(cursor.told);
        let overlap = self.settings.overlap();
        self.mark.set(cursor.from(overlap));
        let mut round = Round { now, ..Round::default() };
        let cycle = match self.go_on(&mut cursor, &mut round).await {
            Ok(cycle) => cycle,
            Err(error) => return Err(self.explained(error, &mut round.said).await),
        };
        let more = !cycle.is_over();
        cursor.note(cycle, now);
        cursor.told = cursor.told.saturating_add(round.records.len() as u64);
        self.told.hand_out(cursor.told, round.looks);
        let next_cursor = serde_json::to_string(&cursor).map_err(|e| strange(&e.to_string()))?;
        Ok(Page { records: round.records, next_cursor: Some(next_cursor), more })
    }
}

impl Redmine {
    /// A page of the list where nothing is left of the last one, and some of its tickets.
    async fn go_on(&self, cursor: &mut Cursor, round: &mut Round) -> Result<Cycle, CallError> {
        self.me(&mut round.said).await?;
        let style = self.style(&mut round.said).await?;
        let mut cycle = cursor.cycle(self.settings.overlap());
        if cycle.pending.is_empty()
            && let Some(walk) = cycle.walk.clone()
        {
            match cycle.from {
                None => self.look_on(&mut cycle, &walk, style, round).await?,
                Some(from) => self.walk_on(&mut cycle, &walk, from, style, cursor.done, round).await?,
            }
        }
        if let Some(from) = cycle.from {
            let rest = cycle.pending.split_off(cycle.pending.len().min(AT_A_TIME));
            let ids = std::mem::replace(&mut cycle.pending, rest);
            self.read_all(&ids, from, cycle.many, round).await?;
        }
        Ok(cycle)
    }

    /// A page of the first look. What it shows is nobody's news.
    async fn look_on(&self, cycle: &mut Cycle, walk: &Walk, style: Style, round: &mut Round) -> Result<(), CallError> {
        let projects = &self.scope(&mut round.said).await?.roots;
        let Some((project, statuses)) = leg(projects, cycle.leg) else {
            cycle.walk = None;
            return Ok(());
        };
        let history = SignedDuration::from_hours(24 * i64::from(self.settings.history_days));
        let earliest =
            cycle.began.unwrap_or(round.now).checked_sub(history).ok().filter(|_| statuses == Statuses::Closed);
        let since = walk.since.max(earliest);
        let wanted = Tickets { project, statuses, since, ..page(walk, style) };
        let listed = self.client.tickets(As::Engine, style, &wanted, &mut round.said).await?;
        cycle.begin(&listed, None, round.now);
        if cycle.began.is_none() && cycle.leg == 0 && walk.since.is_none() && walk.offset == 0 {
            cycle.began = self.newest(style, &mut round.said).await?;
        }
        let rows = rows(&listed);
        let fresh: Vec<i64> = cycle.page(&listed, &rows, style, earliest).iter().map(|row| row.id).collect();
        let is_fresh = |row: &Value| number(at(row, &["id"])).is_some_and(|id| fresh.contains(&id));
        let kept: Vec<Value> = listed.rows.into_iter().filter(is_fresh).collect();
        for row in &kept {
            self.fields.learn(row);
        }
        if !kept.is_empty() {
            round.records.push(records::page(kept));
        }
        if cycle.walk.is_none() && leg(projects, cycle.leg + 1).is_some() {
            cycle.leg += 1;
            cycle.walk = Some(Walk::default());
        }
        Ok(())
    }

    /// A page of what was changed.
    async fn walk_on(
        &self,
        cycle: &mut Cycle,
        walk: &Walk,
        from: Instant,
        style: Style,
        done: Option<Instant>,
        round: &mut Round,
    ) -> Result<(), CallError> {
        let wanted = Tickets { since: walk.since, ..page(walk, style) };
        let listed = self.client.tickets(As::Engine, style, &wanted, &mut round.said).await?;
        cycle.begin(&listed, done, round.now);
        let rows = rows(&listed);
        let mut elsewhere = vec![];
        for row in cycle.page(&listed, &rows, style, Some(from)) {
            if self.scope_with(row.project, &mut round.said).await?.holds(row.project) {
                cycle.pending.push(row.id);
            } else {
                elsewhere.push(row);
            }
        }
        let name = |row: &Row| format!("e{}", row.id);
        elsewhere.retain(|row| !self.told.knows(&name(row), &row.changed.to_string()));
        if !elsewhere.is_empty() {
            let settled = |row: &&Row| cycle.began.is_some_and(|began| began.duration_since(row.changed) > SETTLED);
            round.looks.extend(elsewhere.iter().filter(settled).map(|row| (name(row), row.changed.to_string())));
            round.records.push(records::elsewhere(&elsewhere, from));
        }
        Ok(())
    }

    /// Reads tickets, and records what was not recorded before.
    async fn read_all(&self, ids: &[i64], from: Instant, many: bool, round: &mut Round) -> Result<(), CallError> {
        let read = try_join_all(ids.iter().map(|id| self.whole(*id))).await?;
        for (id, issue) in ids.iter().zip(read) {
            let Some(issue) = issue else { continue };
            let Some(row) = wire::row(&issue).filter(|row| row.id == *id) else {
                tracing::warn!(ticket = id, "a ticket could not be read and is passed over");
                continue;
            };
            self.fields.learn(&issue);
            let in_scope = self.scope_with(row.project, &mut round.said).await?.holds(row.project);
            let record = records::issue(*id, issue, in_scope, from, many);
            let Some(look) = records::look(&record) else {
                tracing::warn!(ticket = id, "a ticket could not be understood and is passed over");
                continue;
            };
            let name = format!("i{id}");
            if !self.told.knows(&name, &look) {
                round.looks.insert(name, look);
                round.records.push(record);
            }
        }
        Ok(())
    }

    /// A ticket with its history; nothing where it is gone by now.
    async fn whole(&self, id: i64) -> Result<Option<Value>, CallError> {
        let path = ["issues", &format!("{id}.json")];
        match self.client.get(As::Engine, &path, &[INCLUDE], &mut vec![]).await {
            Ok(heard) => {
                wire::issue(&heard.content).cloned().map(Some).ok_or_else(|| strange("the answer is no ticket"))
            }
            Err(CallError::Refused { why: Failure::DoesNotExist | Failure::Rights, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The latest change there is: the tracker's time where it tells none.
    async fn newest(&self, style: Style, said: &mut Vec<Exchange>) -> Result<Option<Instant>, CallError> {
        let wanted = Tickets { order: NEWEST_FIRST, limit: 1, ..Tickets::ALL };
        let listed = self.client.tickets(As::Engine, style, &wanted, said).await?;
        Ok(listed.rows.first().and_then(|row| instant(at(row, &["updated_on"]))))
    }
}

/// The page a walk has come to.
fn page<'t>(walk: &Walk, style: Style) -> Tickets<'t> {
    let order = if style == Style::Descending { NEWEST_FIRST } else { OLDEST_FIRST };
    Tickets { offset: walk.offset, order, ..Tickets::ALL }
}

/// The rows that can be read; a strange one must not keep back the others.
fn rows(listed: &Listed) -> Vec<Row> {
    let rows: Vec<Row> = listed.rows.iter().filter_map(wire::row).collect();
    if rows.len() < listed.rows.len() {
        tracing::warn!("some tickets of the list could not be read and are passed over");
    }
    rows
}
