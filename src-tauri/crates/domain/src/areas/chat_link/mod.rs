//! Conversations of the messenger and issues of the tracker, kept as one: requests out of a form or a message, comments both ways,
//! buttons, and the radar that stops an echo (behaviour/chat_tracker).
//!
//! Deliberately not here: both vendors' shapes and the words of what is written there (their integrations'), and drawing (the console's).

pub mod button;
pub mod change;
mod example;
pub mod fact;
pub mod form;
pub mod markdown;
mod once;
pub mod owed;
pub mod rule;
pub mod shape;
pub mod shown;
pub mod state;

pub use button::{Action, Button, Press};
pub use change::Change;
pub(crate) use example::example;
pub use fact::Fact;
pub use form::{Block, Form, Menu, MenuButton};
pub use rule::decide;
pub use shape::{ShapeCode, ShapeFault};
pub use shown::{ChatMessage, ChatUser, Comment, Field, FileLink, IssueCard, IssueRow, Place, Submission, Transition};
pub use state::{
    DirectCreate, Edits, Item, ItemState, Known, Link, Mentions, Policy, Request, RequestState, Side, Trace, User, Way,
    Wish, WishState,
};
