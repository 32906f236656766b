//! How many writes are under way at once, for each service and over all, now and at most.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

/// The counts. What is in no service goes as service 0.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counts {
    /// Under way in each service; services without any are left out.
    pub now: BTreeMap<u64, u32>,
    /// Most at once in each service.
    pub highest: BTreeMap<u64, u32>,
    /// Most at once over all services.
    pub highest_of_all: u32,
}

/// The counter; clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Flight(Arc<Mutex<Counts>>);

impl Flight {
    /// A write of this service begins; it ends when what is given back is dropped.
    pub(super) fn begin(&self, service: u64) -> Write {
        let mut counts = self.counts();
        let now = counts.now.entry(service).or_default();
        *now += 1;
        let now = *now;
        let highest = counts.highest.entry(service).or_default();
        *highest = now.max(*highest);
        counts.highest_of_all = counts.now.values().sum::<u32>().max(counts.highest_of_all);
        drop(counts);
        Write { flight: self.clone(), service }
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write under way.
pub(super) struct Write {
    flight: Flight,
    service: u64,
}

impl Drop for Write {
    fn drop(&mut self) {
        let mut counts = self.flight.counts();
        let left = counts.now.get(&self.service).map_or(0, |now| now - 1);
        if left == 0 {
            counts.now.remove(&self.service);
        } else {
            counts.now.insert(self.service, left);
        }
    }
}
