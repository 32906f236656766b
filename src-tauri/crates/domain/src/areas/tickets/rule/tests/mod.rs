//! Stories of the rule, told on a house in memory: what is decided is kept as the store keeps it, and the snapshot is what it loads.
//!
//! Deliberately not here: the stories (the modules beside), and whether the store does as this house does (the store's tests).

mod always;
mod asked;
mod gone;
mod news;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::{
    super::{
        Ask, Asked, AskedState, Card, Change, Detail, Entry, Fact, Intent, Kept, Known, Named, Part, Policy, Reader,
        Scope, Ticket, TicketAim, Trouble, Upload, Wanted,
    },
    LISTS, SWEEP, decide, fact_of_timer, standing,
};
use crate::{
    Answer, Audience, Decision, Effect, EffectOrder, Failure, Instant, Notice, NoticeChange, Subject, TicketChangeId,
    TicketId, TimerChange,
};

/// The engine's account at the tracker.
const ENGINE: i64 = 4;
/// Wrote the ticket.
const MARIA: i64 = 7;
/// Works on it.
const PETR: i64 = 8;
/// Watches it.
const OLEG: i64 = 9;
/// Has nothing to do with it.
const INNA: i64 = 10;
const TICKET: TicketId = TicketId(4312);
/// What is younger is news.
const FROM: i64 = 1000;

fn at(seconds: i64) -> Instant {
    "2026-11-20T10:00:00Z".parse::<Instant>().unwrap() + SignedDuration::from_secs(seconds)
}

fn named(id: i64, name: &str) -> Named {
    Named { id, name: name.to_owned() }
}

fn who(id: i64) -> Named {
    let name = match id {
        ENGINE => "Пульт",
        MARIA => "Орлова Мария",
        PETR => "Жуков Пётр",
        OLEG => "Лисин Олег",
        _ => "Седова Инна",
    };
    named(id, name)
}

fn status(id: i64) -> Named {
    named(id, ["", "Новая", "В работе", "Решена", "Ждёт", "Закрыта"][id as usize])
}

fn policy() -> Policy {
    Policy {
        enabled: true,
        tell_gone: true,
        reopen: None,
        patience: SignedDuration::from_mins(5),
        instance: "7f3a".to_owned(),
    }
}

fn card() -> Card {
    Card {
        id: TICKET,
        project: named(1, "Поддержка"),
        tracker: named(1, "Ошибка"),
        status: status(1),
        closed: Some(false),
        priority: named(4, "Обычный"),
        author: Some(who(MARIA)),
        assignee: Some(who(PETR)),
        category: None,
        parent: None,
        subject: "Не печатает принтер".to_owned(),
        description: "Второй этаж".to_owned(),
        done_ratio: 0,
        private: false,
        emails: vec![],
        custom: vec![],
        start_date: None,
        due_date: None,
        created_on: at(0),
        updated_on: at(0),
        closed_on: None,
    }
}

fn entry(id: i64, by: i64, seconds: i64) -> Entry {
    let created_on = at(seconds);
    Entry { id, user: who(by), notes: None, private: false, details: vec![], created_on, updated_on: None }
}

fn says(id: i64, by: i64, seconds: i64, text: &str) -> Entry {
    Entry { notes: Some(text.to_owned()), ..entry(id, by, seconds) }
}

fn detail(part: Part, old: Option<i64>, new: Option<i64>) -> Detail {
    let text = |id: Option<i64>| id.map(|id| id.to_string());
    Detail { part, name: format!("{}_id", part.as_ref()), old: text(old), new: text(new) }
}

fn moves(id: i64, by: i64, seconds: i64, old: i64, new: i64) -> Entry {
    Entry { details: vec![detail(Part::Status, Some(old), Some(new))], ..entry(id, by, seconds) }
}

