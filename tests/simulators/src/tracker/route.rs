//! Paths: what is called, by which methods, about what. Their names are those of the journal, of faults and of what is forbidden.

use axum::http::Method;

use crate::service::route;
pub(super) use crate::service::route::Astray;

/// A call that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// Its name.
    pub(super) name: &'static str,
    /// Version of Tracker's paths; none for the directory.
    pub(super) version: Option<&'static str>,
    /// What the path names: key of the issue or queue, then what belongs to it.
    pub(super) names: Vec<String>,
}

/// Names with methods; a star stands for a name of the path.
const ROUTES: [(&str, &str, &str); 28] = [
    ("myself", "GET", "myself"),
    ("user", "GET", "users/*"),
    ("queue", "GET", "queues/*"),
    ("local_fields", "GET", "queues/*/localFields"),
    ("trigger_log", "GET", "queues/*/triggers/*/webhooks/log"),
    ("issue_create", "POST", "issues"),
    ("search", "POST", "issues/_search"),
    ("count", "POST", "issues/_count"),
    ("scroll_clear", "POST", "system/search/scroll/_clear"),
    ("issue", "GET", "issues/*"),
    ("issue_change", "PATCH", "issues/*"),
    ("comments", "GET", "issues/*/comments"),
    ("comment_add", "POST", "issues/*/comments"),
    ("comment", "GET", "issues/*/comments/*"),
    ("comment_change", "PATCH", "issues/*/comments/*"),
    ("comment_delete", "DELETE", "issues/*/comments/*"),
    ("transitions", "GET", "issues/*/transitions"),
    ("transition", "POST", "issues/*/transitions/*/_execute"),
    ("changelog", "GET", "issues/*/changelog"),
    ("links", "GET", "issues/*/links"),
    ("link_add", "POST", "issues/*/links"),
    ("attachments", "GET", "issues/*/attachments"),
    ("attach", "POST", "issues/*/attachments"),
    ("attachment", "GET", "issues/*/attachments/*"),
    ("download", "GET", "issues/*/attachments/*/*"),
    ("attach_temporary", "POST", "attachments"),
    ("attachment", "GET", "attachments/*"),
    ("download", "GET", "attachments/*/*"),
];
const DIRECTORY: [(&str, &str, &str); 2] =
    [("directory_users", "GET", "org/*/users"), ("directory_departments", "GET", "org/*/departments")];

/// Calls that only read, for who has no licence.
pub(super) fn reads(name: &str) -> bool {
    matches!(name, "search" | "count" | "scroll_clear")
        || ROUTES.iter().any(|(known, method, _)| *known == name && *method == "GET")
}

/// Finds the call of a path, which is still percent-coded.
pub(super) fn route(method: &Method, path: &str) -> Result<Route, Astray> {
    let decoded = route::steps(path);
    let steps: Vec<&str> = decoded.iter().map(String::as_str).collect();
    match steps.as_slice() {
        ["v3", rest @ ..] => among(&ROUTES, Some("v3"), method, rest),
        ["v2", rest @ ..] => among(&ROUTES, Some("v2"), method, rest),
        ["directory", "v1", rest @ ..] => among(&DIRECTORY, None, method, rest),
        _ => Err(Astray::Path),
    }
}

fn among(
    routes: &[(&'static str, &str, &str)],
    version: Option<&'static str>,
    method: &Method,
    steps: &[&str],
) -> Result<Route, Astray> {
    // Keys do not begin with a line; calls do.
    route::among(routes, method, steps).map(|(name, names)| Route { name, version, names })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_their_steps_and_methods() {
        let name = |method: Method, path: &str| route(&method, path).map(|route| route.name);
        assert_eq!(name(Method::POST, "/v3/issues/"), Ok("issue_create"));
        assert_eq!(name(Method::POST, "/v3/issues/_search"), Ok("search"));
        assert_eq!(name(Method::GET, "/v3/issues/_search"), Err(Astray::Method));
        assert_eq!(name(Method::GET, "/v2/issues/DESK-1/transitions"), Ok("transitions"));
        assert_eq!(name(Method::PUT, "/v3/issues/DESK-1"), Err(Astray::Method));
        assert_eq!(name(Method::GET, "/v1/myself"), Err(Astray::Path));
        let file = route(&Method::GET, "/v3/issues/DESK-1/attachments/4/%D1%84%20.txt").unwrap();
        assert_eq!((file.name, file.names), ("download", vec!["DESK-1".into(), "4".into(), "ф .txt".into()]));
        assert_eq!(route(&Method::GET, "/directory/v1/org/7/users").unwrap().version, None);
    }
}
