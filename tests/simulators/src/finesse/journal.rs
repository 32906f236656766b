//! What came in and went out: requests and stanzas, newest last, for assertions about counts, rates and secrets. A
//! password never gets here: of `Authorization` the id is kept, of a SASL exchange the mechanism.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;

use super::NodeName;
use crate::clock::Clock;

/// Entries kept; older ones are only counted.
const KEPT: usize = 50_000;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A REST request and its answer.
    Rest,
    /// A stanza, or what else goes over a stream, from the client.
    In,
    /// The same to the client.
    Out,
    /// An order of the control API.
    Control,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When, by the simulated clock.
    pub at: Timestamp,
    /// Where, if at one node of the cluster.
    pub node: Option<NodeName>,
    /// What about.
    pub kind: Kind,
    /// Who, as far as that is known: an id, or the address of a session.
    pub who: Option<String>,
    /// The request line, the path of the order, or the stanza.
    pub text: String,
    /// The answer's status.
    pub status: Option<u16>,
    /// The request's own `requestId`.
    pub request_id: Option<String>,
}

/// The journal.
pub struct Journal {
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// An empty one.
    pub fn new(clock: Clock) -> Self {
        Self { clock, inner: Mutex::default() }
    }

    /// Writes a request down.
    pub fn rest(
        &self,
        node: NodeName,
        who: Option<String>,
        line: String,
        status: Option<u16>,
        request_id: Option<String>,
    ) {
        self.put(Some(node), Kind::Rest, who, line, status, request_id);
    }

    /// Writes a stanza down.
    pub fn stanza(&self, node: NodeName, kind: Kind, who: Option<String>, text: &str) {
        self.put(Some(node), kind, who, text.to_owned(), None, None);
    }

    /// Writes an order down.
    pub fn control(&self, line: String) {
        self.put(None, Kind::Control, None, line, None, None);
    }

    /// Entries after number `since`, oldest first.
    pub fn since(&self, since: u64) -> Vec<Entry> {
        self.inner().entries.iter().filter(|entry| entry.number > since).cloned().collect()
    }

    /// Forgets every entry; numbers go on.
    pub fn clear(&self) {
        self.inner().entries.clear();
    }

    fn put(
        &self,
        node: Option<NodeName>,
        kind: Kind,
        who: Option<String>,
        text: String,
        status: Option<u16>,
        request_id: Option<String>,
    ) {
        let at = (self.clock)();
        let mut inner = self.inner();
        inner.last += 1;
        let number = inner.last;
        if inner.entries.len() == KEPT {
            inner.entries.pop_front();
        }
        inner.entries.push_back(Entry { number, at, node, kind, who, text, status, request_id });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
