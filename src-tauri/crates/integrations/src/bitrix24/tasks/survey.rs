//! Finds out about people at this moment: whether they work here still, whether they are away, and which of them the author is
//! (behaviour/erp_tasks 6.4, 6.5, 6.8).
//!
//! Deliberately not here: what they have to do (`load`), and who is chosen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, tz::TimeZone};
use pult_domain::{
    Instant,
    areas::erp::{Load, Metric, Survey, Surveyed, directory::normal},
};
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        Bitrix24,
        client::{Command, First, Key, Listing, MAX_COMMANDS},
        loose::{entry, flag, items, number, text},
        people as asked_by_mail,
    },
    directory::{EMPLOYEE, PEOPLE, ROWS, id, is_employee, name},
    has_to_wait, load,
};

/// The method that tells who is away.
pub(super) const ABSENCES: &str = "calendar.accessibility.get";
/// The method that finds people by their last names.
const SEARCH: &str = asked_by_mail::SEARCH;
/// Users read at most for an author.
const NAMESAKES: Listing = Listing { most: 200, ..ROWS };
/// People asked about with one command.
const TOGETHER: usize = MAX_COMMANDS;

/// What a command is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Staff,
    Absence,
    Author,
    /// What everybody has to do.
    Loads,
    /// How many tasks one has.
    Count(i64),
}

impl Bitrix24 {
    /// Asks about people, all in one request where there are few of them.
    pub(super) async fn survey(
        &self,
        people: &[i64],
        metric: Metric,
        author: Option<&str>,
        said: &mut Vec<Exchange>,
    ) -> Result<Survey, CallError> {
        let began = (self.clock)();
        let people: BTreeSet<i64> = people.iter().copied().collect();
        let questions = questions(&people, metric, author, began);
        let commands: Vec<_> = questions.iter().map(|(_, command)| command.clone()).collect();
        let (mut firsts, mut absent, mut loads) = (vec![], BTreeSet::new(), BTreeMap::new());
        for ((question, command), ran) in questions.into_iter().zip(self.run(&commands, said).await?) {
            let outcome = ran.outcome();
            match (question, outcome) {
                (_, Err(trouble)) if has_to_wait(&trouble.error) => return Err(trouble.error),
                (Question::Staff | Question::Absence, Err(trouble)) => return Err(trouble.error),
                // The work goes on without: a task needs no author of ours, and loads are asked for one by one then.
                (Question::Author | Question::Loads, Err(_)) => {}
                (Question::Count(person), outcome) => _ = loads.insert(person, load::counted(outcome)),
                (Question::Absence, Ok(page)) => absent.extend(away(&page.result, &people, began)),
                (question, Ok(page)) => {
                    let listing = match question {
                        Question::Loads => load::LISTING,
                        Question::Author => NAMESAKES,
                        _ => ROWS,
                    };
                    firsts.push((question, First { command, listing, page }));
                }
            }
        }
        let (kinds, firsts): (Vec<_>, Vec<_>) = firsts.into_iter().unzip();
        let (mut staff, mut namesakes) = (vec![], vec![]);
        for (question, rows) in kinds.into_iter().zip(self.client.rest(Key::Tasks, firsts, said).await?) {
            match (question, rows) {
                (_, Err(trouble)) if has_to_wait(&trouble.error) => return Err(trouble.error),
                (Question::Staff, rows) => staff.extend(rows?),
                (Question::Author, Ok(rows)) => namesakes.extend(rows),
                (Question::Loads, Ok(rows)) => loads = load::of_all(&rows, &people).unwrap_or_default(),
                _ => {}
            }
        }
        if loads.is_empty() {
            loads = self.loads_apart(&people, said).await?;
        }
        let active: BTreeSet<i64> = staff.iter().filter(|row| is_employee(row)).filter_map(id).collect();
        let unread = || Load::Unknown { reason: "the portal said nothing of it".to_owned() };
        let of = |person: &i64| Surveyed {
            id: *person,
            active: active.contains(person),
            absent: absent.contains(person),
            load: loads.get(person).cloned().unwrap_or_else(unread),
        };
        let author = author.and_then(|author| find(&namesakes, author));
        Ok(Survey { began, author, people: people.iter().map(of).collect() })
    }
}

