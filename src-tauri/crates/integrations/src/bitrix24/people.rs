//! Which of the portal's users has an address: exactly one active user of an allowed kind, or nobody (contracts/bitrix24 6).
//!
//! The portal ignores conditions it does not know, so each row is looked at here as well. Deliberately not here: reading the rows.

use pult_domain::{Failure, areas::ratings::Lack};
use serde_json::{Value, json};

use crate::CallError;

use super::{
    client::{Call, Key, Listing},
    loose::{entry, flag, text},
};

/// The method that finds people.
pub(super) const SEARCH: &str = "user.search";
/// Rows read at most: an address has a few; more than these and the portal did not heed the condition.
pub(super) const LISTING: Listing = Listing { under: None, id: "ID", most: 200 };

/// The look-up.
pub(super) fn search(email: &str) -> Call {
    let params = json!({
        "FILTER": {"EMAIL": email.trim(), "ACTIVE": true},
        "select": ["ID", "ACTIVE", "NAME", "LAST_NAME", "EMAIL", "USER_TYPE"],
    });
    Call::repeatable(Key::Users, SEARCH, params)
}

/// The one user among the rows, or why there is none.
pub(super) fn find(rows: &[Value], email: &str, kinds: &[String]) -> Result<Result<String, Lack>, CallError> {
    if rows.iter().any(|row| entry(row, "EMAIL").is_none()) {
        let reason =
            format!("{SEARCH} shows no EMAIL: the webhook has the scope user_brief; it needs user or user_basic");
        return Err(CallError::Refused { reason, why: Failure::Rights });
    }
    let folded = |address: &str| address.trim().to_lowercase();
    let wanted = folded(email);
    let is_the_one = |row: &&Value| {
        let of = |key: &str| entry(row, key).and_then(text);
        of("EMAIL").is_some_and(|address| folded(&address) == wanted)
            && entry(row, "ACTIVE").is_some_and(flag)
            && of("USER_TYPE").is_some_and(|kind| kinds.contains(&kind))
    };
    let ids: Vec<_> = rows.iter().filter(is_the_one).filter_map(|row| entry(row, "ID").and_then(text)).collect();
    Ok(match <[String; 1]>::try_from(ids) {
        Ok([id]) => Ok(id),
        Err(none) if none.is_empty() => Err(Lack::NoUser),
        Err(_) => Err(Lack::SeveralUsers),
    })
}
