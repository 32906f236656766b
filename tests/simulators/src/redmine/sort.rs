//! The order of a list and its pages. A column nobody knows is passed over; ties go to the newest number.

use std::cmp::Ordering;

use super::world::{World, issue::Issue, people::Person};

type By = fn(&World, &Issue, &Issue) -> Ordering;

fn column(name: &str) -> Option<By> {
    fn of<T: Ord>(key: impl Fn(&Issue) -> T, one: &Issue, other: &Issue) -> Ordering {
        key(one).cmp(&key(other))
    }
    fn name_of(world: &World, id: Option<u64>) -> Option<String> {
        id.and_then(|id| world.person(id)).map(Person::name)
    }
    Some(match name {
        "id" => |_, one, other| of(|issue| issue.id, one, other),
        "project" => |world, one, other| {
            let name = |issue: &Issue| world.project_of(issue.project).map(|project| project.name.clone());
            of(name, one, other)
        },
        "tracker" => |_, one, other| of(|issue| issue.tracker, one, other),
        "status" => |_, one, other| of(|issue| issue.status, one, other),
        "priority" => |_, one, other| of(|issue| issue.priority, one, other),
        "subject" => |_, one, other| of(|issue| issue.subject.clone(), one, other),
        "author" => |world, one, other| of(|issue| name_of(world, Some(issue.author)), one, other),
        "assigned_to" => |world, one, other| of(|issue| name_of(world, issue.assigned_to), one, other),
        "created_on" => |_, one, other| of(|issue| issue.created_on, one, other),
        "updated_on" => |_, one, other| of(|issue| issue.updated_on, one, other),
        "closed_on" => |_, one, other| of(|issue| issue.closed_on, one, other),
        "start_date" => |_, one, other| of(|issue| issue.start_date, one, other),
        "due_date" => |_, one, other| of(|issue| issue.due_date, one, other),
        "done_ratio" => |_, one, other| of(|issue| issue.done_ratio, one, other),
        _ => return None,
    })
}

/// Brings issues into the order asked for: `updated_on:desc,id`.
pub(super) fn sort(world: &World, issues: &mut [&Issue], asked: Option<&str>) {
    let criteria: Vec<(By, bool)> = asked
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| {
            let (name, way) = part.split_once(':').unwrap_or((part, "asc"));
            Some((column(name.trim())?, way == "desc"))
        })
        .take(3)
        .collect();
    issues.sort_by(|one, other| {
        let by = |(by, falls): &(By, bool)| {
            let order = by(world, one, other);
            if *falls { order.reverse() } else { order }
        };
        let first = criteria.iter().map(by).find(|order| order.is_ne());
        first.unwrap_or_else(|| other.id.cmp(&one.id))
    });
}

/// A page: where it begins and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Page {
    /// As it is asked for; nothing asked for is refused.
    pub(super) fn read(of: impl Fn(&str) -> Option<String>) -> Self {
        // As Ruby reads numbers: what is none counts as 0.
        let number = |text: String| text.trim().parse::<i64>().unwrap_or(0);
        let asked = of("limit").map_or(0, number);
        let limit = if asked < 1 { 25 } else { asked.min(100) };
        let page = of("page").map(|text| (number(text) - 1).saturating_mul(limit));
        let offset = of("offset").map(number).or(page).unwrap_or(0).max(0);
        let whole = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        Self { offset: whole(offset), limit: whole(limit) }
    }

    /// The rows of the page.
    pub(super) fn of<T>(self, rows: Vec<T>) -> Vec<T> {
        rows.into_iter().skip(self.offset).take(self.limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_never_refused() {
        let read = |pairs: &[(&str, &str)]| {
            let page =
                Page::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
            (page.offset, page.limit)
        };
        assert_eq!(read(&[]), (0, 25));
        assert_eq!(read(&[("limit", "0")]), (0, 25));
        assert_eq!(read(&[("limit", "-3"), ("offset", "-1")]), (0, 25));
        assert_eq!(read(&[("limit", "500")]), (0, 100));
        assert_eq!(read(&[("limit", "x")]), (0, 25));
        assert_eq!(read(&[("limit", "10"), ("page", "3")]), (20, 10));
        assert_eq!(read(&[("limit", "10"), ("page", "3"), ("offset", "1")]), (1, 10));
    }
}
