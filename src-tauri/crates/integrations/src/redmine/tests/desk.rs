//! Tickets as they stand at a tracker of ours: it lists and shows them by the tracker's rules, with a clock of its own.

use jiff::SignedDuration;

use super::{
    server::{Line, good, line, myself, shown},
    *,
};

/// Which filters are listened to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listens {
    Plainly,
    WithSetFilter,
    ToLongOnes,
    Never,
}

pub(super) struct Desk {
    pub(super) issues: BTreeMap<i64, Value>,
    pub(super) projects: Vec<Value>,
    /// What its clock says; nothing where it tells no time.
    pub(super) clock: Option<Instant>,
    pub(super) listens: Listens,
    pub(super) most: usize,
}

impl Desk {
    pub(super) fn new(clock: &str) -> Self {
        Self {
            issues: BTreeMap::new(),
            projects: vec![json!({"id": 1, "name": "Desk", "identifier": "desk"})],
            clock: Some(at(clock)),
            listens: Listens::Plainly,
            most: 100,
        }
    }

    /// Puts a ticket there, or changes one.
    pub(super) fn put(&mut self, id: i64, updated: &str, more: Value) {
        let mut there = issue(id, json!({"updated_on": updated}));
        for (name, value) in more.as_object().unwrap() {
            there[name] = value.clone();
        }
        self.issues.insert(id, there);
    }

    pub(super) fn answer(&mut self, path: &str, query: &[(String, String)]) -> Line {
        let found = match path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            ["users", "current.json"] => myself(),
            ["projects.json"] => {
                good(json!({"projects": self.projects, "total_count": self.projects.len(), "offset": 0, "limit": 100}))
            }
            ["issues.json"] => self.list(query),
            ["issues", name] => {
                let id = name.trim_end_matches(".json").parse().unwrap_or(0);
                self.issues.get(&id).map_or_else(|| line(404, " "), |issue| shown(issue.clone()))
            }
            _ => line(404, " "),
        };
        // A header that cannot be read is as good as none.
        found.with(
            "date",
            self.clock.map_or_else(|| "-".to_owned(), |clock| clock.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        )
    }

    fn list(&self, query: &[(String, String)]) -> Line {
        let said = |name: &str| query.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_str());
        let listens = match self.listens {
            Listens::Plainly => true,
            Listens::WithSetFilter => said("set_filter") == Some("true"),
            Listens::ToLongOnes | Listens::Never => false,
        };
        let long = said("v[updated_on][]")
            .filter(|_| self.listens == Listens::ToLongOnes && said("op[updated_on]") == Some(">="));
        let since = said("updated_on").filter(|_| listens).and_then(|since| since.strip_prefix(">=")).or(long);
        // It may show what was changed in the second before.
        let since = since.map(|since| at(since) - SignedDuration::from_secs(1));
        let ids: Option<Vec<i64>> =
            said("issue_id").filter(|_| listens).map(|ids| ids.split(',').map(|id| id.parse().unwrap()).collect());
        let is_closed = match said("status_id") {
            Some("open") => Some(false),
            Some("closed") => Some(true),
            _ => None,
        };
        let project = said("project_id")
            .map(|wanted| self.projects.iter().find(|project| scope::is_named(project, wanted)).unwrap()["id"].clone());
        let changed = |issue: &Value| at(issue["updated_on"].as_str().unwrap());
        let mut rows: Vec<&Value> = self.issues.values().collect();
        rows.retain(|issue| {
            since.is_none_or(|since| changed(issue) >= since)
                && ids.as_ref().is_none_or(|ids| ids.contains(&issue["id"].as_i64().unwrap()))
                && is_closed.is_none_or(|closed| issue["status"]["is_closed"] == closed)
                && project.as_ref().is_none_or(|project| issue["project"]["id"] == *project)
        });
        rows.sort_by_key(|issue| (changed(issue), issue["id"].as_i64()));
        if said("sort").unwrap().starts_with("updated_on:desc") {
            rows.reverse();
        }
        let number = |name: &str| said(name).and_then(|value| value.parse::<usize>().ok());
        let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(25).min(self.most));
        let total = rows.len();
        // Histories are never in a list.
        let bare = |issue: &Value| {
            let mut issue = issue.clone();
            issue.as_object_mut().unwrap().remove("journals");
            issue
        };
        let page: Vec<Value> = rows.into_iter().skip(offset).take(limit).map(bare).collect();
        good(json!({"issues": page, "total_count": total, "offset": offset, "limit": limit}))
    }
}

/// What the records of pages mean: a word, and which ticket.
pub(super) fn told(tracker: &Redmine, records: &[StoredRequest]) -> Vec<(String, tickets::Fact)> {
    let facts = records.iter().flat_map(|record| tracker.parse(record, now()).unwrap().facts);
    facts
        .map(|observed| match observed.fact {
            Fact::Tickets(fact) => (observed.key.0, fact),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// Numbers of the tickets that were read, in order.
pub(super) fn read(told: &[(String, tickets::Fact)]) -> Vec<i64> {
    let number = |fact: &tickets::Fact| match fact {
        tickets::Fact::Read { ticket, .. } => Some(ticket.card.id.0),
        _ => None,
    };
    told.iter().filter_map(|(_, fact)| number(fact)).collect()
}

/// Looks until nothing more is there; what was told.
pub(super) async fn cycle(tracker: &Redmine, cursor: &mut Option<String>) -> Vec<(String, tickets::Fact)> {
    cycle_at(tracker, cursor, now()).await
}

pub(super) async fn cycle_at(
    tracker: &Redmine,
    cursor: &mut Option<String>,
    now: Instant,
) -> Vec<(String, tickets::Fact)> {
    let mut all = vec![];
    loop {
        let page = tracker.poll().unwrap().fetch(cursor.as_deref(), now).await.unwrap();
        all.extend(told(tracker, &page.records));
        *cursor = page.next_cursor;
        if !page.more {
            return all;
        }
    }
}

/// The tracker's time up to which everything is handled.
pub(super) fn done(cursor: &Option<String>) -> String {
    let cursor: Value = serde_json::from_str(cursor.as_deref().unwrap()).unwrap();
    assert_eq!(cursor["cycle"], Value::Null);
    cursor["done"].as_str().unwrap().to_owned()
}
