//! Looks into the history of events for those no webhook brought (contracts/pachca 8).
//!
//! The history is read from its newest event back to the last one known, and recorded in the order things happened. At the first look
//! nothing is recorded: what was before us was never ours. Deliberately not here: telling what is known (the keys of facts).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::Instant;
use serde_json::Value;

use crate::{CallError, Page, Poll, StoredRequest};

use super::{
    Pachca,
    client::Call,
    events::{self, Kind},
    people::strange,
    wire::{self, at, text},
};

/// The path of the history.
pub(super) const EVENTS: &str = "webhooks/events";
/// The route of records made from it.
pub(super) const HISTORY: &str = "history";
/// The parameter of a record that says when it happened.
pub(super) const AT: &str = "at";
const ROW: &str = "row";
/// Events of a page, the most the messenger gives.
const PAGE: usize = 50;
/// Pages of one look: 10 000 events.
const PAGES: usize = 200;
/// Before every ULID.
const BEFORE_ALL: &str = "00000000000000000000000000";
/// Characters of a ULID.
const ULID: usize = 26;

/// An event of the history.
struct Row<'r> {
    id: String,
    at: Option<&'r str>,
    payload: &'r Value,
}

fn row(value: &Value) -> Option<Row<'_>> {
    let id = text(at(value, "id"), ULID)?;
    Some(Row { id, at: at(value, "created_at").as_str(), payload: at(value, "payload") })
}

#[async_trait]
impl Poll for Pachca {
    fn every(&self) -> Duration {
        Duration::from_secs(self.settings.poll_s.max(1).into())
    }

    async fn fetch(&self, cursor: Option<&str>, _now: Instant) -> Result<Page, CallError> {
        let Some(known) = cursor else {
            let answer = self.events(None, 1).await?;
            let newest = wire::rows(&answer).iter().filter_map(row).map(|row| row.id).max();
            return Ok(Page { next_cursor: Some(newest.unwrap_or_else(|| BEFORE_ALL.to_owned())), ..Page::default() });
        };
        let (mut records, mut newest) = (vec![], known.to_owned());
        let (mut next, mut seen, mut met) = (None::<String>, 0, false);
        for _ in 0..PAGES {
            let answer = self.events(next.as_deref(), PAGE).await?;
            seen += wire::rows(&answer).len();
            for row in wire::rows(&answer).iter().filter_map(row) {
                if row.id.as_str() <= known {
                    met = true;
                    continue;
                }
                match events::kind(row.payload) {
                    Kind::People => self.book.forget(&events::people(row.payload)),
                    Kind::Other => {}
                    _ => records.push((row.id.clone(), record(&row))),
                }
                newest = newest.max(row.id);
            }
            let further = wire::next_page(&answer, seen).filter(|further| next.as_ref() != Some(further));
            met |= further.is_none();
            next = further;
            if met {
                break;
            }
        }
        if !met {
            tracing::warn!(
                seen,
                "the history of events goes back further than is read at once; the older ones are passed over"
            );
        }
        records.sort_by(|(a, _), (b, _)| a.cmp(b));
        // A page that was moved on by a new event repeats its rows.
        records.dedup_by(|(a, _), (b, _)| a == b);
        let records = records.into_iter().map(|(_, record)| record).collect();
        Ok(Page { records, next_cursor: Some(newest), more: false })
    }
}

impl Pachca {
    async fn events(&self, next: Option<&str>, limit: usize) -> Result<Value, CallError> {
        let mut call = Call::get(EVENTS).with("limit", limit);
        if let Some(next) = next {
            call = call.with("cursor", next);
        }
        let answer = self.client.call(&call, &mut vec![]).await?;
        if wire::data(&answer).is_array() { Ok(answer) } else { Err(strange("a list of events")) }
    }
}

fn record(row: &Row<'_>) -> StoredRequest {
    let mut query = vec![(ROW.to_owned(), row.id.clone())];
    query.extend(row.at.map(|at| (AT.to_owned(), at.to_owned())));
    StoredRequest {
        route: HISTORY.to_owned(),
        method: "GET".to_owned(),
        path: EVENTS.to_owned(),
        query,
        headers: vec![],
        body: row.payload.to_string().into(),
    }
}
