//! Asks for news at its time, commits a page together with its cursor, and asks on.
//!
//! Deliberately not here: what is asked and what it means (the integrations').

use std::{sync::Arc, time::Duration};

use pult_domain::NoticeChange;
use pult_integrations::{CallError, Verdict};
use pult_store::{Connection, StoreError, connections, inbox, inbox::RecordKind, notices};

use crate::{
    areas::tickets::source,
    decide,
    intake::{self, Origin},
    pump::{Pump, PumpParts},
    troubles::{self, Silence, Way},
};

/// The longest pause after failures in a row.
const LONGEST: Duration = Duration::from_secs(300);
/// The same for tickets, whose looks double their own pause (contracts/redmine 6).
const LONGEST_OF_TICKETS: Duration = Duration::from_secs(600);
/// Failures in a row before a source counts as out of reach; it is asked far less often than calls are made.
const FAILURES: u32 = 3;

/// Polls one integration until stopped: a worker of the supervisor.
pub async fn run(name: &'static str, parts: Arc<PumpParts>, pump: Pump) {
    let (mut failures, mut silence) = (0_u32, Silence::default());
    // What stands of an earlier run is not known here.
    let mut told: Option<bool> = None;
    while !parts.stop.is_cancelled() {
        let pause = match round(name, &parts, &pump).await {
            Ok(Some(pause)) => {
                failures = 0;
                silence.broken();
                if told != Some(false) && tell(&parts, troubles::works(name, Way::News)).await {
                    told = Some(false);
                }
                pause
            }
            // Switched off or paused: look again when somebody may have changed that.
            Ok(None) => Duration::from_secs(5),
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::warn!(integration = name, %error, failures, "a poll failed and will be repeated");
                if let Some(change) = said(name, &error, &mut silence, &parts)
                    && tell(&parts, change).await
                {
                    told = Some(true);
                }
                match error {
                    Failure::Call(CallError::Retry { after: Some(after), .. }) => after,
                    _ => rest(name, &parts, failures),
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

/// How long to wait after so many failures in a row.
fn rest(name: &str, parts: &PumpParts, failures: u32) -> Duration {
    let usual = || parts.registry.get(name)?.poll().map(|poll| poll.every());
    match name == source(&parts.registry.terms()) {
        true => doubled(usual().unwrap_or_default(), failures, LONGEST_OF_TICKETS),
        false => doubled(Duration::from_secs(1), failures, LONGEST),
    }
}

/// A pause doubled with each failure, at least a second.
fn doubled(usual: Duration, failures: u32, longest: Duration) -> Duration {
    usual.max(Duration::from_secs(1)).saturating_mul(1 << failures.min(10)).min(longest)
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a failure says of the system to people.
fn said(name: &str, error: &Failure, silence: &mut Silence, parts: &PumpParts) -> Option<NoticeChange> {
    let patience = parts.registry.terms().patience;
    match error {
        Failure::Call(CallError::Unauthorized { .. }) => Some(troubles::refused(name, Way::News)),
        Failure::Call(CallError::Unreachable { .. } | CallError::OutcomeUnknown { .. }) => silence
            .goes_on(parts.clock.now(), FAILURES, patience.tell_after)
            .then(|| troubles::unreachable(name, Way::News)),
        // Somebody is there, and busy or at odds with us: that is another trouble than being out of reach.
        Failure::Call(CallError::Retry { .. } | CallError::Locked { .. } | CallError::Refused { .. })
        | Failure::Store(_) => None,
    }
}

/// Tells it; whether it is kept.
async fn tell(parts: &Arc<PumpParts>, change: NoticeChange) -> bool {
    let there = parts.clone();
    let write = move |c: &Connection| {
        let (now, terms) = (there.clock.now(), there.registry.terms());
        decide::notices(c, &[change], now, &terms)
    };
    match parts.store.write_behind(write).await {
        Ok(decided) => {
            parts.aftermath.tell(&[decided]);
            true
        }
        Err(error) => {
            tracing::warn!(%error, "how a source is could not be kept and will be told again");
            false
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_pause_up_to_the_longest() {
        let usual = Duration::from_secs(15);
        let pauses: Vec<u64> = (1..=7).map(|failures| doubled(usual, failures, LONGEST_OF_TICKETS).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600, 600]);
        let pauses: Vec<u64> = (1..=9).map(|failures| doubled(Duration::ZERO, failures, LONGEST).as_secs()).collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(doubled(usual, u32::MAX, LONGEST), LONGEST);
    }
}
