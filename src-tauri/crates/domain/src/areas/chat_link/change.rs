//! What a decision does to conversations, requests, wishes and items.
//!
//! A row is kept whole as it is from now on. Deliberately not here: rows and columns (the store's).

use serde::{Deserialize, Serialize};

use super::{Item, Link, Request, Side, User, Wish};
use crate::Instant;

/// One change, applied in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", content = "of", rename_all = "snake_case")]
pub enum Change {
    /// A conversation, new or as it is now.
    Link(Box<Link>),
    /// A request, new or as it is now.
    Request(Box<Request>),
    /// A wish, new or as it is now.
    Wish(Box<Wish>),
    /// An item, new or as it is now.
    Item(Box<Item>),
    /// Somebody of the messenger, as they were read.
    User(Box<User>),
    /// A message or a comment that we made: it is never copied.
    Echo {
        /// Where it is.
        side: Side,
        /// Its id there.
        external: String,
        /// Since when.
        at: Instant,
    },
}