fn hands(id: i64, by: i64, seconds: i64, old: Option<i64>, new: Option<i64>) -> Entry {
    Entry { details: vec![detail(Part::Assignee, old, new)], ..entry(id, by, seconds) }
}

/// The ticket after some entries: what they changed is so.
fn ticket(entries: Vec<Entry>) -> Ticket {
    let mut card = card();
    for entry in &entries {
        card.updated_on = card.updated_on.max(entry.created_on);
        for detail in &entry.details {
            let new = detail.new.as_ref().and_then(|id| id.parse().ok());
            match detail.part {
                Part::Status => card.status = status(new.unwrap()),
                Part::Assignee => card.assignee = new.map(who),
                _ => {}
            }
        }
    }
    card.closed = Some(card.status.id == 5);
    let watchers = vec![who(OLEG)];
    Ticket { card, entries, attachments: vec![], watchers, children: vec![], allowed: None }
}

fn reader(login: &str, user: Option<i64>, scope: Scope) -> Reader {
    Reader { login: login.to_owned(), user, email: Some(format!("{login}@example.com")), scope }
}

/// A house in memory.
struct House {
    policy: Policy,
    now: Instant,
    kept: BTreeMap<TicketId, Kept>,
    /// Of which ticket, what, and whether it is no news any more.
    entries: BTreeMap<i64, (TicketId, Entry, bool)>,
    asked: BTreeMap<TicketChangeId, Asked>,
    readers: Vec<Reader>,
    /// Accounts that were shown private words of an entry.
    shown: BTreeSet<(i64, i64)>,
    owed: Vec<EffectOrder>,
    raised: BTreeMap<String, Notice>,
    /// Each time somebody was told: the key, who, why.
    told: Vec<(String, String, String)>,
    last: String,
}

impl House {
    /// Nothing is known of any ticket. Four people have to do with it, and one supervises all.
    fn new() -> Self {
        Self {
            policy: policy(),
            now: at(FROM + 100),
            kept: BTreeMap::new(),
            entries: BTreeMap::new(),
            asked: BTreeMap::new(),
            readers: vec![
                reader("maria", Some(MARIA), Scope::Mine),
                reader("petr", Some(PETR), Scope::Mine),
                reader("oleg", Some(OLEG), Scope::Mine),
                reader("inna", Some(INNA), Scope::Mine),
            ],
            shown: BTreeSet::new(),
            owed: vec![],
            raised: BTreeMap::new(),
            told: vec![],
            last: String::new(),
        }
    }

    /// The ticket was looked at before.
    fn that_knows(entries: Vec<Entry>) -> Self {
        let mut house = Self::new();
        house.reads(ticket(entries), at(FROM));
        (house.told, house.raised) = (vec![], BTreeMap::new());
        house
    }

    fn happens(&mut self, fact: &Fact) -> Decision<Change> {
        let known = self.known(fact);
        let decision = decide(fact, self.now, &known, &self.policy);
        for change in &decision.changes {
            self.apply(change);
        }
        self.owed.extend(decision.effects.iter().cloned());
        for notice in &decision.notices {
            match notice {
                NoticeChange::Raise(notice) => {
                    let Audience::People(people) = &notice.to else { panic!("for everybody: {notice:?}") };
                    assert!(!people.is_empty(), "for nobody: {notice:?}");
                    let told = |to: &crate::Told| (notice.key.clone(), to.login.clone(), to.why.clone());
                    self.told.extend(people.iter().map(told));
                    self.raised.insert(notice.key.clone(), notice.clone());
                }
                NoticeChange::Clear { key } | NoticeChange::Read { key } => drop(self.raised.remove(key)),
            }
        }
        self.last.clone_from(&decision.explanation.rule);
        decision
    }

