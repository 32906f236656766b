//! The portal's people, messages, bots, tasks and files. Invented; the addresses meet those of the simulated Okdesk.

pub mod bots;
pub mod chat;
pub mod disk;
pub mod staff;
pub mod tasks;

use jiff::Timestamp;

use self::{bots::Bots, chat::Chat, disk::Disk, staff::Staff, tasks::Tasks};

/// Everything the portal holds.
pub struct World {
    /// Departments, users, absences, working groups.
    pub staff: Staff,
    /// Messages and notifications.
    pub chat: Chat,
    /// Bots, their commands and events.
    pub bots: Bots,
    /// Tasks.
    pub tasks: Tasks,
    /// Storages, folders and files.
    pub disk: Disk,
}

impl World {
    /// The seeded portal, as it is at `now`.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { staff: Staff::new(), chat: Chat::new(), bots: Bots::new(), tasks: Tasks::new(now), disk: Disk::new(now) }
    }
}
