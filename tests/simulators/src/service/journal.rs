//! What came in: every call with what it asked for and how it ended, newest last, and counts by name. What writes here takes
//! tokens out first; nothing in the journal opens anything.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::clock::Clock;

/// Entries kept; older ones are only counted.
const KEPT: usize = 20_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When, by the simulated clock.
    pub at: Timestamp,
    /// What was called.
    pub name: String,
    /// Method and path, without secrets.
    pub line: String,
    /// What was asked for, without secrets.
    pub request: Value,
    /// Status of the answer; none where there was no answer.
    pub status: Option<u16>,
    /// What the vendor said no with.
    pub error: Option<String>,
}

/// The journal.
pub struct Journal {
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    counts: BTreeMap<String, u64>,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// An empty one.
    pub fn new(clock: Clock) -> Self {
        Self { clock, inner: Mutex::default() }
    }

    /// Writes a call down.
    pub fn put(&self, name: &str, line: String, request: Value, status: Option<u16>, error: Option<String>) {
        let at = (self.clock)();
        let mut inner = self.inner();
        inner.last += 1;
        *inner.counts.entry(name.to_owned()).or_default() += 1;
        if inner.entries.len() == KEPT {
            inner.entries.pop_front();
        }
        let entry = Entry { number: inner.last, at, name: name.to_owned(), line, request, status, error };
        inner.entries.push_back(entry);
    }

    /// Entries after number `since`, oldest first.
    pub fn since(&self, since: u64) -> Vec<Entry> {
        self.inner().entries.iter().filter(|entry| entry.number > since).cloned().collect()
    }

    /// How often each name was called since the journal was emptied.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.inner().counts.clone()
    }

    /// How often this was called since the journal was emptied.
    pub fn count(&self, name: &str) -> u64 {
        self.inner().counts.get(name).copied().unwrap_or_default()
    }

    /// Forgets every entry and count; numbers go on.
    pub fn clear(&self) {
        let mut inner = self.inner();
        inner.entries.clear();
        inner.counts.clear();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
