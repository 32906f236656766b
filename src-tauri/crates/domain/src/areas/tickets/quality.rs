//! Tickets sorted by what kind of request they are (behaviour/helpdesk 8, quality): complaints, thanks, questions and suggestions by airline,
//! by agency, or by whatever else a ticket tells. The kind is a field of the tracker's own.
//!
//! Deliberately not here: reading the tickets (the store's), and who may look (the console's commands).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Named;

/// The tracker's number of the field that tells the kind of a request, unless another is asked for (behaviour/helpdesk 8).
pub const KIND_FIELD: i64 = 21;
/// The tracker's number of the field that heads a request, in the same place.
pub const HEADER_FIELD: i64 = 22;
/// Kinds counted apart at most: what is rarer is counted together.
pub const MOST_KINDS: usize = 20;
/// Rows of a tally at most.
pub const MOST_ROWS: usize = 500;

/// By what the rows of a tally differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
#[ts(rename = "QualityBy")]
pub enum By {
    /// A field of the tracker's own.
    Field {
        /// Its name.
        name: String,
    },
    /// The kind of ticket.
    Tracker {},
    /// The category.
    Category {},
    /// Who wrote it.
    Author {},
    /// Who works on it.
    Executor {},
}

/// A ticket as a tally looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// The kind of ticket.
    pub tracker: String,
    /// Its status, the tracker's number.
    pub status: i64,
    /// Its category.
    pub category: Option<String>,
    /// Who wrote it.
    pub author: Option<Named>,
    /// Who works on it.
    pub executor: Option<Named>,
    /// Fields of the tracker's own: names and values.
    pub custom: Vec<(String, String)>,
}

/// Tickets of one row, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "QualityRow")]
pub struct Row {
    /// What they have in common; empty where a ticket does not tell.
    pub name: String,
    /// How many of each kind, in the order of the tally's kinds.
    pub counts: Vec<u32>,
    /// How many of rarer kinds.
    pub others: u32,
    /// How many in all.
    pub total: u32,
}

/// Tickets by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "QualityTally")]
pub struct Tally {
    /// The kinds, the most frequent first; empty for tickets that tell none.
    pub kinds: Vec<String>,
    /// The rows, the longest first, 500 at most.
    pub rows: Vec<Row>,
    /// All tickets, also those of rows that are left out.
    pub sum: Row,
    /// Rows that are left out.
    pub more: usize,
    /// Tickets that nobody has taken on: with the tracker's first status.
    pub new: u32,
}

impl Sorted {
    fn field(&self, wanted: &str) -> &str {
        self.custom.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim())
    }

    fn part(&self, by: &By) -> &str {
        match by {
            By::Field { name } => self.field(name),
            By::Tracker {} => &self.tracker,
            By::Category {} => self.category.as_deref().unwrap_or_default(),
            By::Author {} => self.author.as_ref().map_or("", |who| &who.name),
            By::Executor {} => self.executor.as_ref().map_or("", |who| &who.name),
        }
    }
}

/// Counts tickets by the kind that a field tells, and by what the rows differ in. `first` is the status of new tickets.
#[must_use]
pub fn tally(tickets: &[Sorted], kind: &str, by: &By, first: i64) -> Tally {
    let mut often: BTreeMap<&str, u32> = BTreeMap::new();
    for ticket in tickets {
        *often.entry(ticket.field(kind)).or_default() += 1;
    }
    let mut kinds: Vec<(&str, u32)> = often.into_iter().collect();
    // The same again by name, so that equal ones keep their places.
    kinds.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    kinds.truncate(MOST_KINDS);
    let kinds: Vec<&str> = kinds.into_iter().map(|(name, _)| name).collect();
    let empty = |name: &str| Row { name: name.to_owned(), counts: vec![0; kinds.len()], others: 0, total: 0 };
    let (mut rows, mut sum): (BTreeMap<&str, Row>, Row) = (BTreeMap::new(), empty(""));
    for ticket in tickets {
        let place = kinds.iter().position(|known| *known == ticket.field(kind));
        let part = ticket.part(by);
        for row in [rows.entry(part).or_insert_with(|| empty(part)), &mut sum] {
            match place.and_then(|place| row.counts.get_mut(place)) {
                Some(count) => *count += 1,
                None => row.others += 1,
            }
            row.total += 1;
        }
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.name.cmp(&b.name)));
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    let new = tickets.iter().filter(|ticket| ticket.status == first).count();
    Tally {
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        rows,
        sum,
        more,
        new: u32::try_from(new).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(kind: &str, airline: &str, status: i64) -> Sorted {
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Sorted {
            tracker: "Обращение".to_owned(),
            status,
            category: None,
            author: Some(Named { id: 7, name: "Орлова Мария".to_owned() }),
            executor: None,
            custom: vec![named("Тип", kind), named("Компания", airline)],
        }
    }

    fn field(name: &str) -> By {
        By::Field { name: name.to_owned() }
    }

    #[test]
    fn every_ticket_is_in_one_row_and_of_one_kind_and_what_tells_nothing_is_counted_too() {
        let tickets = [
            ticket("Жалоба", "Север", 1),
            ticket("Жалоба ", "Север", 5),
            ticket("Вопрос", "Юг", 1),
            ticket("", "Север", 2),
        ];
        let tally = tally(&tickets, "Тип", &field("Компания"), 1);
        assert_eq!(tally.kinds, ["Жалоба", "", "Вопрос"]);
        let rows: Vec<_> = tally.rows.iter().map(|row| (row.name.as_str(), row.counts.as_slice(), row.total)).collect();
        assert_eq!(rows, [("Север", &[2, 1, 0][..], 3), ("Юг", &[0, 0, 1][..], 1)]);
        assert_eq!((tally.sum.counts.as_slice(), tally.sum.total, tally.new), (&[2, 1, 1][..], 4, 2));
    }

    #[test]
    fn rows_differ_by_what_is_asked_for() {
        let tickets = [ticket("Жалоба", "Север", 1), ticket("Вопрос", "Юг", 1)];
        for (by, name) in [
            (By::Tracker {}, "Обращение"),
            (By::Category {}, ""),
            (By::Author {}, "Орлова Мария"),
            (By::Executor {}, ""),
            (field("Нет такого"), ""),
        ] {
            let tally = tally(&tickets, "Тип", &by, 1);
            assert_eq!(tally.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), [name], "{by:?}");
        }
    }

    #[test]
    fn rare_kinds_are_counted_together_and_rows_beyond_the_last_are_told() {
        let tickets: Vec<_> = (0..MOST_ROWS + 3).map(|n| ticket(&format!("К{n:04}"), &format!("С{n}"), 2)).collect();
        let tally = tally(&tickets, "Тип", &field("Компания"), 1);
        assert_eq!((tally.kinds.len(), tally.rows.len(), tally.more), (MOST_KINDS, MOST_ROWS, 3));
        assert_eq!(tally.sum.others as usize, tickets.len() - MOST_KINDS);
        assert_eq!((tally.sum.total as usize, tally.new), (tickets.len(), 0));
    }
}
