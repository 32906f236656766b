//! What would have led elsewhere, by the branch of a decision: a code of the console's texts, with one value behind it where one belongs.
//!
//! Deliberately not here: deciding. What a person did by hand has nothing that would have led elsewhere but the person.

use super::{
    super::{Ending, Fact, Known, Lack, Origin, Policy, Rate, State},
    closing::FOUND_AT_MOST,
};
use crate::Instant;

pub(super) fn of(rule: &str, fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Option<String> {
    let request = known.request.as_ref();
    let until = |code: &str, instant: Option<Instant>| instant.map(|instant| format!("{code}:{instant}"));
    let deadline = request.map(|request| request.deadline);
    let plain = match rule {
        "status_changed.switched_off" => "had.rating_on",
        "status_changed.not_closed" => {
            return Some(format!("had.rating_closed:{}", policy.closed.join(", ")));
        }
        "status_changed.rated" => "had.rating_unrated",
        "status_changed.again" => "had.rating_none_pending",
        "status_changed.long_ago" => return until("had.rating_closed_after", at.checked_sub(FOUND_AT_MOST).ok()),
        "status_changed.known" => {
            return match request.filter(|request| request.ending == Some(Ending::Reopened)) {
                Some(request) => until("had.rating_closed_after", Some(request.closed_at)),
                None => Some("had.rating_told".to_owned()),
            };
        }
        "status_changed.no_contact" => "had.rating_author",
        "status_changed.closed" | "status_changed.found" if policy.desk => "had.rating_not_closed",
        "status_changed.closed" | "status_changed.found" => "had.rating_desk",
        "status_changed.reopened" => return until("had.rating_stayed_closed", deadline),
        "status_changed.reopened_late" => "had.rating_reopened_sooner",
        "rated_elsewhere" => return until("had.rating_not_elsewhere", deadline),
        "contact_found" if policy.messenger => "had.rating_no_messenger",
        "contact_found" => "had.rating_messenger",
        "not_asked" => {
            let lack = lack_of(fact)?;
            return Some(format!("had.rating_asked:{}", lack.as_ref()));
        }
        "person_found" => "had.rating_no_person",
        "asked" => return until("had.rating_asked_after", deadline),
        "asked.late" => return until("had.rating_asked_before", deadline),
        "answered" => {
            let waits = request.is_some_and(|request| request.state == State::Asked && request.held_at.is_none());
            return until("had.rating_silence", deadline.filter(|_| waits));
        }
        "answered.somebody_else" => "had.rating_by_author",
        "answered.again" => "had.rating_first",
        "rate_kept" => match request.map(|request| (request.rate, request.origin)) {
            Some((Some(Rate::Bad), Some(Origin::User))) => "had.rating_not_bad",
            _ => "had.rating_other_kept",
        },
        "rate_kept.other" => "had.rating_same_kept",
        "rate_refused" => "had.rating_accepted",
        "rate_refused.gone" => "had.rating_there",
        "due" => return until("had.rating_answered_before", deadline),
        "due.early" => return until("had.rating_due", deadline),
        "due.not_awaited" => match request {
            Some(request) if request.held_at.is_some() => "had.rating_not_held",
            Some(request) if request.state == State::Undeliverable => "had.rating_unasked_too",
            _ => "had.awaited",
        },
        "no_request"
        | "rated_elsewhere.not_awaited"
        | "contact_found.late"
        | "person_found.late"
        | "not_asked.late"
        | "asked.not_awaited"
        | "answered.not_awaited" => "had.awaited",
        _ => return None,
    };
    Some(plain.to_owned())
}

/// Why the author could not be asked, as the fact tells it.
fn lack_of(fact: &Fact) -> Option<Lack> {
    match fact {
        Fact::ContactMissing { lack, .. } | Fact::PersonMissing { lack, .. } => Some(*lack),
        Fact::AskFailed { failure, .. } => Some(Lack::of(*failure, Lack::NoUser)),
        _ => None,
    }
}
