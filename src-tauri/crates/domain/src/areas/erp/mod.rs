//! Documents of the accounting system: each becomes tasks for the least busy people of the right sub-department, exactly once
//! (behaviour/erp_tasks).
//!
//! Deliberately not here: the sender's and the portal's shapes (their integrations'), and drawing (the console's).

pub mod change;
pub mod choice;
pub mod directory;
pub mod document;
mod example;
pub mod fact;
pub mod rule;
pub mod state;
pub mod worktime;

pub use change::{Change, Chosen};
pub use choice::{Considered, Reason};
pub use directory::{Cached, Department, Directory, Part, Parts, Person, Project, Root, Schedule};
pub use document::{Document, FileRef, Item, Line, Moment};
pub(crate) use example::example;
pub use fact::{
    Creation, Fact, Load, Metric, NewTask, Reading, Survey, Surveyed, TaskFields, TaskText, TaskUpdate, Update,
};
pub use rule::decide;
pub use state::{Kept, KeptFile, KeptTask, Known, Policy, Reserved, Stage, State, TaskState, Trouble};
