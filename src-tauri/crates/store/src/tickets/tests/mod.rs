//! What is kept of tickets: read back whole, shown to whom it may be shown, and forgotten.

mod activity;
mod kept;
mod pages;
mod snapshot;

use pult_domain::{
    Instant, TicketChangeId, TicketId,
    areas::tickets::{
        Ask, Asked, AskedState, Attachment, Card, Change, Detail, Entry, Intent, Named, Part, Status, Ticket, Wanted,
    },
};
use rusqlite::Connection;

use super::*;
use crate::{
    accounts,
    migrations::in_memory,
    people::{self, BlockedBy, Profile, Rights, Role},
};

/// Wrote the tickets.
const MARIA: i64 = 7;
/// Works on them.
const PETR: i64 = 8;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn at(second: i64) -> Instant {
    Instant::from_second(1_795_000_000 + second).unwrap()
}

fn named(id: i64, name: &str) -> Named {
    Named { id, name: name.to_owned() }
}

fn card(id: i64) -> Card {
    Card {
        id: TicketId(id),
        project: named(1, "Поддержка"),
        tracker: named(2, "Ошибка"),
        status: named(1, "Новая"),
        closed: Some(false),
        priority: named(4, "Обычный"),
        author: Some(named(MARIA, "Орлова Мария")),
        assignee: Some(named(PETR, "Жуков Пётр")),
        category: Some("Офис".to_owned()),
        parent: Some(TicketId(1)),
        subject: "Не печатает принтер".to_owned(),
        description: "Второй этаж, комната «Ёж»".to_owned(),
        done_ratio: 30,
        private: true,
        emails: vec!["client@example.com".to_owned()],
        custom: vec![("Что нового".to_owned(), "да".to_owned())],
        start_date: Some("2026-11-20".to_owned()),
        due_date: Some("2026-11-30".to_owned()),
        created_on: at(id),
        updated_on: at(id),
        closed_on: Some(at(9)),
    }
}

fn entry(id: i64, text: Option<&str>) -> Entry {
    Entry {
        id,
        user: named(PETR, "Жуков Пётр"),
        notes: text.map(str::to_owned),
        private: false,
        details: vec![Detail {
            part: Part::Status,
            name: "status_id".to_owned(),
            old: Some("1".to_owned()),
            new: Some("2".to_owned()),
        }],
        created_on: at(id),
        updated_on: Some(at(id + 1)),
    }
}

fn private(id: i64, text: &str) -> Entry {
    Entry { private: true, ..entry(id, Some(text)) }
}

fn ticket(id: i64, entries: Vec<Entry>) -> Ticket {
    let file = |number: i64| Attachment {
        id: id * 10 + number,
        name: format!("фото {number}.png"),
        size: 12,
        content_type: Some("image/png".to_owned()),
        author: Some("Орлова Мария".to_owned()),
        created_on: at(id),
    };
    Ticket {
        card: card(id),
        entries,
        attachments: vec![file(1), file(2)],
        watchers: vec![named(9, "Лисин Олег"), named(3, "Седова Инна")],
        children: vec![named(77, "Часть")],
        allowed: Some(vec![named(1, "Новая"), named(2, "В работе")]),
    }
}

/// A look of the poll brought it.
fn read(ticket: Ticket) -> Change {
    Change::Ticket { ticket: Box::new(ticket), followed: true, told: true, at: at(100) }
}

fn listed(card: Card) -> Change {
    Change::Card { card: Box::new(card), followed: true }
}

fn view(account: i64, ticket: Ticket) -> Change {
    Change::View { account, ticket: Box::new(ticket), at: at(100) }
}

fn asked(id: i64, ticket: Option<i64>) -> Asked {
    let what = Intent::Change {
        ticket: TicketId(ticket.unwrap_or(1)),
        wanted: Wanted { status: Some(2), priority: Some(9), assignee: Some(0) },
        seen: Wanted::default(),
        note: Some("Смотрю".to_owned()),
        private: false,
        files: vec![],
    };
    let ask = Ask { by: "anna".to_owned(), name: "Смирнова Анна".to_owned(), account: None, what };
    let (id, ticket, state) = (TicketChangeId(id), ticket.map(TicketId), AskedState::Sending);
    Asked { id, ticket, ask, state, trouble: None, entries: vec![], at: at(0), settled_at: None }
}

fn wish(asked: Asked) -> Change {
    Change::Asked { asked: Box::new(asked) }
}

fn keep(connection: &Connection, changes: impl IntoIterator<Item = Change>) {
    for change in changes {
        apply(connection, &change).unwrap();
    }
}

fn house(changes: impl IntoIterator<Item = Change>) -> Connection {
    let connection = in_memory().unwrap();
    keep(&connection, changes);
    connection
}

fn person(connection: &Connection, login: &str, email: Option<&str>) -> people::PersonId {
    let (full_name, email) = (login.to_owned(), email.map(str::to_owned));
    let profile = Profile { full_name, email, ..Profile::default() };
    people::insert(connection, login, &profile, &Rights::of(Role::Viewer), at(0)).unwrap()
}

fn supervisor() -> Viewer {
    Viewer { all: true, ..Viewer::default() }
}

fn detail_for(connection: &Connection, viewer: &Viewer, account: Option<i64>, id: i64) -> Option<TicketDetailRow> {
    detail(connection, viewer, account, TicketId(id), at(200)).unwrap()
}

/// The words of each entry as an account is shown them.
fn words(connection: &Connection, account: Option<i64>) -> Vec<(i64, Option<String>, bool)> {
    let row = detail_for(connection, &supervisor(), account, 1).unwrap();
    row.entries.into_iter().map(|entry| (entry.id, entry.notes, entry.hidden)).collect()
}

fn status(id: i64, name: &str, closed: bool) -> Status {
    Status { id, name: name.to_owned(), closed }
}
