//! Wakes areas at their deadlines. Deadlines are rows, so a restart, a nap or a clock set anew loses none.
//!
//! Deliberately not here: what a deadline means (`areas::fact_of_timer`).

use std::{sync::Arc, time::Duration};

use pult_domain::{Area, FactKey, Observed, TimerChange};
use pult_store::{StoreError, timers};

use crate::{
    areas,
    decide::{self, Decided, Source},
    pump::PumpParts,
};

/// Deadlines taken in one transaction.
const ROUND: usize = 100;
/// How long to wait when no deadline is set, or the store says no.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Runs until stopped: a worker of the supervisor.
pub async fn run(parts: Arc<PumpParts>) {
    let changed = parts.aftermath.timers();
    loop {
        let next = match fire(&parts).await {
            Ok(decided) if !decided.is_empty() => {
                parts.aftermath.tell(&decided);
                continue;
            }
            Ok(_) => {
                if let Err(error) = set_standing(&parts).await {
                    tracing::warn!(%error, "a deadline that comes at intervals could not be set");
                }
                parts.store.read(timers::next_due).await.ok().flatten()
            }
            Err(error) => {
                tracing::warn!(%error, "deadlines wait: the store does not answer");
                None
            }
        };
        let next = next.unwrap_or_else(|| parts.clock.after(LOOK_AGAIN)).min(parts.clock.after(LOOK_AGAIN));
        tokio::select! {
            () = parts.clock.reach(next) => {}
            () = changed.notified() => {}
            () = parts.stop.cancelled() => return,
        }
    }
}

/// Sets what must always be set and is not: after the first start, and when it was switched off meanwhile.
async fn set_standing(parts: &Arc<PumpParts>) -> Result<(), StoreError> {
    let (now, wanted) = (parts.clock.now(), areas::standing(&parts.registry.terms()));
    let missing: Vec<_> = parts
        .store
        .read(move |c| {
            let mut missing = Vec::new();
            for (area, key) in wanted {
                if !timers::is_set(c, area.as_ref(), key)? {
                    missing.push((area, key));
                }
            }
            Ok(missing)
        })
        .await?;
    if missing.is_empty() {
        return Ok(());
    }
    let set = move |c: &pult_store::Connection| {
        missing.iter().try_for_each(|(area, key)| {
            timers::apply(c, area.as_ref(), &TimerChange::Set { key: (*key).to_owned(), due: now })
        })
    };
    parts.store.write_behind(set).await
}

async fn fire(parts: &Arc<PumpParts>) -> Result<Vec<Decided>, StoreError> {
    let (now, there) = (parts.clock.now(), parts.clone());
    parts
        .store
        .write_behind(move |connection| {
            let source = Source { name: "timer".to_owned(), ..Source::default() };
            let terms = there.registry.terms();
            let mut decided = Vec::new();
            for due in timers::due(connection, now, ROUND)? {
                timers::apply(connection, &due.area, &TimerChange::Lift { key: due.key.clone() })?;
                let fact = due.area.parse::<Area>().ok().and_then(|area| areas::fact_of_timer(area, &due.key));
                let Some(fact) = fact else {
                    tracing::warn!(area = due.area, key = due.key, "a deadline of an unknown kind was dropped");
                    continue;
                };
                let key = FactKey(format!("{}/{}@{}", due.area, due.key, due.at));
                decided.push(decide::fact(connection, &Observed { key, at: due.at, fact }, &source, now, &terms)?);
            }
            Ok(decided)
        })
        .await
}
