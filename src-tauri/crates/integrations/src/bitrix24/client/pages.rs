//! Reading a list to its end (contracts/bitrix24 3): fifty rows a page, and rows that move from one page to the next in between.
//!
//! Deliberately not here: which rows count.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::Exchange;

use super::{
    super::loose::{entry, text},
    Call, Client, Trouble,
};

/// Rows of a page; the portal allows no other number.
pub const PAGE: usize = 50;

/// Where a method keeps its rows.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// The key of the result under which they are; `None` where the result is the list.
    pub under: Option<&'static str>,
    /// The name of a row's id in its answer.
    pub id: &'static str,
    /// The most rows read.
    pub most: usize,
}

impl Listing {
    fn rows<'v>(&self, result: &'v Value) -> &'v [Value] {
        let rows = self.under.map_or(Some(result), |key| entry(result, key));
        rows.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// Rows by their ids, each once.
#[derive(Default)]
struct Gathered {
    seen: HashSet<String>,
    rows: Vec<Value>,
}

impl Gathered {
    /// Adds a page; whether anything on it was new.
    fn add(&mut self, rows: &[Value], id: &str) -> bool {
        let before = self.rows.len();
        for row in rows {
            if entry(row, id).and_then(text).is_none_or(|id| self.seen.insert(id)) {
                self.rows.push(row.clone());
            }
        }
        self.rows.len() > before
    }
}

impl Client {
    /// All rows of a list, page by page as the answers say where the next begins, and in the order they came.
    ///
    /// # Errors
    /// What to do next, where one page could not be had; a part of a list is never given for the whole.
    pub async fn list(
        &self,
        mut call: Call,
        listing: Listing,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Vec<Value>, Trouble> {
        let mut gathered = Gathered::default();
        let mut start = 0;
        loop {
            call.params["start"] = json!(start);
            let page = self.call(&call, exchanges).await?;
            gathered.add(listing.rows(&page.result), listing.id);
            match page.next.filter(|next| *next > start) {
                Some(next) if gathered.rows.len() < listing.most => start = next,
                _ => break,
            }
        }
        gathered.rows.truncate(listing.most);
        Ok(gathered.rows)
    }

    /// All rows of a long list, without having them counted: each page asks for ids above the last one seen. The call must ask for
    /// ascending ids, which every method says in its own way; `filter` is its parameter for conditions.
    ///
    /// # Errors
    /// As [`Client::list`].
    pub async fn list_by_id(
        &self,
        mut call: Call,
        filter: &str,
        listing: Listing,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Vec<Value>, Trouble> {
        let mut gathered = Gathered::default();
        call.params["start"] = json!(-1);
        let above = format!(">{}", listing.id.to_ascii_uppercase());
        loop {
            let page = self.call(&call, exchanges).await?;
            let rows = listing.rows(&page.result);
            let last = rows.last().and_then(|row| entry(row, listing.id)).cloned();
            let grew = gathered.add(rows, listing.id);
            match last.filter(|_| grew && rows.len() >= PAGE && gathered.rows.len() < listing.most) {
                Some(last) => call.params[filter][above.as_str()] = last,
                None => break,
            }
        }
        gathered.rows.truncate(listing.most);
        Ok(gathered.rows)
    }
}
