//! Figures of tickets by who worked on them and by month (behaviour/helpdesk 8): what belongs to a report, and how it is grouped.
//!
//! Deliberately not here: reading the tickets (the store's), files and pages (whoever shows it).

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Named;
use crate::{Instant, TicketId};

/// The group of tickets nobody works on.
pub const UNASSIGNED: &str = "unassigned";

/// Which day of a ticket counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "TicketReportDay")]
pub enum Day {
    /// When it was written.
    #[default]
    Created,
    /// When it was closed; only those that are closed.
    Closed,
}

/// How the tickets are grouped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "TicketGrouping")]
pub enum Grouping {
    /// By who works on them.
    #[default]
    Executor,
    /// By month.
    Month,
    /// By who works on them, and each of those by month.
    ExecutorMonth,
    /// By month, and each of those by who works on them.
    MonthExecutor,
}

/// Of which status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
#[ts(rename = "TicketReportStatus")]
pub enum StatusIs {
    /// Those that are not over.
    Open,
    /// Those that are.
    Closed,
    /// One.
    Is {
        /// Which.
        #[ts(type = "number")]
        id: i64,
    },
}

/// A report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "TicketReport")]
pub struct Report {
    /// Of which project.
    #[ts(type = "number")]
    pub project: i64,
    /// Which day counts.
    pub day: Day,
    /// From this day on, `YYYY-MM-DD`.
    #[ts(type = "string | null")]
    pub from: Option<Date>,
    /// To this day, inclusive.
    #[ts(type = "string | null")]
    pub to: Option<Date>,
    /// Of one year.
    pub year: Option<i16>,
    /// Of these months, 1 to 12; of all where it is empty.
    pub months: Vec<i8>,
    /// Of which status.
    pub status: Option<StatusIs>,
    /// Of one who works on them; 0 for nobody.
    #[ts(type = "number | null")]
    pub executor: Option<i64>,
    /// How they are grouped.
    pub grouping: Grouping,
}

/// A ticket as a report looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub id: TicketId,
    /// Its title.
    pub subject: String,
    /// Its status.
    pub status: Named,
    /// Whether that ends it.
    pub closed: bool,
    /// Who works on it.
    pub executor: Option<Named>,
    /// When it was written.
    pub created_on: Instant,
    /// When it was closed.
    pub closed_on: Option<Instant>,
}

/// Tickets that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "TicketGroup")]
pub struct Group {
    /// The tracker's number of who works on them, `unassigned`, or a month as `YYYY-MM`.
    pub id: String,
    /// The name of who works on them; a month as `YYYY-MM`; empty for nobody.
    pub name: String,
    /// How many.
    pub count: u32,
    /// What the group is made of.
    pub children: Vec<Group>,
}

impl Report {
    /// The instants between which the day that counts lies, in a zone: from the first, before the second. A period without bounds is all
    /// time.
    #[must_use]
    pub fn bounds(&self, zone: &TimeZone) -> (Instant, Instant) {
        let year = |month, day| self.year.and_then(|year| Date::new(year, month, day).ok());
        let from = [self.from, year(1, 1)].into_iter().flatten().max();
        let to = [self.to, year(12, 31)].into_iter().flatten().min();
        let start = |day: Date| day.to_zoned(zone.clone()).map(|start| start.timestamp());
        (
            from.and_then(|day| start(day).ok()).unwrap_or(Instant::MIN),
            to.and_then(|day| start(day.tomorrow().ok()?).ok()).unwrap_or(Instant::MAX),
        )
    }

    /// The month in which a ticket counts, `YYYY-MM`; `None` where it does not belong to the report.
    #[must_use]
    pub fn month_of(&self, line: &Line, zone: &TimeZone) -> Option<String> {
        let at = match self.day {
            Day::Created => line.created_on,
            Day::Closed => line.closed_on.filter(|_| line.closed)?,
        };
        let (from, before) = self.bounds(zone);
        let status = match self.status {
            None => true,
            Some(StatusIs::Open) => !line.closed,
            Some(StatusIs::Closed) => line.closed,
            Some(StatusIs::Is { id }) => line.status.id == id,
        };
        let executor = line.executor.as_ref().map_or(0, |who| who.id);
        let day = at.to_zoned(zone.clone()).date();
        let belongs = status
            && (from..before).contains(&at)
            && (self.months.is_empty() || self.months.contains(&day.month()))
            && self.executor.is_none_or(|wanted| wanted == executor);
        belongs.then(|| day.strftime("%Y-%m").to_string())
    }

    /// The groups of tickets, people by name with nobody last, months in their order.
    #[must_use]
    pub fn groups<'l>(&self, lines: impl IntoIterator<Item = &'l Line>, zone: &TimeZone) -> Vec<Group> {
        let mut groups: BTreeMap<Key, (u32, BTreeMap<Key, u32>)> = BTreeMap::new();
        for line in lines {
            let Some(month) = self.month_of(line, zone) else { continue };
            let (executor, month) = (Key::of(line.executor.as_ref()), Key::Month(month));
            let (first, second) = match self.grouping {
                Grouping::Executor => (executor, None),
                Grouping::Month => (month, None),
                Grouping::ExecutorMonth => (executor, Some(month)),
                Grouping::MonthExecutor => (month, Some(executor)),
            };
            let (count, children) = groups.entry(first).or_default();
            *count += 1;
            if let Some(second) = second {
                *children.entry(second).or_default() += 1;
            }
        }
        let group = |(key, (count, children)): (Key, (u32, BTreeMap<Key, u32>))| {
            let children = children.into_iter().map(|(key, count)| key.group(count, vec![])).collect();
            key.group(count, children)
        };
        groups.into_iter().map(group).collect()
    }
}

