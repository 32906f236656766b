//! Calls about issues: their list, making and changing them, who watches, the texts of journals.

use serde_json::{Value, json};

use super::{Answer, Done, LOCATION, Refused, Right, Room, done, said, text};
use crate::redmine::{filter::Filters, sort::sort, switches::EasyFilters, world::issue::Issue};

impl Room<'_> {
    /// The list. A project is named in the path or as a parameter, and has to be there.
    pub(super) fn issues(&self, project: Option<&str>) -> Done {
        let world = &self.state.world;
        let project = project.filter(|named| !named.is_empty()).map(|named| self.project(named)).transpose()?;
        let project = project.map(|project| project.id);
        let filters = self.filters(project)?;
        filters.check()?;
        let inside = |issue: &Issue| project.is_none_or(|project| issue.project == project);
        let mut rows: Vec<&Issue> = world
            .issues
            .values()
            .filter(|issue| inside(issue) && world.sees(self.who, issue))
            .filter(|issue| filters.fit(world, self.who, issue, self.now))
            .collect();
        sort(world, &mut rows, self.asked.parameter("sort"));
        let (page, total) = (self.page(), rows.len());
        let (view, include) = (self.view(), self.asked.include());
        let row = |issue: &Issue| {
            let mut shown = view.issue(issue, true);
            if include.contains(&"attachments") {
                shown.insert("attachments".to_owned(), view.files(issue));
            }
            if include.contains(&"relations") {
                shown.insert("relations".to_owned(), view.relations(issue));
            }
            Value::Object(shown)
        };
        let issues: Vec<Value> = page.of(rows).into_iter().map(row).collect();
        said(json!({ "issues": issues, "total_count": total, "offset": page.offset, "limit": page.limit }))
    }

    fn filters(&self, project: Option<u64>) -> Result<Filters, Refused> {
        let (world, switches) = (&self.state.world, &self.state.switches);
        if let Some(id) = self.asked.parameter("query_id").filter(|id| !id.is_empty()) {
            let known = |query: &&crate::redmine::world::tables::SavedQuery| {
                query.id.to_string() == id && query.project.is_none_or(|own| project == Some(own))
            };
            let query = world.queries.iter().find(known).ok_or(Refused::ABSENT)?;
            return Ok(Filters::read(world, &query.asks, project, true));
        }
        let query = &self.asked.query;
        if !switches.easy {
            return Ok(Filters::read(world, query, project, true));
        }
        let set = self.asked.parameter("set_filter").is_some_and(|flag| flag == "1" || flag == "true");
        let brackets = query.iter().any(|(name, _)| name == "f[]");
        let heard = match switches.easy_filters {
            EasyFilters::SetFilter => set,
            EasyFilters::Brackets => set && brackets,
            EasyFilters::Never => false,
        };
        if !heard {
            return Ok(Filters::none());
        }
        let filters = Filters::read(world, query, project, true);
        Ok(match self.asked.parameter("easy_query_q") {
            Some(words) => filters.and_subject(words),
            None => filters,
        })
    }

    pub(super) fn create(self) -> Done {
        let by = self.person()?;
        let deeds = self.state.create(by, &self.asked.part("issue"), self.now)?;
        let made = deeds.first().map(|deed| deed.issue).unwrap_or_default();
        let issue = self.state.world.issues.get(&made).ok_or(Refused::ABSENT)?;
        // Spent time is known to the project of the path, and a new issue has none.
        let body = json!({ "issue": self.view().issue(issue, false) });
        let place = format!("{}/issues/{made}", self.asked.base);
        Ok((Answer::new(201, body).with(LOCATION, &place), deeds))
    }

    pub(super) fn update(self, id: &str) -> Done {
        let id = self.issue(id)?.id;
        let deeds = self.state.update(self.person()?, id, &self.asked.part("issue"), self.now)?;
        Ok((done(), deeds))
    }

    pub(super) fn delete(self, id: &str) -> Done {
        let id = self.issue(id)?.id;
        let deeds = self.state.delete(self.person()?, id, self.now)?;
        Ok((done(), deeds))
    }

    /// Somebody watches, or watches no more.
    pub(super) fn watch(self, id: &str, gone: Option<&str>) -> Done {
        let issue = self.issue(id)?;
        let (id, project) = (issue.id, issue.project);
        let right = if gone.is_some() { Right::DeleteIssueWatchers } else { Right::AddIssueWatchers };
        if !self.state.world.may(self.who, right, project) {
            return Err(Refused::Denied);
        }
        let named = match gone {
            Some(user) => Some(user.to_owned()),
            None => self.asked.document()?.get("user_id").and_then(text),
        };
        let user =
            named.and_then(|named| named.parse::<u64>().ok()).filter(|id| self.state.world.person(*id).is_some());
        if gone.is_some() && user.is_none() {
            return Err(Refused::ABSENT);
        }
        if let (Some(user), Some(issue)) = (user, self.state.world.issues.get_mut(&id)) {
            if gone.is_some() {
                issue.watchers.remove(&user);
            } else {
                issue.watchers.insert(user);
            }
        }
        Ok((done(), Vec::new()))
    }

    pub(super) fn edit_note(self, id: &str) -> Done {
        let id = id.parse().map_err(|_| Refused::ABSENT)?;
        self.state.edit_note(self.person()?, id, &self.asked.part("journal"), self.now)?;
        Ok((done(), Vec::new()))
    }
}
