//! An effect of this area came to nothing: whoever waits for it is told, and nothing that was said is lost.
//!
//! Deliberately not here: what is tried again by itself (the lanes').

use super::{
    super::{ItemState, fact::Aim},
    copies, requests, stuck, text, wishes,
    work::Work,
};
use crate::Failure;

pub(super) fn failed(work: &mut Work<'_>, what: &Aim, failure: Failure, detail: &str) -> &'static str {
    match what {
        Aim::ReadMessage { .. } if failure == Failure::DoesNotExist => copies::message_gone(work),
        Aim::ReadMessage { .. } => stuck::item_failed(work, ItemState::Reading, failure, detail),
        Aim::FindIssue { .. } => stuck::item_failed(work, ItemState::Finding, failure, detail),
        Aim::Copy { .. } => stuck::item_failed(work, ItemState::Sending, failure, detail),
        Aim::OpenForm { .. } => wishes::form_not_opened(work),
        Aim::Wish { .. } => wishes::failed(work, failure, detail),
        // The department is an extra: the issue is made without it.
        Aim::Department { .. } => requests::department(work, None),
        Aim::Create { .. } | Aim::Anchor { .. } => requests::failed(work, detail),
        Aim::Link { .. } => {
            if let Some(link) = work.known.link.clone() {
                requests::not_linked(work, &link, detail);
            }
            "chat_link.link_failed"
        }
        Aim::Renew { .. } => "chat_link.renew_failed",
        Aim::Comments { issue } => copies::comments_failed(work, issue, detail),
        // Whoever named them believes that they read along.
        Aim::Access { issue, logins, named_by } => {
            if let Some(user) = named_by {
                work.tell(*user, None, text::not_let_in(issue, logins, detail), vec![]);
            }
            "chat_link.access_failed"
        }
        Aim::Tell => "chat_link.tell_failed",
    }
}
