//! Messages between people, and notices that go to a person's messenger as well (behaviour/helpdesk 5, contracts/xmpp).
//!
//! Deliberately not here: stanzas, sessions and archives (the integration's), which notices go to whom (the engine's notices), and drawing
//! (the console's).

pub mod change;
mod example;
pub mod fact;
pub mod owed;
pub mod rule;
pub mod state;

pub use change::{Change, NewMessage};
pub(crate) use example::example;
pub use fact::{Contact, Fact, Incoming, Presence, Subscription, Way};
pub use owed::{Account, Address, SendMessage, Words};
pub use rule::decide;
pub use state::{Conversation, Kept, Known, MessageState, Newest, Peer, Policy};
