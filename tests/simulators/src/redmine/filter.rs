//! What a list of issues asks for: filters with their operators, in the short form and in that with brackets. A filter nobody knows
//! is no filter. Times are compared as they are kept, with their fractions; a lower bound begins a second early.
//!
//! Not here: periods (`w`, `lm`, `><t-`), versions, groups, filters of relations and of projects.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};

use super::{
    refused::{Fault, Refused, Wrong},
    rights::Who,
    world::{World, issue::Issue, people::Person},
};

/// Kinds of fields, with the operators they know: as their names are tried at the beginning of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Status,
    List,
    Optional,
    Words,
    Text,
    Past,
    Day,
    Number,
    Tree,
}

impl Kind {
    const fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["o", "c", "=", "*", "!"],
            Self::List => &["=", "!"],
            Self::Optional => &["=", "*", "!*", "!"],
            Self::Words => &["~", "^", "*", "$", "!~", "!*"],
            Self::Text => &["~", "^", "=", "*", "$", "!~", "!*", "!"],
            Self::Past => &["t-", "t", ">t-", ">=", "><", "=", "<t-", "<=", "*", "!*"],
            Self::Day => &["t", ">=", "><", "=", "<=", "*", "!*"],
            Self::Number => &[">=", "><", "=", "<=", "*", "!*"],
            Self::Tree => &["~", "=", "*", "!*"],
        }
    }
}

/// Operators that need no value.
const BARE: [&str; 5] = ["o", "c", "*", "!*", "t"];

/// A condition.
#[derive(Clone, Debug)]
struct Filter {
    field: String,
    kind: Kind,
    operator: String,
    values: Vec<String>,
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    all: Vec<Filter>,
}

fn kind(world: &World, field: &str, project: Option<u64>) -> Option<Kind> {
    Some(match field {
        "status_id" => Kind::Status,
        // Inside a project it is the project itself that is asked for.
        "project_id" if project.is_none() => Kind::List,
        "tracker_id" | "priority_id" | "author_id" | "watcher_id" | "updated_by" | "is_private" => Kind::List,
        "assigned_to_id" => Kind::Optional,
        "category_id" if project.is_some() => Kind::Optional,
        "subject" | "description" | "notes" => Kind::Words,
        "created_on" | "updated_on" | "closed_on" => Kind::Past,
        "start_date" | "due_date" => Kind::Day,
        "done_ratio" | "issue_id" => Kind::Number,
        "parent_id" => Kind::Tree,
        _ => {
            let id: u64 = field.strip_prefix("cf_")?.parse().ok()?;
            world.custom_fields.iter().find(|field| field.id == id).map(|_| Kind::Text)?
        }
    })
}

impl Filters {
    /// Everything.
    pub(super) const fn none() -> Self {
        Self { all: Vec::new() }
    }

    /// Reads parameters; open issues are asked for unless a status is, or the brackets say all there is to say.
    pub(super) fn read(world: &World, parameters: &[(String, String)], project: Option<u64>, brackets: bool) -> Self {
        let of = |name: &str| parameters.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let fields: Vec<&str> =
            parameters.iter().filter(|(key, _)| key == "f[]").map(|(_, value)| value.as_str()).collect();
        if brackets && !fields.is_empty() {
            let filter = |field: &&str| {
                let values = format!("v[{field}][]");
                Some(Filter {
                    field: (*field).to_owned(),
                    kind: kind(world, field, project)?,
                    operator: of(&format!("op[{field}]"))?.to_owned(),
                    values: parameters.iter().filter(|(key, _)| *key == values).map(|(_, v)| v.clone()).collect(),
                })
            };
            return Self { all: fields.iter().filter_map(filter).collect() };
        }
        let open = Filter { values: vec![String::new()], ..short("status_id", Kind::Status, "o") };
        let mut all = vec![open];
        for (field, value) in parameters {
            let Some(kind) = kind(world, field, project) else { continue };
            all.retain(|filter| filter.field != *field);
            all.push(short(field, kind, value));
        }
        Self { all }
    }

    /// The same for issues whose subject has these words too.
    pub(super) fn and_subject(mut self, words: &str) -> Self {
        self.all.push(Filter { values: vec![words.to_owned()], ..short("subject", Kind::Words, "~") });
        self
    }

