//! What became records already: the same window is read again every time, and a repeat each time would fill the inbox.
//!
//! Lost at a restart, which does no harm, because a repeated record is recognised by its fact's key. Deliberately not here: what is told.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most remembered; forgetting them costs a few repeats.
const MAX_TOLD: usize = 20_000;

/// Looks by what they are looks at.
pub(super) type Looks = BTreeMap<String, String>;

#[derive(Default)]
pub(super) struct Told(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    committed: Looks,
    /// What was handed out last, and the count of records after it.
    handed: Option<(u64, Looks)>,
}

impl Told {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how far the engine has come: what was handed out last is told only if that was committed.
    pub(super) fn reached(&self, told: u64) {
        let mut memory = self.memory();
        if let Some((_, looks)) = memory.handed.take().filter(|(after, _)| *after == told) {
            if memory.committed.len() > MAX_TOLD {
                memory.committed.clear();
            }
            memory.committed.extend(looks);
        }
    }

    pub(super) fn knows(&self, what: &str, look: &str) -> bool {
        self.memory().committed.get(what).is_some_and(|known| known == look)
    }

    /// Takes note of what is handed out, and of the count of records after it.
    pub(super) fn hand_out(&self, told: u64, looks: Looks) {
        self.memory().handed = (!looks.is_empty()).then_some((told, looks));
    }
}
