//! Which tickets belong to the scope: those of the projects that are named, and of the projects below them.
//!
//! Deliberately not here: whose tickets somebody is told of (the rules').

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use pult_domain::Failure;
use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    Redmine,
    client::{As, Listed, listed},
    loose::{MAX_NAME, at, number, text},
    trouble::refused,
};

/// The most projects read.
const MAX_PROJECTS: usize = 5_000;

/// The projects of the scope.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// Every ticket belongs to it.
    pub(super) all: bool,
    /// The projects that are named and seen, as they are named.
    pub(super) roots: Vec<String>,
    inside: BTreeSet<i64>,
    known: BTreeSet<i64>,
}

impl Scope {
    pub(super) fn holds(&self, project: i64) -> bool {
        self.all || self.inside.contains(&project)
    }

    fn knows(&self, project: i64) -> bool {
        self.all || self.known.contains(&project)
    }

    fn of(wanted: &[String], projects: &[Value]) -> Self {
        let mut inside: BTreeSet<i64> = BTreeSet::new();
        let is_seen = |wanted: &&String| projects.iter().any(|project| is_named(project, wanted));
        let roots = wanted.iter().filter(is_seen).cloned().collect();
        let parents: BTreeMap<i64, Option<i64>> = projects
            .iter()
            .filter_map(|project| Some((number(at(project, &["id"]))?, number(at(project, &["parent", "id"])))))
            .collect();
        for project in projects.iter().filter(|project| wanted.iter().any(|wanted| is_named(project, wanted))) {
            inside.extend(number(at(project, &["id"])));
        }
        // A project is below another where some project above it is; nobody is above themselves, but an answer may say so.
        for _ in 0..parents.len() {
            let below = parents
                .iter()
                .filter(|(id, above)| above.is_some_and(|above| inside.contains(&above)) && !inside.contains(id));
            let below: Vec<i64> = below.map(|(id, _)| *id).collect();
            if below.is_empty() {
                break;
            }
            inside.extend(below);
        }
        Self { all: false, roots, inside, known: parents.into_keys().collect() }
    }
}

/// Whether a project is the one that is meant by an identifier or a number.
pub(super) fn is_named(project: &Value, wanted: &str) -> bool {
    let identifier = text(at(project, &["identifier"]), MAX_NAME);
    identifier.as_deref() == Some(wanted) || number(at(project, &["id"])).is_some_and(|id| id.to_string() == wanted)
}

/// The scope as it was last read.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Option<(String, Arc<Scope>)>>);

impl Shelf {
    fn kept(&self) -> MutexGuard<'_, Option<(String, Arc<Scope>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scope, where it is known.
    pub(super) fn known(&self) -> Option<Arc<Scope>> {
        self.kept().as_ref().map(|(_, scope)| Arc::clone(scope))
    }
}

impl Redmine {
    /// The projects that are named; none where every project counts.
    pub(super) fn wanted_projects(&self) -> Vec<String> {
        let named = self.settings.projects.iter().map(|project| project.trim().to_owned());
        named.filter(|project| !project.is_empty()).collect()
    }

    /// The scope; read where it is not known for this key.
    pub(super) async fn scope(&self, said: &mut Vec<Exchange>) -> Result<Arc<Scope>, CallError> {
        if self.wanted_projects().is_empty() {
            return Ok(Arc::new(Scope { all: true, ..Scope::default() }));
        }
        let account = self.client.account();
        if let Some((of, scope)) = &*self.scope.kept()
            && *of == account
        {
            return Ok(Arc::clone(scope));
        }
        let projects = self.projects(said).await?;
        self.learn_scope(&projects)
    }

    /// The scope again, where a project is not known yet; it is not asked about twice.
    pub(super) async fn scope_with(&self, project: i64, said: &mut Vec<Exchange>) -> Result<Arc<Scope>, CallError> {
        let scope = self.scope(said).await?;
        if scope.knows(project) {
            return Ok(scope);
        }
        let projects = self.projects(said).await?;
        let mut scope = Scope::clone(&*self.learn_scope(&projects)?);
        // Closed projects are not in the list, and their tickets still are.
        scope.known.insert(project);
        let scope = Arc::new(scope);
        *self.scope.kept() = Some((self.client.account(), Arc::clone(&scope)));
        Ok(scope)
    }

    /// Takes note of the projects as they are now.
    pub(super) fn learn_scope(&self, projects: &[Value]) -> Result<Arc<Scope>, CallError> {
        let wanted = self.wanted_projects();
        if wanted.is_empty() {
            return Ok(Arc::new(Scope { all: true, ..Scope::default() }));
        }
        let mut scope = Scope::of(&wanted, projects);
        if scope.roots.is_empty() {
            return Err(refused(
                Failure::DoesNotExist,
                format!("the account sees none of the projects {}", wanted.join(", ")),
            ));
        }
        if scope.roots.len() < wanted.len() {
            tracing::warn!(seen = ?scope.roots, "the account does not see some of the projects that are named");
        }
        if let Some(before) = self.scope.known() {
            scope.known.extend(&before.known);
        }
        let scope = Arc::new(scope);
        *self.scope.kept() = Some((self.client.account(), Arc::clone(&scope)));
        Ok(scope)
    }

    /// Every project the engine's account sees.
    pub(super) async fn projects(&self, said: &mut Vec<Exchange>) -> Result<Vec<Value>, CallError> {
        self.pages(&["projects.json"], "projects", &[("include", "trackers")], MAX_PROJECTS, said).await
    }

    /// A list of pages as a whole.
    pub(super) async fn pages(
        &self,
        path: &[&str],
        name: &str,
        query: &[(&str, &str)],
        most: usize,
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<Value>, CallError> {
        let mut all: Vec<Value> = vec![];
        loop {
            let offset = all.len().to_string();
            let mut asked = query.to_vec();
            asked.extend([("limit", "100"), ("offset", offset.as_str())]);
            let heard = self.client.get(As::Engine, path, &asked, said).await?;
            let Listed { rows, total, limit, .. } = listed(heard, name)?;
            let count = rows.len() as u64;
            all.extend(rows);
            let more = count > 0 && total.map_or(count >= limit, |total| (all.len() as u64) < total);
            if !more {
                return Ok(all);
            }
            if all.len() >= most {
                tracing::warn!(most, "there are more {name} than are read");
                return Ok(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn projects_below_those_that_are_named_belong_to_the_scope() {
        let projects = [
            json!({"id": 3, "identifier": "third", "parent": {"id": 2}}),
            json!({"id": 1, "identifier": "desk"}),
            json!({"id": 2, "identifier": "second", "parent": {"id": 1}}),
            json!({"id": 4, "identifier": "other"}),
            json!({"id": 5, "identifier": "round", "parent": {"id": 6}}),
            json!({"id": 6, "identifier": "about", "parent": {"id": 5}}),
            json!({"identifier": "strange"}),
        ];
        let inside = |wanted: &str| Scope::of(&[wanted.to_owned()], &projects).inside.into_iter().collect::<Vec<_>>();
        assert_eq!(inside("desk"), [1, 2, 3]);
        assert_eq!(inside("2"), [2, 3]);
        assert_eq!(inside("round"), [5, 6]);
        assert_eq!(inside("nowhere"), [0_i64; 0]);
        let scope = Scope::of(&["4".to_owned()], &projects);
        assert!(scope.holds(4) && !scope.holds(1) && scope.knows(1) && !scope.knows(9));
    }
}
