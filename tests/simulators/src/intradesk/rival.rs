//! The second writer: a person who takes a task between two steps of the client, as people do. There is no compare-and-set, so
//! whoever writes last has it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    tenant::{Assignment, By, State},
    world::task::Task,
};

/// When they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Right after a list told of the task; tasks that have somebody are left alone.
    AfterList,
    /// Right before the client's write is done; tasks that have somebody are left alone.
    BeforeWrite,
    /// Right after it was done.
    AfterWrite,
}

/// A second writer. Orders add up, the oldest that fits comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RivalOrder {
    /// When they come.
    pub moment: Moment,
    /// Number of the task; any without this.
    #[serde(default)]
    pub task: Option<u64>,
    /// Who they are; somebody of the service who does not have the task, without this.
    #[serde(default)]
    pub person: Option<u64>,
    /// How many tasks they take; all without this.
    #[serde(default)]
    pub times: Option<u32>,
}

impl State {
    /// Lets the second writer come to a task.
    pub(super) fn rival(&mut self, moment: Moment, number: u64, now: Timestamp) {
        let Some(task) = self.world.tasks.get(&number) else { return };
        if moment != Moment::AfterWrite && task.executor().is_some() {
            return;
        }
        let (service, has) = (task.service, task.executor());
        let fits = |rival: &RivalOrder| {
            rival.moment == moment && rival.task.is_none_or(|task| task == number) && rival.times != Some(0)
        };
        let Some(index) = self.rivals.iter().position(fits) else { return };
        let free = || self.world.able(service).into_iter().find(|person| Some(*person) != has);
        let Some(person) = self.rivals[index].person.or_else(free) else { return };
        if let Some(times) = &mut self.rivals[index].times {
            *times -= 1;
        }
        self.take(number, vec![person], None, By::Rival, person, now);
    }

    /// Gives a task to people and writes it down; `false` when there is no such task.
    pub(super) fn take(
        &mut self,
        number: u64,
        people: Vec<u64>,
        group: Option<u64>,
        by: By,
        writer: u64,
        now: Timestamp,
    ) -> bool {
        let service = self.world.tasks.get(&number).and_then(|task| task.service);
        let first = people.first().copied();
        let own = || first.and_then(|person| self.world.may_do(service, person, None).ok().flatten());
        let group = group.or_else(own);
        let Some(task) = self.world.tasks.get_mut(&number) else { return false };
        let was = Task::executor(task);
        task.give(people, group, writer, now);
        if let Some(person) = first {
            let order = self.assignments.len() as u64 + 1;
            self.assignments.push(Assignment { order, at: now, task: number, service, person, was, by });
        }
        true
    }
}
