//! Reading a list to its end: the gateway gives a hundred rows at most, and another number where it likes (contracts/intradesk 3).
//!
//! Deliberately not here: which rows count.

use std::collections::HashSet;

use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    super::{
        loose::{field, id, number, text},
        trouble::strange,
    },
    client::Client,
};

/// Rows asked for at once: the most the gateway allows.
const PAGE: &str = "100";
/// The longest address of a next page that is followed.
const MAX_LINK: usize = 8 * 1024;

/// A list.
pub(super) struct Pages<'a> {
    /// Its method.
    pub(super) path: &'a str,
    /// Which rows, and in which order.
    pub(super) query: &'a [(&'a str, &'a str)],
    /// The key of a row's id: a row that has come before is left out.
    pub(super) id: &'a str,
    /// The most rows read.
    pub(super) most: usize,
}

/// What was read of a list.
pub(super) struct Found {
    /// Its rows, in the order they came, each once.
    pub(super) rows: Vec<Value>,
    /// Whether those are all there are.
    pub(super) complete: bool,
}

/// One page.
pub(super) struct Page<'a> {
    pub(super) rows: &'a [Value],
    /// How many rows there are in all, where the gateway counted them exactly.
    pub(super) count: Option<usize>,
    /// The address of the next page, as the gateway writes it.
    pub(super) next: Option<String>,
}

/// A page as it came.
pub(super) fn page(content: &Value) -> Result<Page<'_>, CallError> {
    let rows = field(content, "value").as_array().ok_or_else(|| strange("the answer holds no list"))?;
    let relation = field(content, "@odata.countrelation");
    let exact = relation.is_null() || number(relation) == Some(1);
    let count = number(field(content, "@odata.count")).filter(|_| exact).and_then(|count| usize::try_from(count).ok());
    Ok(Page { rows, count, next: text(field(content, "@odata.nextLink"), MAX_LINK) })
}

impl Client {
    /// Reads a list, page by page. How many rows a page really has is the gateway's affair: the end is told by its count, or by a page
    /// that brings nothing new.
    pub(super) async fn pages(&self, wanted: &Pages<'_>, said: &mut Vec<Exchange>) -> Result<Found, CallError> {
        let (mut rows, mut seen) = (vec![], HashSet::new());
        let (mut skip, mut next) = (0usize, None);
        loop {
            let url = next.take().unwrap_or_else(|| {
                let skip = skip.to_string();
                let place = [("$top", PAGE), ("$skip", skip.as_str()), ("$count", "true")];
                self.address(wanted.path, &[wanted.query, &place].concat())
            });
            let content = self.get_at(url, said).await?;
            let page = page(&content)?;
            let before = seen.len();
            // A row without an id is for its reader to judge.
            let new = page.rows.iter().filter(|row| id(field(row, wanted.id)).is_none_or(|id| seen.insert(id)));
            rows.extend(new.cloned());
            skip += page.rows.len();
            let all = page.count.is_none_or(|count| rows.len() >= count);
            if rows.len() > wanted.most || rows.len() == wanted.most && !all {
                rows.truncate(wanted.most);
                return Ok(Found { rows, complete: false });
            }
            next = page.next.as_deref().and_then(|link| self.own(link));
            let counted = page.count.is_some_and(|count| skip >= count) && next.is_none();
            if seen.len() == before || counted {
                return Ok(Found { rows, complete: all });
            }
        }
    }
}