    /// What cannot be meant.
    pub(super) fn check(&self) -> Result<(), Refused> {
        let mut wrong = Vec::new();
        for filter in &self.all {
            let unreadable = |value: &&String| match filter.kind {
                Kind::Past | Kind::Day if filter.operator.ends_with("t-") => value.parse::<u64>().is_err(),
                Kind::Past | Kind::Day => Moment::read(value).is_none(),
                Kind::Number => value.split(',').any(|part| part.parse::<i64>().is_err()),
                _ => false,
            };
            if filter.values.iter().filter(|value| !value.is_empty()).any(|value| unreadable(&value)) {
                wrong.push(Wrong::new(&filter.field, Fault::Invalid));
            }
            let empty = filter.values.first().is_none_or(|value| value.trim().is_empty());
            if empty && !BARE.contains(&filter.operator.as_str()) {
                wrong.push(Wrong::new(&filter.field, Fault::Blank));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Refused::Wrong(wrong)) }
    }

    /// Whether an issue is asked for.
    pub(super) fn fit(&self, world: &World, who: Who, issue: &Issue, now: Timestamp) -> bool {
        self.all.iter().all(|filter| filter.fits(world, who, issue, now))
    }
}

fn short(field: &str, kind: Kind, expression: &str) -> Filter {
    let found = kind.operators().iter().find_map(|operator| Some((*operator, expression.strip_prefix(operator)?)));
    let (operator, rest) = found.unwrap_or(("=", expression));
    let values = if rest.is_empty() { vec![String::new()] } else { rest.split('|').map(str::to_owned).collect() };
    Filter { field: field.to_owned(), kind, operator: operator.to_owned(), values }
}

impl Filter {
    fn first(&self) -> &str {
        self.values.first().map(String::as_str).unwrap_or_default()
    }

    fn fits(&self, world: &World, who: Who, issue: &Issue, now: Timestamp) -> bool {
        let id = |value: u64| vec![value.to_string()];
        let some = |value: Option<u64>| value.map(|id| id.to_string()).into_iter().collect();
        let ids = match self.field.as_str() {
            "status_id" => match self.operator.as_str() {
                "o" => return !world.is_closed(issue.status),
                "c" => return world.is_closed(issue.status),
                _ => id(issue.status),
            },
            "project_id" => id(issue.project),
            "tracker_id" => id(issue.tracker),
            "priority_id" => id(issue.priority),
            "author_id" => id(issue.author),
            "assigned_to_id" => some(issue.assigned_to),
            "category_id" => some(issue.category),
            "watcher_id" => issue.watchers.iter().map(u64::to_string).collect(),
            "updated_by" => world.journals_of(issue.id).map(|journal| journal.user.to_string()).collect(),
            "is_private" => id(issue.is_private.into()),
            "issue_id" => return self.counts(issue.id),
            "done_ratio" => return self.counts(issue.done_ratio),
            "parent_id" => return self.descends(world, issue),
            "created_on" => return self.lies(world, who, Some(issue.created_on), now),
            "updated_on" => return self.lies(world, who, Some(issue.updated_on), now),
            "closed_on" => return self.lies(world, who, issue.closed_on, now),
            "start_date" => return self.falls(world, who, issue.start_date, now),
            "due_date" => return self.falls(world, who, issue.due_date, now),
            "subject" => return self.says(&issue.subject),
            "description" => return self.says(issue.description.as_deref().unwrap_or_default()),
            "notes" => {
                let seen = world.journals_of(issue.id).filter(|one| world.sees_journal(who, one, issue.project));
                return seen.filter_map(|journal| journal.notes.as_deref()).any(|text| self.says(text));
            }
            field => {
                let id = field.strip_prefix("cf_").and_then(|id| id.parse::<u64>().ok());
                let value = id.and_then(|id| issue.custom.get(&id)).map(String::as_str).unwrap_or_default();
                return self.says(value);
            }
        };
        let me = who.unwrap_or_default().to_string();
        let wanted = |value: &String| self.values.iter().any(|own| own == value || (own == "me" && *value == me));
        match self.operator.as_str() {
            "!" => !ids.iter().any(wanted),
            "*" => !ids.is_empty(),
            "!*" => ids.is_empty(),
            _ => ids.iter().any(wanted),
        }
    }

    fn counts(&self, value: u64) -> bool {
        let bound = |at: usize| self.values.get(at).and_then(|text| text.parse::<u64>().ok());
        match self.operator.as_str() {
            ">=" => bound(0).is_some_and(|from| value >= from),
            "<=" => bound(0).is_some_and(|to| value <= to),
            "><" => bound(0).zip(bound(1)).is_some_and(|(from, to)| (from..=to).contains(&value)),
            "*" => true,
            "!*" => false,
            _ => self.first().split(',').any(|part| part.parse() == Ok(value)),
        }
    }

