//! What does not go through: an item is passed over, waits with its pair, or failed. Each is kept with the reason, and a person learns of
//! every cause once.
//!
//! Deliberately not here: telling an echo (`radar`), and sending again (`copies`).

use serde_json::json;

use super::{
    super::{Item, ItemState, Link, Side},
    work::Work,
};
use crate::{ChatItemId, Failure, Level, Subject};

/// The other side is not set up, or switched off.
pub(super) const NOT_CONNECTED: &str = "not_connected";
/// The conversation's first message is there no more, or we are not in its chat any more.
pub(super) const CHAT_GONE: &str = "chat_gone";
/// The issue is there no more.
const ISSUE_GONE: &str = "issue_gone";

pub(super) fn skip(work: &mut Work<'_>, item: Item, why: &str) {
    work.keep_item(Item { state: ItemState::Skipped, reason: Some(why.to_owned()), ..item });
}

pub(super) fn hold(work: &mut Work<'_>, item: Item, why: &str) {
    work.keep_item(Item { state: ItemState::Held, reason: Some(why.to_owned()), ..item });
}

pub(super) fn pause(work: &mut Work<'_>, link: &mut Link, why: &str) {
    link.paused_at = Some(work.at);
    link.paused_why = Some(why.to_owned());
    work.keep_link(link);
    let values = json!({ "issue": link.issue, "summary": link.summary, "why": why });
    let code = match why {
        "echo" => "chat_link.echo",
        CHAT_GONE => "chat_link.chat_gone",
        ISSUE_GONE => "chat_link.issue_gone",
        _ => "chat_link.storm",
    };
    work.raise(paused_key(link), Level::Warning, Subject::issue(&link.issue), code, values);
}

pub(super) fn paused_key(link: &Link) -> String {
    format!("chat_link:paused/{}", link.id)
}

/// The item spoken of, unless it has gone on meanwhile: deleted while it was read, or sent again by hand.
pub(super) fn standing(work: &Work<'_>, state: ItemState) -> Option<Item> {
    work.known.item.clone().filter(|item| item.state == state)
}

/// What was wanted of an item in this state came to nothing.
pub(super) fn item_failed(work: &mut Work<'_>, state: ItemState, failure: Failure, detail: &str) -> &'static str {
    let Some(item) = standing(work, state) else { return "chat_link.late" };
    match (work.known.link.clone(), failure) {
        (Some(mut link), Failure::DoesNotExist) if state == ItemState::Sending => {
            // Everything that goes there would end the same way: the pair waits as a whole.
            let why = if item.side == Side::Tracker { CHAT_GONE } else { ISSUE_GONE };
            if link.paused_at.is_none() {
                pause(work, &mut link, why);
            }
            hold(work, item, why);
        }
        (Some(link), Failure::Rights) => barred(work, item, &link, state, detail),
        (link, _) => fail(work, item, link.as_ref(), detail),
    }
    "chat_link.not_copied"
}

/// We may not speak there, or read there: an item waits for a person, who learns of the place once, however much waits for it.
fn barred(work: &mut Work<'_>, item: Item, link: &Link, state: ItemState, detail: &str) {
    let detail = detail.chars().take(500).collect::<String>();
    let side = if is_in_chat(&item, state) { Side::Chat } else { Side::Tracker };
    let values = json!({ "side": side.as_ref(), "chat": link.chat, "issue": link.issue, "detail": detail });
    let key = barred_key(link, &item, state);
    work.raise(key, Level::Warning, Subject::issue(&link.issue), "chat_link.barred", values);
    work.keep_item(Item { state: ItemState::Failed, reason: Some(detail), ..item });
}

/// Whether what is done for an item in this state is done in the messenger.
fn is_in_chat(item: &Item, state: ItemState) -> bool {
    state == ItemState::Reading || item.side == Side::Tracker
}

pub(super) fn barred_key(link: &Link, item: &Item, state: ItemState) -> String {
    let chat = link.chat.unwrap_or_default();
    match (is_in_chat(item, state), state) {
        (true, ItemState::Reading) => format!("chat_link:barred/chat/{chat}/read"),
        (true, _) => format!("chat_link:barred/chat/{chat}"),
        (false, _) => "chat_link:barred/tracker".to_owned(),
    }
}

/// An item waits for a person, who learns of it.
pub(super) fn fail(work: &mut Work<'_>, item: Item, link: Option<&Link>, detail: &str) {
    let (key, detail) = (item_key(item.id), detail.chars().take(500).collect::<String>());
    match link {
        Some(link) => {
            let (issue, summary, author) = (&link.issue, &link.summary, &item.author);
            let values = json!({ "issue": issue, "summary": summary, "author": author, "detail": detail });
            work.raise(key, Level::Warning, Subject::issue(issue), "chat_link.not_copied", values);
        }
        // One notice for all of them: what keeps one message from its issue keeps every one.
        None => {
            let (about, values) = (Subject::from("chat_link"), json!({ "detail": detail }));
            work.raise(UNPLACED.to_owned(), Level::Warning, about, "chat_link.unplaced", values);
        }
    }
    work.keep_item(Item { state: ItemState::Failed, reason: Some(detail), ..item });
}

/// Messages whose issue could not be looked for.
pub(super) const UNPLACED: &str = "chat_link:unplaced";

pub(super) fn item_key(item: ChatItemId) -> String {
    format!("chat_link:item/{item}")
}
