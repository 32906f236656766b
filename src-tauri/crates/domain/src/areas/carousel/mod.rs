//! The carousel: tickets nobody took are given to the people of their service, strictly in turn (behaviour/carousel).
//!
//! Deliberately not here: the service desk's shapes (its integration's), and drawing (the console's).

pub mod absence;
pub mod catalogue;
pub mod change;
mod example;
pub mod fact;
pub mod lab;
pub mod rule;
pub mod state;
pub mod turn;

pub use absence::{Absence, AbsenceError, Half, Source};
pub use catalogue::{Catalogue, Counts, Difference, Employee, Group, Imported, List, Offering};
pub use change::Change;
pub(crate) use example::example;
pub use fact::{Fact, Listing, Ticket};
pub use rule::decide;
pub use state::{Assignment, AssignmentState, Known, Outcome, Person, Policy, Service, Stage, Strategy, Waiting, Way};
pub use turn::{Considered, Place};
