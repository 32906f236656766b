//! Tasks, with what they are estimated to take and what was spent on them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The first task that is made, and the first file attached.
const TASKS: u64 = 20_417;
const ATTACHMENTS: u64 = 1_881;

/// A task.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// Its id.
    pub id: u64,
    /// What is to be done.
    pub title: String,
    /// The same at length.
    pub description: String,
    /// Who does it.
    pub responsible: u64,
    /// Who wants it done.
    pub created_by: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it was done.
    pub closed_at: Option<Timestamp>,
    /// 2 waiting, 3 in progress, 4 awaiting control, 5 done, 6 deferred.
    pub status: u8,
    /// 0, 1 or 2.
    pub priority: u8,
    /// When it is due.
    pub deadline: Option<Timestamp>,
    /// When it is to be begun and finished.
    pub plan: Option<(Timestamp, Timestamp)>,
    /// Its working group.
    pub group: Option<u64>,
    /// The task it is a part of.
    pub parent: Option<u64>,
    /// The mark of whoever made it.
    pub xml_id: Option<String>,
    /// Estimated seconds; 0 for none.
    pub time_estimate: u64,
    /// Seconds in its logs.
    pub time_spent: u64,
    /// Whose help is wanted.
    pub accomplices: Vec<u64>,
    /// Who looks on.
    pub auditors: Vec<u64>,
    /// Words.
    pub tags: Vec<String>,
    /// Files: the number of the attachment, and of the object on the disk.
    pub files: Vec<(u64, u64)>,
}

/// A change of a task, or a new one; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskOrder {
    /// See [`Task`].
    pub title: Option<String>,
    /// See [`Task`]; 41 for a new one.
    pub responsible: Option<u64>,
    /// See [`Task`].
    pub status: Option<u8>,
    /// See [`Task`].
    pub time_estimate: Option<u64>,
    /// See [`Task`].
    pub time_spent: Option<u64>,
    /// See [`Task`].
    pub deadline: Option<Timestamp>,
    /// See [`Task`].
    pub group: Option<u64>,
    /// See [`Task`].
    pub xml_id: Option<String>,
    /// See [`Task`].
    pub created_by: Option<u64>,
    /// How many new ones.
    pub count: Option<u64>,
}

impl Task {
    pub(in crate::bitrix24) fn new(id: u64, title: &str, responsible: u64, now: Timestamp) -> Self {
        Self {
            id,
            title: title.to_owned(),
            description: String::new(),
            responsible,
            created_by: super::super::OWNER,
            created_at: now,
            changed_at: now,
            closed_at: None,
            status: 2,
            priority: 1,
            deadline: None,
            plan: None,
            group: None,
            parent: None,
            xml_id: None,
            time_estimate: 0,
            time_spent: 0,
            accomplices: Vec::new(),
            auditors: Vec::new(),
            tags: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Whether somebody has anything to do with it.
    pub(in crate::bitrix24) fn concerns(&self, user: u64) -> bool {
        [self.responsible, self.created_by].contains(&user)
            || self.accomplices.contains(&user)
            || self.auditors.contains(&user)
    }

    /// Changes its status.
    pub(in crate::bitrix24) fn enter(&mut self, status: u8, now: Timestamp) {
        self.status = status;
        self.closed_at = (status == 5).then_some(now);
    }

    fn change(&mut self, order: &TaskOrder, now: Timestamp) {
        if let Some(title) = &order.title {
            self.title.clone_from(title);
        }
        self.responsible = order.responsible.unwrap_or(self.responsible);
        if let Some(status) = order.status {
            self.enter(status, now);
        }
        self.time_estimate = order.time_estimate.unwrap_or(self.time_estimate);
        self.time_spent = order.time_spent.unwrap_or(self.time_spent);
        self.deadline = order.deadline.or(self.deadline);
        self.group = order.group.or(self.group);
        self.xml_id = order.xml_id.clone().or(self.xml_id.take());
        self.created_by = order.created_by.unwrap_or(self.created_by);
        self.changed_at = now;
    }
}

/// All tasks.
pub struct Tasks {
    /// By id.
    pub all: BTreeMap<u64, Task>,
    next: u64,
    next_attachment: u64,
}

impl Tasks {
    pub(super) fn new(now: Timestamp) -> Self {
        let earlier = now - SignedDuration::from_hours(48);
        let task = |id, title: &str, responsible, status, estimate, spent| {
            let new = Task::new(id, title, responsible, earlier);
            Task { status, time_estimate: estimate, time_spent: spent, created_by: 1, ..new }
        };
        let all = [
            task(20_390, "Резка заготовок", 41, 3, 14_400, 7_200),
            task(20_391, "Наладка станка", 41, 2, 0, 0),
            task(20_401, "Проточка вала", 44, 2, 28_800, 0),
            task(20_402, "Сверление корпуса", 47, 3, 3_600, 1_800),
            task(20_403, "Шлифовка", 47, 5, 7_200, 7_200),
            task(20_404, "Пошив образца", 61, 3, 7_200, 3_600),
            task(20_405, "Раскрой партии", 61, 2, 7_200, 0),
            task(20_406, "Отделка", 62, 2, 10_800, 0),
            task(20_407, "Лекала на весну", 63, 6, 36_000, 0),
        ];
        let all = all.into_iter().map(|task| (task.id, task)).collect();
        Self { all, next: TASKS, next_attachment: ATTACHMENTS }
    }

    /// Puts a task in; its id is given here.
    pub(in crate::bitrix24) fn put(&mut self, task: Task) -> u64 {
        let id = self.next;
        self.next += 1;
        self.all.insert(id, Task { id, ..task });
        id
    }

    /// The number of an attachment of an object on the disk.
    pub(in crate::bitrix24) const fn attachment(&mut self) -> u64 {
        let number = self.next_attachment;
        self.next_attachment += 1;
        number
    }

    /// New tasks, or a change of one; answers the last id. None when `known` is not.
    pub(in crate::bitrix24) fn order(&mut self, known: Option<u64>, order: &TaskOrder, now: Timestamp) -> Option<u64> {
        if let Some(id) = known {
            self.all.get_mut(&id)?.change(order, now);
            return Some(id);
        }
        let mut last = None;
        for _ in 0..order.count.unwrap_or(1) {
            let mut task = Task::new(0, "Задача", order.responsible.unwrap_or(41), now);
            task.change(order, now);
            last = Some(self.put(task));
        }
        last
    }
}
