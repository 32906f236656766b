//! What is told once decisions are committed: to whoever looks, and to the workers that now have something to do.
//!
//! Deliberately not here: anything that could fail.

use std::{collections::HashMap, sync::Arc};

use pult_domain::Area;
use tokio::sync::Notify;

use crate::{bus::Bus, decide::Decided};

/// Tells after commits. Clones tell the same.
#[derive(Clone, Default)]
pub struct Aftermath {
    bus: Bus,
    lanes: Arc<HashMap<&'static str, Arc<Notify>>>,
    timers: Arc<Notify>,
}

impl Aftermath {
    /// Tells the bus and these lanes.
    #[must_use]
    pub fn new(bus: Bus, lanes: impl IntoIterator<Item = &'static str>) -> Self {
        Self { bus, lanes: Arc::new(lanes.into_iter().map(|n| (n, Arc::default())).collect()), timers: Arc::default() }
    }

    /// Tells what these decisions led to.
    pub fn tell<'a>(&self, decided: impl IntoIterator<Item = &'a Decided>) {
        let mut touched: HashMap<Area, Vec<i64>> = HashMap::new();
        for decided in decided {
            for (area, id) in &decided.touched {
                touched.entry(*area).or_default().push(*id);
            }
            for lane in decided.owing.iter().filter_map(|name| self.lanes.get(name)) {
                lane.notify_one();
            }
            if decided.timers {
                self.timers.notify_one();
            }
        }
        for (area, ids) in touched {
            self.bus.changed(area, ids);
        }
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Wakes a lane: something is owed, or a person mended its connection.
    pub fn wake_lane(&self, integration: &str) {
        if let Some(lane) = self.lanes.get(integration) {
            lane.notify_one();
        }
    }

    /// What a lane waits for.
    #[must_use]
    pub fn lane(&self, integration: &str) -> Arc<Notify> {
        self.lanes.get(integration).cloned().unwrap_or_default()
    }

    /// What the timers' worker waits for.
    #[must_use]
    pub fn timers(&self) -> Arc<Notify> {
        self.timers.clone()
    }
}
