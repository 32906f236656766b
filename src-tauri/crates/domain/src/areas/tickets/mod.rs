//! Tickets of the issue tracker that people work with by hand: how they stand, what happened to them, and what somebody wants changed
//! (behaviour/helpdesk 4 and 7).
//!
//! Deliberately not here: the vendor's shapes (its integration's), who wants to be told in which way (the engine's notices), and drawing
//! (the console's).

pub mod change;
mod example;
pub mod fact;
pub mod owed;
pub mod quality;
pub mod report;
pub mod rule;
pub mod shown;
pub mod state;

pub use change::Change;
pub(crate) use example::example;
pub use fact::{Fact, TicketAim};
pub use owed::{ChangeTicket, NewTicket, Note, RewriteNote, Upload, Wanted, WatchTicket, has_mark};
pub use rule::decide;
pub use shown::{
    Attachment, Card, Detail, Dictionary, Entry, Member, Named, Part, Priority, Project, Status, Ticket, TicketUser,
};
pub use state::{Ask, Asked, AskedState, Intent, Kept, Known, Policy, Reader, Scope, Trouble};
