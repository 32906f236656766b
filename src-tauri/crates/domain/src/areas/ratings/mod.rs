//! Ratings: whether the author of a closed issue was asked, what they answered, and what became of a silence
//! (behaviour/ratings).
//!
//! Deliberately not here: the service desk's and the messenger's shapes (their integrations'), and drawing (the console's).

pub mod change;
pub mod fact;
pub mod rule;
pub mod state;

pub use change::{Change, NewRequest};
pub use fact::{Contact, Fact, Lack, Rate, Sighting, StatusChange, Voice};
pub use rule::decide;
pub use state::{Ending, Known, Message, Origin, Policy, Request, State};
