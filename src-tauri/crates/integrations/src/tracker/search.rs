//! Lists of issues for a person (behaviour/chat_tracker 5.2).
//!
//! Pages are computed anew at each call: a row that comes twice counts once. Deliberately not here: the words of a list (the rule's).

use std::collections::BTreeMap;

use pult_domain::areas::chat_link::{IssueRow, owed::List};
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    Tracker,
    client::PAGE,
    fields::{self, Fields},
    wire,
};

/// Pages of one search.
const MAX_PAGES: u32 = 20;
/// The most issues of a list that grows for ever.
const LAST: usize = 10;

/// The number behind an issue's dash.
fn place(key: &str) -> u64 {
    key.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

impl Tracker {
    /// The issues of a list, newest first.
    pub(super) async fn list(&self, list: &List, said: &mut Vec<Exchange>) -> Result<Vec<IssueRow>, CallError> {
        let fields = self.fields(said).await?;
        let mut found = vec![];
        for filter in self.filters(list, &fields)? {
            self.all(&filter, &mut found, said).await?;
        }
        Ok(self.listed(list, &found))
    }

    fn filters(&self, list: &List, fields: &Fields) -> Result<Vec<Map<String, Value>>, CallError> {
        let with = |name: &str, value: Value| {
            let mut filter = self.scope();
            filter.insert(name.to_owned(), value);
            filter
        };
        Ok(match list {
            List::Own { user, .. } => vec![with(&fields.need(fields::USER)?.id, json!(user.to_string()))],
            List::Watched { login } => ["followers", "access"].map(|name| with(name, json!(login))).to_vec(),
        })
    }

    async fn all(
        &self,
        filter: &Map<String, Value>,
        found: &mut Vec<Value>,
        said: &mut Vec<Exchange>,
    ) -> Result<(), CallError> {
        let body = json!({"filter": filter, "order": "-updated"});
        for page in 1..=MAX_PAGES {
            let next = self.client.search(&body, page, said).await?;
            let more = next.rows.len() >= PAGE && next.pages.is_none_or(|pages| u64::from(page) < pages);
            found.extend(next.rows);
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// The rows of a list among issues.
    pub(super) fn listed(&self, list: &List, issues: &[Value]) -> Vec<IssueRow> {
        let rows = issues.iter().filter_map(|issue| wire::row(&self.settings, issue));
        let mut unique: BTreeMap<String, IssueRow> = rows.map(|row| (row.key.clone(), row)).collect();
        let most = match list {
            List::Own { over, .. } => {
                unique.retain(|_, row| row.over == *over);
                if *over { LAST } else { usize::MAX }
            }
            List::Watched { .. } => LAST,
        };
        let mut rows: Vec<IssueRow> = unique.into_values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(place(&row.key)));
        rows.truncate(most);
        rows
    }
}
