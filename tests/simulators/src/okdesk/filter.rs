//! Parameters of `issues/list` and `issues/count`, and the pages of lists. A parameter nobody knows is ignored; a known one of
//! the wrong kind is refused.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz,
};
use serde_json::Value;

use super::{
    api::Refused,
    issue::{Author, Issue},
};

/// Most rows of a page of issues or employees.
const LARGEST: u64 = 50;
/// Most rows of a page of companies.
const LARGEST_KEYSET: u64 = 100;

/// A page by number.
pub(super) struct Page {
    pub(super) skip: usize,
    pub(super) size: usize,
}

impl Page {
    pub(super) fn numbered(query: &Value) -> Result<Self, Refused> {
        let size = number(query, "size", LARGEST)?.unwrap_or(LARGEST);
        let number = number(query, "number", u64::MAX)?.unwrap_or(1);
        Ok(Self { skip: index((number - 1) * size), size: index(size) })
    }
}

/// A page after a key.
pub(super) struct Keyset {
    pub(super) from: Option<u64>,
    pub(super) size: usize,
    pub(super) reverse: bool,
}

impl Keyset {
    pub(super) fn of(query: &Value) -> Result<Self, Refused> {
        let size = number(query, "size", LARGEST_KEYSET)?.unwrap_or(LARGEST);
        let reverse = match query["page"]["direction"].as_str() {
            None | Some("forward") => false,
            Some("reverse") => true,
            Some(_) => return Err(Refused::value(&["page", "direction"], Refused::UNFORESEEN)),
        };
        Ok(Self { from: number(query, "from_id", u64::MAX)?, size: index(size), reverse })
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number(query: &Value, name: &str, largest: u64) -> Result<Option<u64>, Refused> {
    let Some(text) = query["page"][name].as_str() else { return Ok(None) };
    match text.parse::<u64>() {
        Ok(number) if number > largest => {
            Err(Refused::value(&["page", name], &format!("должно быть меньше или равно {largest}")))
        }
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(Refused::value(&["page", name], "должно быть больше 0")),
    }
}

/// What issues are asked for. Lists know days, counts know minutes.
pub(super) struct Wanted {
    tests: Vec<Box<dyn Fn(&Issue) -> bool>>,
}

impl Wanted {
    /// The parameters of `issues/list`.
    pub(super) fn list(query: &Value) -> Result<Self, Refused> {
        let mut wanted = Self { tests: Vec::new() };
        wanted.ids(query, "contact_ids", |issue| issue.contact)?;
        wanted.ids(query, "assignee_ids", |issue| issue.assignee)?;
        wanted.ids(query, "company_ids", |_| Some(super::world::COMPANY))?;
        wanted.codes(query, "status_codes", true, |issue| Some(issue.status.clone()))?;
        wanted.codes(query, "priority_codes", true, |issue| Some(issue.priority.clone()))?;
        wanted.codes(query, "type_codes", true, |issue| Some(issue.kind.clone()))?;
        wanted.times(query, true)?;
        Ok(wanted)
    }

    /// The parameters of `issues/count`.
    pub(super) fn count(query: &Value, now: Timestamp) -> Result<Self, Refused> {
        let mut wanted = Self { tests: Vec::new() };
        let author = |kind: &'static str| {
            move |issue: &Issue| Some(issue.author).filter(|author| author.kind() == kind).map(Author::id)
        };
        wanted.ids(query, "contact_ids", |issue| issue.contact)?;
        wanted.ids(query, "assignee_ids", |issue| issue.assignee)?;
        wanted.ids(query, "assignee_group_ids", |issue| issue.group)?;
        wanted.ids(query, "company_ids", |_| Some(super::world::COMPANY))?;
        wanted.ids(query, "author_employee_ids", author("employee"))?;
        wanted.ids(query, "author_contact_ids", author("contact"))?;
        for none in ["agreement_ids", "maintenance_entity_ids", "equipment_ids"] {
            wanted.ids(query, none, |_| None)?;
        }
        wanted.codes(query, "status", true, |issue| Some(issue.status.clone()))?;
        wanted.codes(query, "status_not", false, |issue| Some(issue.status.clone()))?;
        wanted.codes(query, "priority", true, |issue| Some(issue.priority.clone()))?;
        wanted.codes(query, "type", true, |issue| Some(issue.kind.clone()))?;
        wanted.codes(query, "rate", true, |issue| issue.rate.clone())?;
        wanted.flag(query, "opened", |issue| !matches!(issue.status.as_str(), "completed" | "closed"))?;
        wanted.flag(query, "overdue", move |issue| {
            issue.completed_at.is_none() && issue.deadline_at.is_some_and(|deadline| deadline < now)
        })?;
        wanted.times(query, false)?;
        Ok(wanted)
    }

    pub(super) fn fits(&self, issue: &Issue) -> bool {
        self.tests.iter().all(|test| test(issue))
    }

    /// `name[]=1&name[]=2`; `0` is for none.
    fn ids(&mut self, query: &Value, name: &str, of: impl Fn(&Issue) -> Option<u64> + 'static) -> Result<(), Refused> {
        let Some(texts) = texts(query, name)? else { return Ok(()) };
        let ids: Option<Vec<u64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let ids = ids.ok_or_else(|| Refused::value(&[name], Refused::KIND))?;
        self.tests.push(Box::new(move |issue| ids.contains(&of(issue).unwrap_or_default())));
        Ok(())
    }

    fn codes(
        &mut self,
        query: &Value,
        name: &str,
        among: bool,
        of: impl Fn(&Issue) -> Option<String> + 'static,
    ) -> Result<(), Refused> {
        let Some(codes) = texts(query, name)? else { return Ok(()) };
        self.tests.push(Box::new(move |issue| {
            let code = of(issue).unwrap_or_else(|| "0".to_owned());
            codes.contains(&code) == among
        }));
        Ok(())
    }

    fn flag(&mut self, query: &Value, name: &str, of: impl Fn(&Issue) -> bool + 'static) -> Result<(), Refused> {
        let wanted = match query[name].as_str() {
            None => return Ok(()),
            Some("1" | "true") => true,
            Some("0" | "false") => false,
            Some(_) => return Err(Refused::value(&[name], Refused::KIND)),
        };
        self.tests.push(Box::new(move |issue| of(issue) == wanted));
        Ok(())
    }

    fn times(&mut self, query: &Value, days: bool) -> Result<(), Refused> {
        type Of = fn(&Issue) -> Option<Timestamp>;
        let all: [(&str, Of); 5] = [
            ("created", |issue| Some(issue.created_at)),
            ("updated", |issue| Some(issue.updated_at)),
            ("completed", |issue| issue.completed_at),
            ("reacted", |issue| Some(issue.created_at)),
            ("deadline", |issue| issue.deadline_at),
        ];
        for (name, of) in all {
            for (end, since) in [("since", true), ("until", false)] {
                let key = format!("{name}_{end}");
                let Some(text) = query[&key].as_str() else { continue };
                let bound = bound(text, since, days).ok_or_else(|| Refused::value(&[&key], Refused::KIND))?;
                self.tests.push(Box::new(move |issue| {
                    of(issue).is_some_and(|at| if since { at >= bound } else { at < bound })
                }));
            }
        }
        Ok(())
    }
}

fn texts(query: &Value, name: &str) -> Result<Option<Vec<String>>, Refused> {
    match &query[name] {
        Value::Null => Ok(None),
        Value::Array(row) => Ok(Some(row.iter().filter_map(Value::as_str).map(str::to_owned).collect())),
        _ => Err(Refused::value(&[name], Refused::KIND)),
    }
}

/// `DD-MM-YYYY`, with ` HH:MM` at will: the instant from which, or before which, it counts.
fn bound(text: &str, since: bool, days: bool) -> Option<Timestamp> {
    let zone = tz::TimeZone::fixed(tz::offset(3));
    let timed = DateTime::strptime("%d-%m-%Y %H:%M", text).ok();
    let date = timed.map(DateTime::date).or_else(|| Date::strptime("%d-%m-%Y", text).ok())?;
    match timed {
        Some(minute) if !days => {
            let at = minute.to_zoned(zone).ok()?.timestamp();
            Some(if since { at } else { at + SignedDuration::from_mins(1) })
        }
        _ => {
            let day = if since { date } else { date.tomorrow().ok()? };
            Some(day.to_zoned(zone).ok()?.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_knows_days_and_a_count_minutes() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(bound("28-10-2026 11:40", true, true), at("2026-10-28T00:00:00+03:00"));
        assert_eq!(bound("28-10-2026", false, true), at("2026-10-29T00:00:00+03:00"));
        assert_eq!(bound("28-10-2026 11:40", true, false), at("2026-10-28T11:40:00+03:00"));
        assert_eq!(bound("2026-10-28", true, true), None);
    }
}
