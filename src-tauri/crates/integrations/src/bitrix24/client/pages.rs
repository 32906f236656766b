//! Reading a list to its end (contracts/bitrix24 3): fifty rows a page, and rows that move from one page to the next in between.
//!
//! Deliberately not here: which rows count.

use std::collections::HashSet;

use pult_domain::Failure;
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::loose::{entry, text},
    Call, Client, Command, Key, MAX_COMMANDS, Success, Trouble,
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

/// A list whose first page came as a command of a batch.
#[derive(Debug, Clone)]
pub struct First {
    /// The command that brought it.
    pub command: Command,
    /// Where its rows are. More than it allows are an error, since the rest would be missing.
    pub listing: Listing,
    /// The page.
    pub page: Success,
}

/// A list of which more pages are to come.
struct Unfinished {
    first: First,
    gathered: Gathered,
    /// Where the pages begin that are to be asked for.
    starts: Vec<u64>,
    /// Where the furthest page begins that was or will be asked for.
    furthest: u64,
    trouble: Option<Trouble>,
}

impl Unfinished {
    fn new(first: First) -> Self {
        let mut list = Self { gathered: Gathered::default(), starts: vec![], furthest: 0, trouble: None, first };
        let total = list.first.page.total.unwrap_or(0);
        let page = std::mem::take(&mut list.first.page);
        // The portal counts the rows, so that all pages may be asked for at once.
        let end = total.min(list.most());
        list.starts = (1u64..).map(|n| n * PAGE as u64).take_while(|start| *start < end).collect();
        list.furthest = list.starts.last().copied().unwrap_or(0);
        list.read(0, &page);
        if total > list.most() {
            list.too_many(total);
        }
        list
    }

    fn most(&self) -> u64 {
        u64::try_from(self.first.listing.most).unwrap_or(u64::MAX)
    }

    fn too_many(&mut self, rows: u64) {
        let reason = format!("{} has {rows} rows; at most {} are read", self.first.command.method, self.most());
        self.fail(CallError::Refused { reason, why: Failure::Refused }.into());
    }

    fn fail(&mut self, trouble: Trouble) {
        self.starts.clear();
        self.trouble.get_or_insert(trouble);
    }

    /// Takes a page. Rows may have been added meanwhile: the furthest page tells of more.
    fn read(&mut self, start: u64, page: &Success) {
        self.gathered.add(self.first.listing.rows(&page.result), self.first.listing.id);
        let next = page.next.filter(|next| start == self.furthest && *next > start);
        match next.filter(|_| self.trouble.is_none()) {
            Some(next) if next >= self.most() => self.too_many(next + 1),
            Some(next) => {
                self.starts.push(next);
                self.furthest = next;
            }
            None => {}
        }
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

    /// All rows of lists whose first pages are there, each list by itself: as many pages go in a request as a batch holds.
    ///
    /// # Errors
    /// When a batch as a whole did not go. A list of which one page could not be had is an error of its own; a part of a list is never
    /// given for the whole.
    pub async fn rest(
        &self,
        key: Key,
        firsts: Vec<First>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Vec<Result<Vec<Value>, Trouble>>, Trouble> {
        let mut lists: Vec<_> = firsts.into_iter().map(Unfinished::new).collect();
        loop {
            let mut asked = vec![];
            for (n, list) in lists.iter_mut().enumerate() {
                let room = MAX_COMMANDS - asked.len();
                asked.extend(list.starts.drain(..list.starts.len().min(room)).map(|start| (n, start)));
            }
            if asked.is_empty() {
                break;
            }
            let page = |(n, start): &(usize, u64)| {
                let mut command = lists[*n].first.command.clone();
                command.name = format!("{}_{start}", command.name);
                command.params["start"] = json!(start);
                command
            };
            let commands: Vec<_> = asked.iter().map(page).collect();
            let ran = self.batch(key, &commands, false, exchanges).await?;
            for ((n, start), ran) in asked.into_iter().zip(ran) {
                match ran.outcome() {
                    Ok(page) => lists[n].read(start, &page),
                    Err(trouble) => lists[n].fail(trouble),
                }
            }
        }
        Ok(lists.into_iter().map(|list| list.trouble.map_or(Ok(list.gathered.rows), Err)).collect())
    }
}
