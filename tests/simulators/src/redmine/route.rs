//! Paths below the base: what is called, about what. Their names are those of the journal, of faults and of what is forbidden.

use axum::http::Method;

use crate::service::route::{Astray, among, steps};

/// A call that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// Its name.
    pub(super) name: &'static str,
    /// What the path names.
    pub(super) names: Vec<String>,
}

/// Calls that end with `.json`, which is left out here.
const CALLS: [(&str, &str, &str); 24] = [
    ("users_current", "GET", "users/current"),
    ("users", "GET", "users"),
    ("user", "GET", "users/*"),
    ("issues", "GET", "issues"),
    ("issue_create", "POST", "issues"),
    ("issue", "GET", "issues/*"),
    ("issue_update", "PUT", "issues/*"),
    ("issue_delete", "DELETE", "issues/*"),
    ("watcher_add", "POST", "issues/*/watchers"),
    ("watcher_remove", "DELETE", "issues/*/watchers/*"),
    ("journal_update", "PUT", "journals/*"),
    ("upload", "POST", "uploads"),
    ("attach", "POST", "attach"),
    ("attachment", "GET", "attachments/*"),
    ("projects", "GET", "projects"),
    ("project", "GET", "projects/*"),
    ("memberships", "GET", "projects/*/memberships"),
    ("project_issues", "GET", "projects/*/issues"),
    ("issue_statuses", "GET", "issue_statuses"),
    ("trackers", "GET", "trackers"),
    ("issue_priorities", "GET", "enumerations/issue_priorities"),
    ("queries", "GET", "queries"),
    ("search", "GET", "search"),
    ("role", "GET", "roles/*"),
];

/// What is served to browsers, too: files by their ids, with their names or without.
const PAGES: [(&str, &str, &str); 2] =
    [("download", "GET", "attachments/download/*/**"), ("download", "GET", "attachments/download/*")];

/// What Easy Redmine does not have, and what it alone has.
pub(super) fn exists(name: &str, easy: bool) -> bool {
    match name {
        "issue_statuses" | "trackers" | "journal_update" => !easy,
        "attach" => easy,
        _ => true,
    }
}

/// Finds the call of a path, which is still percent-coded and begins with `prefix`.
pub(super) fn route(method: &Method, path: &str, prefix: &str) -> Result<Route, Astray> {
    let below = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).ok_or(Astray::Path)?;
    let mut decoded = steps(below);
    let found = |decoded: &[String], routes: &[(&'static str, &str, &str)]| {
        let steps: Vec<&str> = decoded.iter().map(String::as_str).collect();
        among(routes, method, &steps).map(|(name, names)| Route { name, names })
    };
    if let Ok(page) = found(&decoded, &PAGES) {
        return Ok(page);
    }
    let last = decoded.last_mut().ok_or(Astray::Path)?;
    *last = last.strip_suffix(".json").ok_or(Astray::Path)?.to_owned();
    found(&decoded, &CALLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_below_the_prefix_alone() {
        let name = |method: Method, path: &str| route(&method, path, "/redmine").map(|route| route.name);
        assert_eq!(name(Method::GET, "/redmine/issues.json"), Ok("issues"));
        assert_eq!(name(Method::GET, "/redmine/users/current.json"), Ok("users_current"));
        assert_eq!(name(Method::GET, "/issues.json"), Err(Astray::Path));
        assert_eq!(name(Method::GET, "/redminer/issues.json"), Err(Astray::Path));
        assert_eq!(name(Method::GET, "/redmine/issues"), Err(Astray::Path));
        assert_eq!(name(Method::PATCH, "/redmine/issues/4.json"), Err(Astray::Method));
        let file = route(&Method::GET, "/attachments/download/4/%D1%84.json", "").unwrap();
        assert_eq!((file.name, file.names), ("download", vec!["4".to_owned(), "ф.json".to_owned()]));
    }
}