    fn keep_card(&mut self, card: &Card, followed: bool, told: bool, engine: bool) {
        let old = self.kept.get(&card.id).cloned();
        let kept = Kept {
            card: Card { closed: card.closed.or(Some(false)), ..card.clone() },
            watchers: old.as_ref().map(|old| old.watchers.clone()).unwrap_or_default(),
            followed: followed || old.as_ref().is_some_and(|old| old.followed),
            told: if told { Some(card.status.clone()) } else { old.as_ref().and_then(|old| old.told.clone()) },
            missed: if engine { 0 } else { old.as_ref().map_or(0, |old| old.missed) },
            gone_at: old.filter(|_| !engine).and_then(|old| old.gone_at),
        };
        self.kept.insert(card.id, kept);
    }

    fn keep_entries(&mut self, ticket: TicketId, entries: &[Entry], told: bool) {
        for entry in entries {
            let told = told || self.entries.get(&entry.id).is_some_and(|(_, _, told)| *told);
            self.entries.insert(entry.id, (ticket, entry.clone(), told));
        }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Card { card, followed } => self.keep_card(card, *followed, *followed, *followed),
            Change::Ticket { ticket, followed, told, .. } => {
                self.keep_card(&ticket.card, *followed, *told, true);
                let watchers = ticket.watchers.iter().map(|who| who.id).collect();
                self.kept.get_mut(&ticket.card.id).unwrap().watchers = watchers;
                self.keep_entries(ticket.card.id, &ticket.entries, *told);
            }
            Change::Entries { ticket, entries, told } => self.keep_entries(*ticket, entries, *told),
            Change::View { account, ticket, .. } => {
                let of = |id: i64| self.entries.get(&id).is_some_and(|(of, ..)| *of == ticket.card.id);
                let others = self.shown.iter().filter(|(who, id)| who != account || !of(*id));
                self.shown = others.copied().collect();
                self.keep_entries(ticket.card.id, &ticket.entries, false);
                self.shown.extend(ticket.entries.iter().filter(|e| e.private).map(|e| (*account, e.id)));
            }
            Change::Unseen { account, ticket } => {
                let of = |id: i64| self.entries.get(&id).is_some_and(|(of, ..)| of == ticket);
                let others = self.shown.iter().filter(|(who, id)| who != account || !of(*id));
                self.shown = others.copied().collect();
            }
            Change::Looked { ticket, missed, gone_at, .. } => {
                let kept = self.kept.get_mut(ticket).unwrap();
                (kept.missed, kept.gone_at) = (*missed, *gone_at);
            }
            Change::NoteGone { entry, removed, .. } => match (removed, self.entries.get_mut(entry)) {
                (true, _) => drop(self.entries.remove(entry)),
                (false, there) => there.unwrap().1.notes = None,
            },
            Change::Watched { ticket, user, on } => {
                let watchers = &mut self.kept.get_mut(ticket).unwrap().watchers;
                let _ = if *on { watchers.insert(*user) } else { watchers.remove(user) };
            }
            Change::Dictionary { .. } => {}
            Change::Asked { asked } => drop(self.asked.insert(asked.id, (**asked).clone())),
        }
    }

    /// The snapshot, as the store loads it.
    fn known(&self, fact: &Fact) -> Known {
        let next = self.asked.keys().last().map_or(1, |id| id.0 + 1);
        let mut known = Known::nothing_but(TicketChangeId(next));
        let mut keep = |id: &TicketId| known.kept.extend(self.kept.get(id).map(|kept| (*id, kept.clone())));
        match fact {
            Fact::Listed { cards } => cards.iter().for_each(|card| keep(&card.id)),
            Fact::Elsewhere { tickets, .. } => tickets.iter().for_each(keep),
            Fact::LookedFor { asked, .. } => asked.iter().for_each(keep),
            Fact::Read { ticket, .. }
            | Fact::Seen { ticket, .. }
            | Fact::Changed { ticket, .. }
            | Fact::Conflict { ticket, .. }
            | Fact::Created { ticket, .. } => keep(&ticket.card.id),
            Fact::Failed { what: TicketAim::Read { ticket, .. }, .. } => keep(ticket),
            Fact::Asked(ask) => {
                if let Some(ticket) = ask.what.ticket() {
                    keep(&ticket);
                }
            }
            _ => {}
        }
        match fact {
            Fact::Read { ticket, from, .. } => {
                known.known_entries = self.told_entries(ticket.card.id);
                known.statuses = (1..=5).map(|id| (id, status(id).name)).collect();
                known.people = [MARIA, PETR, OLEG].map(|id| (id, who(id).name)).into();
                known.readers.clone_from(&self.readers);
                let since = from.unwrap_or(self.now).min(self.now) - SignedDuration::from_mins(10);
                let recent = |a: &&Asked| a.settled_at.is_none_or(|at| at > since);
                let theirs =
                    |a: &&Asked| a.ticket == Some(ticket.card.id) || a.ticket.is_none() && a.settled_at.is_none();
                known.under_way = self.asked.values().filter(theirs).filter(recent).cloned().collect();
            }
            Fact::LookedFor { .. } | Fact::Failed { what: TicketAim::Read { .. }, .. } => {
                known.readers.clone_from(&self.readers);
            }
            Fact::Changed { change, ticket, .. }
            | Fact::Conflict { change, ticket, .. }
            | Fact::Created { change, ticket, .. } => {
                known.asked = self.asked.get(change).cloned();
                known.known_entries = self.told_entries(ticket.card.id);
            }
            Fact::Failed { what: TicketAim::Change { change }, .. } => {
                known.asked = self.asked.get(change).cloned();
                let ticket = known.asked.as_ref().and_then(|asked| asked.ticket);
                known.kept = ticket.and_then(|id| Some((id, self.kept.get(&id)?.clone()))).into_iter().collect();
            }
            Fact::SweepDue {} => {
                let followed = self.kept.values().filter(|kept| kept.followed);
                known.sweep = followed.map(|kept| kept.card.id).collect();
            }
            _ => {}
        }
        known
    }

    fn told_entries(&self, id: TicketId) -> BTreeSet<i64> {
        let told = self.entries.values().filter(|(of, _, told)| *of == id && *told);
        told.map(|(_, entry, _)| entry.id).collect()
    }

    /// A look of the poll brings a ticket of the scope.
    fn reads(&mut self, ticket: Ticket, from: Instant) -> Decision<Change> {
        let ticket = Box::new(ticket);
        self.happens(&Fact::Read { ticket, in_scope: true, from: Some(from), many: false })
    }

    /// Somebody opened it, and the engine's account read it.
    fn opens(&mut self, ticket: Ticket) -> Decision<Change> {
        let ticket = Box::new(ticket);
        self.happens(&Fact::Read { ticket, in_scope: true, from: None, many: false })
    }

    /// Who was told since the last question, and why.
    fn heard(&mut self) -> Vec<String> {
        let mut heard: Vec<_> = std::mem::take(&mut self.told)
            .into_iter()
            .map(|(key, login, why)| format!("{} {login} {why}", key.trim_start_matches("tickets:")))
            .collect();
        heard.sort();
        heard
    }

    fn notice(&self, key: &str) -> &Notice {
        self.raised.get(&format!("tickets:{key}")).unwrap_or_else(|| panic!("{key}: {:?}", self.raised.keys()))
    }

    fn asks(&mut self, by: &str, account: Option<i64>, what: Intent) -> Option<Answer> {
        let ask = Ask { by: by.to_owned(), name: format!("Имя {by}"), account, what };
        self.happens(&Fact::Asked(Box::new(ask))).answer
    }
}

fn change(wanted: Wanted, seen: Wanted, note: Option<&str>) -> Intent {
    let note = note.map(str::to_owned);
    Intent::Change { ticket: TICKET, wanted, seen, note, private: false, files: vec![] }
}

fn to_status(id: i64) -> Wanted {
    Wanted { status: Some(id), ..Wanted::default() }
}