/// What tickets have in common; the order is that of the groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Executor { name: String, id: i64 },
    Nobody,
    Month(String),
}

impl Key {
    fn of(executor: Option<&Named>) -> Self {
        executor.map_or(Self::Nobody, |who| Self::Executor { name: who.name.clone(), id: who.id })
    }

    fn group(self, count: u32, children: Vec<Group>) -> Group {
        let (id, name) = match self {
            Self::Executor { name, id } => (id.to_string(), name),
            Self::Nobody => (UNASSIGNED.to_owned(), String::new()),
            Self::Month(month) => (month.clone(), month),
        };
        Group { id, name, count, children }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64, executor: Option<(i64, &str)>, created: &str, closed: Option<&str>) -> Line {
        Line {
            id: TicketId(id),
            subject: String::new(),
            status: Named { id: if closed.is_some() { 5 } else { 1 }, name: String::new() },
            closed: closed.is_some(),
            executor: executor.map(|(id, name)| Named { id, name: name.to_owned() }),
            created_on: created.parse().unwrap(),
            closed_on: closed.map(|at| at.parse().unwrap()),
        }
    }

    fn lines() -> Vec<Line> {
        let (petr, anna) = (Some((7, "Жуков Пётр")), Some((6, "Белова Анна")));
        vec![
            line(1, petr, "2026-01-31T20:59:59Z", Some("2026-03-01T10:00:00Z")),
            // Already February in Moscow.
            line(2, petr, "2026-01-31T21:00:00Z", None),
            line(3, anna, "2026-02-10T10:00:00Z", Some("2026-02-11T10:00:00Z")),
            line(4, None, "2025-02-10T10:00:00Z", None),
        ]
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Moscow").unwrap()
    }

    fn told(report: &Report) -> Vec<(String, u32, Vec<(String, u32)>)> {
        let child = |group: Group| (group.id, group.count);
        let group = |group: Group| (group.id, group.count, group.children.into_iter().map(child).collect());
        report.groups(&lines(), &zone()).into_iter().map(group).collect()
    }

    fn of(id: &str, count: u32, children: &[(&str, u32)]) -> (String, u32, Vec<(String, u32)>) {
        (id.to_owned(), count, children.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect())
    }

    #[test]
    fn four_ways_of_grouping_with_nobody_last() {
        let by = |grouping| told(&Report { grouping, ..Report::default() });
        assert_eq!(by(Grouping::Executor), [of("6", 1, &[]), of("7", 2, &[]), of(UNASSIGNED, 1, &[])]);
        assert_eq!(by(Grouping::Month), [of("2025-02", 1, &[]), of("2026-01", 1, &[]), of("2026-02", 2, &[])]);
        assert_eq!(
            by(Grouping::ExecutorMonth),
            [
                of("6", 1, &[("2026-02", 1)]),
                of("7", 2, &[("2026-01", 1), ("2026-02", 1)]),
                of(UNASSIGNED, 1, &[("2025-02", 1)])
            ]
        );
        assert_eq!(
            by(Grouping::MonthExecutor),
            [
                of("2025-02", 1, &[(UNASSIGNED, 1)]),
                of("2026-01", 1, &[("7", 1)]),
                of("2026-02", 2, &[("6", 1), ("7", 1)])
            ]
        );
    }

    #[test]
    fn a_period_is_whole_days_of_the_zone_and_closed_ones_count_when_they_were_closed() {
        let day = |day: &str| Some(day.parse().unwrap());
        let months = |report: &Report| told(&Report { grouping: Grouping::Month, ..report.clone() });
        let january = Report { from: day("2026-01-31"), to: day("2026-01-31"), ..Report::default() };
        assert_eq!(months(&january), [of("2026-01", 1, &[])]);
        let closed = Report { day: Day::Closed, ..Report::default() };
        assert_eq!(months(&closed), [of("2026-02", 1, &[]), of("2026-03", 1, &[])]);
        let year = Report { year: Some(2026), months: vec![2], ..Report::default() };
        assert_eq!(months(&year), [of("2026-02", 2, &[])]);
    }

    #[test]
    fn a_report_can_be_of_a_status_or_of_one_person() {
        let count = |report: Report| told(&report).iter().map(|(_, count, _)| count).sum::<u32>();
        assert_eq!(count(Report { status: Some(StatusIs::Open), ..Report::default() }), 2);
        assert_eq!(count(Report { status: Some(StatusIs::Closed), ..Report::default() }), 2);
        assert_eq!(count(Report { status: Some(StatusIs::Is { id: 1 }), ..Report::default() }), 2);
        assert_eq!(count(Report { executor: Some(7), ..Report::default() }), 2);
        assert_eq!(count(Report { executor: Some(0), ..Report::default() }), 1);
    }
}
