//! Tells an open card that it should be read again.
//!
//! An event carries a mark of the content and never the content. Deliberately not here: events of the console.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream};
use pult_domain::{Area, CallId, RecordId};
use pult_engine::bus::{Change, Listener};
use serde::Deserialize;

use super::{content_of, no_such_card, page, view};
use crate::{App, links::Card};

/// How often the other end is shown that somebody is here.
const PULSE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    seen: String,
}

/// `GET /call-card/{id}/events`.
pub(super) async fn stream(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(Seen { seen }): Query<Seen>,
    headers: HeaderMap,
) -> Response {
    let record = match app.links.open(&id, app.engine.clock().now()) {
        Some(Card::Record(record)) => record,
        // 204 tells an event source not to come back.
        Some(Card::Number(_)) => return StatusCode::NO_CONTENT.into_response(),
        None => return no_such_card(),
    };
    // A browser that lost the connection says itself what it saw last.
    let seen = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map_or(seen, str::to_owned);
    let stop = app.engine.stop_signal().clone();
    let watch = Watch { listener: app.engine.bus().listen(), app, id, record, seen, concerns: Concerns::Now };
    let events = stream::unfold(watch, |mut watch| async move {
        let mark = watch.next().await?;
        Some((Ok::<_, Infallible>(Event::default().event("changed").id(mark.clone()).data(mark)), watch))
    });
    Sse::new(events.take_until(stop.cancelled_owned())).keep_alive(KeepAlive::new().interval(PULSE)).into_response()
}

struct Watch {
    app: App,
    id: String,
    record: RecordId,
    listener: Listener,
    seen: String,
    concerns: Concerns,
}

/// Which changes are worth reading the card again.
enum Concerns {
    /// It has not been read yet.
    Now,
    /// Any that may be this record's decision.
    Record,
    /// Those of its call.
    Call(CallId),
}

impl Watch {
    /// Waits until the card's content is another one; its mark. `None` when the card is closed for good.
    async fn next(&mut self) -> Option<String> {
        loop {
            if !matches!(self.concerns, Concerns::Now) {
                let change = self.listener.next().await?;
                if !self.concerned(&change) {
                    continue;
                }
            }
            self.app.links.open(&self.id, self.app.engine.clock().now())?;
            let view = match view::read(&self.app.engine, self.record).await {
                Ok(view) => view?,
                Err(error) => {
                    tracing::warn!(%error, "a card could not be read");
                    self.concerns = Concerns::Record;
                    continue;
                }
            };
            self.concerns = view.call().map_or(Concerns::Record, |row| Concerns::Call(row.id));
            let mark = page::mark(&content_of(&self.app, &self.id, &view));
            if mark != self.seen {
                self.seen.clone_from(&mark);
                return Some(mark);
            }
        }
    }

    fn concerned(&self, change: &Change) -> bool {
        let Change::Changed { area, ids, .. } = change else { return true };
        match (&self.concerns, area) {
            (Concerns::Now, _) | (Concerns::Record, Area::Calls) => true,
            (Concerns::Record, Area::Deliveries) => ids.is_empty() || ids.contains(&self.record.0),
            (Concerns::Call(call), Area::Calls) => ids.is_empty() || ids.contains(&call.0),
            _ => false,
        }
    }
}
