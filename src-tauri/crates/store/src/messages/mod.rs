//! Messages between people: what was said to whom, who is on whose list of contacts and how they are, whose accounts are connected.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::messages`).

mod accounts;
mod known;
#[cfg(test)]
mod planner_tests;
mod read;
mod rows;
mod sql;
#[cfg(test)]
mod tests;
mod write;

use pult_domain::areas::messages::{Account, Address};
use rusqlite::{Row, types::Type};

pub use accounts::{
    OwnAccount, Receiver, address_of, connect, disconnect, email_of, is_duplicated, mailboxes, next_message, number_of,
    own_account, read_upto, receiver, receivers,
};
pub use known::{load_known, owner_of};
pub use read::{LONGEST_PAGE, colleagues, contacts, conversations, count_unread, get, is_returned, page, questions};
pub use rows::{
    AddressOwner, ColleagueRow, ContactRow, ConversationRow, MessageKey, MessagePage, MessageRow, PresenceRow,
    SubscriptionQuestion,
};
pub use write::{Erased, apply, erase_author, forget, forget_presences};

/// The number of whoever sits at the engine's own window, who has no account of the console.
const WINDOW: i64 = 0;
/// And what they are called.
const WINDOW_LOGIN: &str = "window";
/// The number of the engine's own account.
const BOT: i64 = -1;

/// An account as the tables number it; so does the bus.
#[must_use]
pub fn number(account: Account) -> i64 {
    match account {
        Account::Bot => BOT,
        Account::Person(person) => person,
    }
}

fn account(number: i64) -> Account {
    match number {
        BOT => Account::Bot,
        person => Account::Person(person),
    }
}

/// A column that holds an address; whatever stands there was one when it was written.
fn address(r: &Row<'_>, column: usize) -> rusqlite::Result<Address> {
    let text: String = r.get(column)?;
    Address::read(&text)
        .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, "no address".into()))
}