fn questions(people: &BTreeSet<i64>, metric: Metric, author: Option<&str>, now: Instant) -> Vec<(Question, Command)> {
    let mut all = vec![];
    let mut ask = |question: Question, method: &'static str, params: Value| {
        all.push((question, Command::repeatable(format!("q{}", all.len()), method, params)));
    };
    // The portal's own zone is not known; its days lie within a day of ours.
    let day = |hours: i64| {
        let at = now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now);
        at.to_zoned(TimeZone::UTC).date().to_string()
    };
    let listed: Vec<i64> = people.iter().copied().collect();
    for some in listed.chunks(TOGETHER) {
        ask(Question::Staff, PEOPLE, json!({"FILTER": {"ID": some}, "sort": "ID", "order": "ASC", "start": 0}));
        ask(Question::Absence, ABSENCES, json!({"users": some, "from": day(-24), "to": day(24)}));
    }
    match author.map(str::trim).filter(|author| !author.is_empty()) {
        Some(mail) if mail.contains('@') => {
            let filter = json!({"EMAIL": mail, "ACTIVE": true});
            ask(Question::Author, PEOPLE, json!({"FILTER": filter, "sort": "ID", "order": "ASC", "start": 0}));
        }
        Some(name) => {
            let words: Vec<_> = name.split_whitespace().collect();
            let ends: BTreeSet<_> = [words.first(), words.last()].into_iter().flatten().collect();
            for last_name in ends {
                let filter = json!({"LAST_NAME": last_name, "ACTIVE": true});
                ask(Question::Author, SEARCH, json!({"FILTER": filter, "sort": "ID", "order": "ASC", "start": 0}));
            }
        }
        None => {}
    }
    match metric {
        Metric::RemainingTime if !listed.is_empty() => ask(Question::Loads, load::METHOD, load::open_tasks(&listed)),
        Metric::RemainingTime => {}
        Metric::OpenCount => listed.iter().for_each(|one| ask(Question::Count(*one), load::METHOD, load::count(*one))),
    }
    all
}

/// Who of these people is away now, by the portal's instants: local dates would need its zone.
fn away(result: &Value, people: &BTreeSet<i64>, now: Instant) -> Vec<i64> {
    const DAY: i64 = 24 * 60 * 60;
    let now = now.as_second();
    let covers = |event: &&Value| {
        let of = |key: &str| entry(event, key).and_then(number);
        let absent = entry(event, "ACCESSIBILITY").and_then(text).is_some_and(|word| word == "absent");
        let (Some(from), Some(to)) = (of("DATE_FROM_TS_UTC"), of("DATE_TO_TS_UTC")) else { return false };
        // Of whole days the second instant is the midnight at which the last one begins.
        let to = if entry(event, "DT_SKIP_TIME").is_some_and(flag) { to.saturating_add(DAY) } else { to };
        absent && from <= now && now < to
    };
    let is_away = |person: &&i64| {
        let events = entry(result, &person.to_string()).map(items).unwrap_or_default();
        events.iter().any(covers)
    };
    people.iter().filter(is_away).copied().collect()
}

/// The only employee of this very address, or of this very name in one of its orders.
fn find(rows: &[Value], author: &str) -> Option<i64> {
    if author.contains('@') {
        let found = asked_by_mail::find(rows, author, &[EMPLOYEE.to_owned()]);
        return found.ok()?.ok()?.parse().ok();
    }
    let wanted = normal(author);
    let is_the_one = |row: &&Value| {
        let spellings = [
            name(row, ["NAME", "LAST_NAME"]),
            name(row, ["LAST_NAME", "NAME"]),
            name(row, ["LAST_NAME", "NAME", "SECOND_NAME"]),
            name(row, ["NAME", "SECOND_NAME", "LAST_NAME"]),
        ];
        is_employee(row) && spellings.iter().any(|spelling| normal(spelling) == wanted)
    };
    let found: BTreeSet<i64> = rows.iter().filter(is_the_one).filter_map(id).collect();
    if found.len() == 1 { found.first().copied() } else { None }
}
