//! Tells everybody who looks that something changed: area and ids, never the content. Who has missed something reads again.
//!
//! Deliberately not here: what changed, and to whom it may be shown (the commands decide that when it is read).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use pult_domain::Area;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use ts_rs::TS;

/// Changes kept for a slow listener; beyond that it is told to read everything again.
const KEPT: usize = 1024;
/// Ids in one change at most; a larger change names none, which means "read the list again".
pub const MOST_IDS: usize = 200;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Rows of an area changed and are committed.
    Changed {
        /// Grows by one with each change since the engine started.
        #[ts(type = "number")]
        rev: u64,
        /// Whose rows.
        area: Area,
        /// Which; empty means that there were too many to name.
        #[ts(type = "Array<number>")]
        ids: Vec<i64>,
    },
    /// Something was missed: read again all that is shown.
    Resync,
}

/// The bus. Clones speak to the same listeners.
#[derive(Clone)]
pub struct Bus {
    revision: Arc<AtomicU64>,
    sender: broadcast::Sender<Change>,
}

impl Default for Bus {
    fn default() -> Self {
        Self { revision: Arc::default(), sender: broadcast::Sender::new(KEPT) }
    }
}

impl Bus {
    /// Tells that rows of an area changed. Call it after the commit.
    pub fn changed(&self, area: Area, mut ids: Vec<i64>) {
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > MOST_IDS {
            ids.clear();
        }
        let rev = self.revision.fetch_add(1, Ordering::Relaxed) + 1;
        // Nobody looking is the usual state of a server at night.
        let _ = self.sender.send(Change::Changed { rev, area, ids });
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.sender.subscribe())
    }
}

/// One listener.
pub struct Listener(broadcast::Receiver<Change>);

impl Listener {
    /// The next change; [`Change::Resync`] after some were missed; `None` when the engine is gone.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Change::Resync),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_listener_is_told_to_read_again() {
        let bus = Bus::default();
        let mut listener = bus.listen();
        for id in 0..2 * KEPT as i64 {
            bus.changed(Area::Calls, vec![id]);
        }
        assert_eq!(listener.next().await, Some(Change::Resync));
        assert!(matches!(listener.next().await, Some(Change::Changed { .. })));
    }

    #[tokio::test]
    async fn a_large_change_names_no_ids() {
        let bus = Bus::default();
        let mut listener = bus.listen();
        bus.changed(Area::Calls, (0..=MOST_IDS as i64).collect());
        assert_eq!(listener.next().await, Some(Change::Changed { rev: 1, area: Area::Calls, ids: vec![] }));
    }
}
