//! What a list of tickets is asked for, in each of the spellings the tracker's family understands (contracts/redmine 3, 8).
//!
//! An unknown filter is passed over there without a word, so which spelling is understood is tried out (`start`). Deliberately not here: reading
//! the answer.

use pult_domain::Instant;

/// The most rows of a page.
pub(super) const PAGE: u64 = 100;

/// How filters are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Style {
    /// A parameter of the filter's own.
    Plain,
    /// The same, behind a word that filters are meant.
    SetFilter,
    /// Filters, operators and values apart.
    Long,
    /// No filter by time is understood: the list is read from its newest end.
    Descending,
}

/// Which tickets, by their statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statuses {
    /// Whatever they are.
    Any,
    /// Those that do not end a ticket.
    Open,
    /// Those that do.
    Closed,
}

/// A list to be asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tickets<'t> {
    /// Of one project and those below it.
    pub(super) project: Option<&'t str>,
    pub(super) statuses: Statuses,
    /// Changed at this instant or later.
    pub(super) since: Option<Instant>,
    /// These alone.
    pub(super) ids: &'t [i64],
    /// With this in the title.
    pub(super) subject: Option<&'t str>,
    /// Written by us.
    pub(super) own: bool,
    pub(super) order: &'static str,
    pub(super) offset: u64,
    pub(super) limit: u64,
}

/// Oldest change first: what is changed meanwhile moves to the end and is not passed over.
pub(super) const OLDEST_FIRST: &str = "updated_on:asc,id:asc";
/// Newest change first.
pub(super) const NEWEST_FIRST: &str = "updated_on:desc,id:desc";
/// Newest ticket first.
pub(super) const LATEST_FIRST: &str = "id:desc";

impl Tickets<'_> {
    /// Every ticket there is, a page of them.
    pub(super) const ALL: Self = Self {
        project: None,
        statuses: Statuses::Any,
        since: None,
        ids: &[],
        subject: None,
        own: false,
        order: OLDEST_FIRST,
        offset: 0,
        limit: PAGE,
    };

    /// The parameters.
    pub(super) fn query(&self, style: Style) -> Vec<(String, String)> {
        let mut query = Spelt { style, pairs: vec![] };
        match style {
            Style::SetFilter => query.pair("set_filter", "true"),
            Style::Long => query.pair("set_filter", "1"),
            Style::Plain | Style::Descending => {}
        }
        if let Some(project) = self.project {
            query.pair("project_id", project);
            query.filter("subproject_id", "*", None);
        }
        match (self.statuses, style) {
            (Statuses::Any, _) => query.filter("status_id", "*", None),
            (Statuses::Open, Style::Long) => query.filter("status_id", "o", None),
            (Statuses::Open, _) => query.pair("status_id", "open"),
            (Statuses::Closed, Style::Long) => query.filter("status_id", "c", None),
            (Statuses::Closed, _) => query.pair("status_id", "closed"),
        }
        if let Some(since) = self.since.filter(|_| style != Style::Descending) {
            query.filter("updated_on", ">=", Some(&stamp(since)));
        }
        if !self.ids.is_empty() {
            let ids: Vec<String> = self.ids.iter().map(i64::to_string).collect();
            query.filter("issue_id", "=", Some(&ids.join(",")));
        }
        if let Some(subject) = self.subject {
            query.filter("subject", "~", Some(subject));
        }
        if self.own {
            query.filter("author_id", "=", Some("me"));
        }
        query.pair("sort", self.order);
        query.pair("limit", &self.limit.to_string());
        if self.offset > 0 {
            query.pair("offset", &self.offset.to_string());
        }
        query.pairs
    }
}

/// An instant as the tracker writes it: whole seconds of UTC.
pub(super) fn stamp(instant: Instant) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

struct Spelt {
    style: Style,
    pairs: Vec<(String, String)>,
}

impl Spelt {
    fn pair(&mut self, name: &str, value: &str) {
        self.pairs.push((name.to_owned(), value.to_owned()));
    }

    fn filter(&mut self, name: &str, operator: &str, value: Option<&str>) {
        if self.style == Style::Long {
            self.pair("f[]", name);
            self.pair(&format!("op[{name}]"), operator);
            if let Some(value) = value {
                self.pair(&format!("v[{name}][]"), value);
            }
            return;
        }
        // Equality is what a bare value means.
        let operator = if operator == "=" { "" } else { operator };
        self.pair(name, &format!("{operator}{}", value.unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(style: Style) -> String {
        let since = Some("2026-11-20T09:13:30.7Z".parse().unwrap());
        let tickets = Tickets {
            project: Some("desk"),
            since,
            ids: &[1, 2],
            subject: Some("a b"),
            own: true,
            offset: 100,
            ..Tickets::ALL
        };
        let pairs = tickets.query(style);
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn a_list_is_asked_for_in_every_spelling() {
        let plain = "project_id=desk&subproject_id=*&status_id=*&updated_on=>=2026-11-20T09:13:30Z&issue_id=1,2\
                     &subject=~a b&author_id=me&sort=updated_on:asc,id:asc&limit=100&offset=100";
        assert_eq!(spelt(Style::Plain), plain);
        assert_eq!(spelt(Style::SetFilter), format!("set_filter=true&{plain}"));
        assert_eq!(spelt(Style::Descending), plain.replace("updated_on=>=2026-11-20T09:13:30Z&", ""));
        assert_eq!(
            spelt(Style::Long),
            "set_filter=1&project_id=desk&f[]=subproject_id&op[subproject_id]=*&f[]=status_id&op[status_id]=*\
             &f[]=updated_on&op[updated_on]=>=&v[updated_on][]=2026-11-20T09:13:30Z\
             &f[]=issue_id&op[issue_id]==&v[issue_id][]=1,2&f[]=subject&op[subject]=~&v[subject][]=a b\
             &f[]=author_id&op[author_id]==&v[author_id][]=me&sort=updated_on:asc,id:asc&limit=100&offset=100"
        );
        let open = |style| Tickets { statuses: Statuses::Open, ..Tickets::ALL }.query(style);
        assert_eq!(open(Style::Plain)[0], ("status_id".to_owned(), "open".to_owned()));
        assert_eq!(open(Style::Long)[2], ("op[status_id]".to_owned(), "o".to_owned()));
    }
}