    fn descends(&self, world: &World, issue: &Issue) -> bool {
        let roots: Vec<u64> = self.first().split(',').filter_map(|part| part.trim().parse().ok()).collect();
        match self.operator.as_str() {
            "*" => issue.parent.is_some(),
            "!*" => issue.parent.is_none(),
            "~" => {
                let above = std::iter::successors(issue.parent, |id| world.issues.get(id)?.parent);
                above.into_iter().any(|id| roots.first() == Some(&id))
            }
            _ => issue.parent.is_some_and(|parent| roots.contains(&parent)),
        }
    }

    /// A time with its fractions against the bounds, which have none.
    fn lies(&self, world: &World, who: Who, at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(at) = at else { return self.operator == "!*" };
        let utc = Person::new(0, "", "", "", now);
        let viewer = who.and_then(|id| world.person(id)).unwrap_or(&utc);
        let moment = |at: usize| self.values.get(at).and_then(|text| Moment::read(text));
        let after = |moment: Moment| match moment {
            Moment::Time(from) => at > from - SignedDuration::from_secs(1),
            Moment::Day(day) => viewer.begins(day).is_some_and(|from| at >= from),
        };
        let before = |moment: Moment| match moment {
            Moment::Time(to) => at <= to,
            Moment::Day(day) => viewer.ends(day).is_some_and(|to| at <= to),
        };
        let ago = || {
            let days = self.first().parse::<i64>().unwrap_or_default();
            viewer.today(now).checked_sub(days.days()).ok().map(Moment::Day)
        };
        match self.operator.as_str() {
            "*" => true,
            "!*" => false,
            ">=" => moment(0).is_some_and(after),
            "<=" => moment(0).is_some_and(before),
            "><" => moment(0).is_some_and(after) && moment(1).is_none_or(before),
            "t" => after(Moment::Day(viewer.today(now))) && before(Moment::Day(viewer.today(now))),
            ">t-" => ago().is_some_and(after),
            "<t-" => ago().is_some_and(before),
            "t-" => ago().is_some_and(|day| after(day) && before(day)),
            _ => moment(0).is_some_and(|moment| after(moment) && before(moment)),
        }
    }

    fn falls(&self, world: &World, who: Who, day: Option<Date>, now: Timestamp) -> bool {
        let Some(day) = day else { return self.operator == "!*" };
        let bound = |at: usize| self.values.get(at).and_then(|text| text.get(..10)?.parse::<Date>().ok());
        match self.operator.as_str() {
            "*" => true,
            "!*" => false,
            ">=" => bound(0).is_some_and(|from| day >= from),
            "<=" => bound(0).is_some_and(|to| day <= to),
            "><" => bound(0).is_some_and(|from| day >= from) && bound(1).is_none_or(|to| day <= to),
            "t" => who.and_then(|id| world.person(id)).is_some_and(|person| person.today(now) == day),
            _ => bound(0) == Some(day),
        }
    }

    fn says(&self, text: &str) -> bool {
        let (text, wanted) = (text.to_lowercase(), self.first().to_lowercase());
        match self.operator.as_str() {
            "*" => !text.is_empty(),
            "!*" => text.is_empty(),
            "^" => text.starts_with(&wanted),
            "$" => text.ends_with(&wanted),
            "~" => contains(&text, &wanted),
            "!~" => !contains(&text, &wanted),
            "!" => !self.values.iter().any(|value| value.to_lowercase() == text),
            _ => self.values.iter().any(|value| value.to_lowercase() == text),
        }
    }
}

/// Words of a question: longer than a letter, five at most, a phrase in quotes as one.
pub(super) fn words(question: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (turn, part) in question.split('"').enumerate() {
        if turn % 2 == 1 {
            found.push(part.trim().to_owned());
        } else {
            found.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    found.retain(|word| word.chars().count() > 1);
    found.truncate(5);
    found
}

/// Whether every word of the question is in the text; both in small letters.
fn contains(text: &str, question: &str) -> bool {
    let words = words(question);
    if words.is_empty() { text.contains(question) } else { words.iter().all(|word| text.contains(word)) }
}

/// A bound: an instant, or a day of whoever asks.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Time(Timestamp),
    Day(Date),
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        if !text.contains('T') {
            return text.parse().ok().filter(|_| text.len() == 10).map(Self::Day);
        }
        // Without an offset it is the server's time, which is UTC here.
        let zoned = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
        text.parse().ok().or_else(|| zoned().map(|zoned| zoned.timestamp())).map(Self::Time)
    }
}
