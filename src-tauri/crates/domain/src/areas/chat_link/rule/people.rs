//! Whoever wrote or pressed is known now, or cannot be: what waited for that goes on.
//!
//! Deliberately not here: what goes on (`requests`, `wishes`).

use super::{
    super::{ChatUser, WishState},
    requests, text, wishes,
    work::Work,
};

pub(super) fn read(work: &mut Work<'_>, person: &ChatUser) -> &'static str {
    work.keep_user(person);
    for request in work.known.requests.clone() {
        requests::asked_by(work, request, person);
    }
    for wish in work.known.wishes.clone() {
        wishes::wanted_by(work, wish, person);
    }
    "chat_link.person_read"
}

/// Without its author a request is none: a program's own words must not become issues.
pub(super) fn missing(work: &mut Work<'_>, detail: &str) -> &'static str {
    for request in work.known.requests.clone() {
        requests::fail(work, request, detail);
    }
    for wish in work.known.wishes.clone() {
        // Whoever only wrote gets no answer; whoever pressed a button learns why nothing happens.
        if wish.press.is_some() {
            work.tell(wish.user, wish.chat, text::NO_PERSON.to_owned(), vec![]);
        }
        let (state, trouble) = (WishState::Refused, Some(detail.to_owned()));
        work.keep_wish(super::super::Wish { state, trouble, ..wish });
    }
    "chat_link.person_missing"
}
