//! Asks for news at its time, commits a page together with its cursor, and asks on.
//!
//! Deliberately not here: what is asked and what it means (the integrations').

use std::{sync::Arc, time::Duration};

use pult_integrations::{CallError, Verdict};
use pult_store::{StoreError, connections, inbox, inbox::RecordKind, notices};

use crate::{
    areas::tickets::source,
    intake::{self, Origin},
    pump::{Pump, PumpParts},
};

/// The longest pause after failures in a row.
const LONGEST: Duration = Duration::from_secs(300);

/// Polls one integration until stopped: a worker of the supervisor.
pub async fn run(name: &'static str, parts: Arc<PumpParts>, pump: Pump) {
    let mut failures = 0_u32;
    while !parts.stop.is_cancelled() {
        let pause = match round(name, &parts, &pump).await {
            Ok(Some(pause)) => {
                failures = 0;
                pause
            }
            // Switched off or paused: look again when somebody may have changed that.
            Ok(None) => Duration::from_secs(5),
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::warn!(integration = name, %error, failures, "a poll failed and will be repeated");
                match error {
                    Failure::Call(CallError::Retry { after: Some(after), .. }) => after,
                    _ => Duration::from_secs(1 << failures.min(8)).min(LONGEST),
                }
            }
        };
        if pause.is_zero() {
            continue;
        }
        tokio::select! {
            () = parts.clock.pause(pause) => {}
            () = parts.registry.ticket_pace().sooner(), if name == source(&parts.registry.terms()) => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One page; how long to pause after it.
async fn round(name: &'static str, parts: &PumpParts, pump: &Pump) -> Result<Option<Duration>, Failure> {
    let Some(integration) = parts.registry.get(name) else { return Ok(None) };
    let Some(poll) = integration.poll() else { return Ok(None) };
    if name == source(&parts.registry.terms()) {
        let shortest =
            parts.store.read(|c| Ok(notices::readers(c)?.iter().map(|reader| reader.check_seconds).min())).await?;
        parts.registry.ticket_pace().within(shortest.unwrap_or(notices::USUAL_CHECK));
    }
    let memory = parts.store.read(move |c| connections::get(c, name)).await?;
    if memory.paused_by.is_some() {
        return Ok(None);
    }
    let now = parts.clock.now();
    let page = poll.fetch(memory.cursor.as_deref(), now).await?;
    let verdict = serde_json::to_string(&Verdict::Local).map_err(StoreError::from)?;
    let mut records = Vec::new();
    for request in &page.records {
        let origin =
            Origin { kind: RecordKind::Poll, source: name.to_owned(), verdict: verdict.clone(), replay_of: None };
        records.push(intake::prepare(&parts.store, name, request, origin, now).await?);
    }
    let cursor = page.next_cursor.clone();
    let came = !records.is_empty();
    if came || cursor != memory.cursor {
        let ids = parts
            .store
            .write_behind(move |connection| {
                let ids = records.iter().map(|r| inbox::insert(connection, r)).collect::<Result<Vec<_>, _>>()?;
                if let Some(cursor) = &cursor {
                    connections::set_cursor(connection, name, cursor)?;
                }
                if came {
                    connections::heard(connection, name, now)?;
                }
                Ok(ids)
            })
            .await?;
        for id in ids {
            pump.arrived(id, None);
        }
    }
    Ok(Some(if page.more { Duration::ZERO } else { poll.every() }))
}
