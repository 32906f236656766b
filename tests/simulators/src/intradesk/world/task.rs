//! A task, what became of it, and the orders by which a person or a test makes one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::World;

/// Who writes over the interface, and who asks for what nobody else asked for.
pub const BOT: u64 = 9_101;

/// From a number to its id.
pub(super) const OFFSET: u64 = 4_279_100;

/// Something that became of a task.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Whose doing it was.
    pub by: u64,
    /// The blocks that were changed, and what they hold now.
    pub blocks: Vec<(String, String)>,
}

/// A task.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Its id, which the newer interface goes by.
    pub id: u64,
    /// Its number, which people and the older interface go by.
    pub number: u64,
    /// What it is about.
    pub name: String,
    /// The same at length.
    pub description: String,
    /// Id of its status.
    pub status: u64,
    /// Its priority.
    pub priority: u64,
    /// Its service.
    pub service: Option<u64>,
    /// Who asks.
    pub initiator: u64,
    /// Who works on it; the cloud knows the first alone.
    pub executors: Vec<u64>,
    /// For the sake of which group.
    pub group: Option<u64>,
    /// Ids of its tags.
    pub tags: Vec<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was done with.
    pub closed_at: Option<Timestamp>,
    /// What became of it, oldest first.
    pub lifetime: Vec<Event>,
}

/// New tasks of somebody's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskOrder {
    /// Number of the first; the next free one without this.
    pub number: Option<u64>,
    /// Its service.
    pub service: Option<u64>,
    /// What it is about.
    pub name: Option<String>,
    /// The same at length.
    pub description: Option<String>,
    /// When the first was made; now without this.
    pub created: Option<Timestamp>,
    /// Seconds from one to the next; a minute without this.
    pub step: Option<f64>,
    /// How many of them, numbered on.
    pub count: Option<u64>,
    /// Id of its status; the first one without this.
    pub status: Option<u64>,
    /// Who works on it already.
    pub executor: Option<u64>,
}

impl Task {
    /// Who works on it, as the cloud sees it.
    pub fn executor(&self) -> Option<u64> {
        self.executors.first().copied()
    }

    /// Writes down that it was changed.
    pub(in super::super) fn note(&mut self, by: u64, blocks: Vec<(String, String)>, at: Timestamp) {
        self.updated_at = at;
        self.lifetime.push(Event { at, by, blocks });
    }

    /// Gives it to these people, or to nobody.
    pub(in super::super) fn give(&mut self, executors: Vec<u64>, group: Option<u64>, by: u64, at: Timestamp) {
        let shown: Vec<String> = executors.iter().map(ToString::to_string).collect();
        self.executors = executors;
        self.group = group;
        self.note(by, vec![("executor".to_owned(), shown.join(", "))], at);
    }
}

impl World {
    /// Makes tasks; answers the number of the last.
    pub(in super::super) fn make(&mut self, order: &TaskOrder, now: Timestamp) -> u64 {
        let mut last = 0;
        let mut created = order.created.unwrap_or(now);
        let step = SignedDuration::try_from_secs_f64(order.step.unwrap_or(60.0)).unwrap_or_default();
        for index in 0..order.count.unwrap_or(1) {
            let number = order.number.map_or_else(|| super::next(&self.tasks, 170_900), |first| first + index);
            let status = order.status.or_else(|| self.statuses.keys().next().copied()).unwrap_or_default();
            let task = Task {
                id: OFFSET + number,
                number,
                name: order.name.clone().unwrap_or_else(|| format!("Заявка {number}")),
                description: order.description.clone().unwrap_or_default(),
                status,
                priority: 170,
                service: order.service,
                initiator: BOT,
                executors: order.executor.into_iter().collect(),
                group: order.executor.and_then(|person| self.may_do(order.service, person, None).ok().flatten()),
                tags: Vec::new(),
                created_at: created,
                updated_at: created,
                closed_at: None,
                lifetime: Vec::new(),
            };
            self.tasks.insert(number, task);
            last = number;
            created = created.checked_add(step).unwrap_or(created);
        }
        last
    }

    /// Brings a task into a status; `false` when there is no such task.
    pub(in super::super) fn enter(&mut self, number: u64, status: u64, by: u64, at: Timestamp) -> bool {
        let last = self.statuses.get(&status).is_some_and(|status| status.last);
        let Some(task) = self.tasks.get_mut(&number) else { return false };
        task.status = status;
        task.closed_at = last.then_some(at);
        task.note(by, vec![("status".to_owned(), status.to_string())], at);
        true
    }
}
