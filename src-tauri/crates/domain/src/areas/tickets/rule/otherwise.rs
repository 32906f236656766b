//! What would have led elsewhere, by the branch of a decision and those who were weighed: a code of the console's texts, with whose it is
//! behind it.
//!
//! Deliberately not here: deciding.

use crate::Candidate;

pub(super) fn of(rule: &str, weighed: &[Candidate]) -> Option<String> {
    let plain = match rule {
        "tickets.read" | "tickets.read.many" | "tickets.looked_for" | "tickets.not_found" => return of_people(weighed),
        "tickets.read.not_followed" => "had.ticket_in_scope",
        "tickets.read.opened" | "tickets.seen" => "had.ticket_looked_at",
        "tickets.changed" | "tickets.new" => "had.ticket_refused",
        "tickets.conflict" => "had.ticket_unchanged",
        "tickets.not_changed" => "had.ticket_accepted",
        "tickets.asked.nothing" => "had.ticket_other_wish",
        _ => return None,
    };
    Some(plain.to_owned())
}

/// Whoever was nearest to being told: who did it themselves, then who switched it off, then who has nothing to do with the ticket.
fn of_people(weighed: &[Candidate]) -> Option<String> {
    let reasons = [
        ("left.own_act", "had.ticket_other_hand"),
        ("left.switched_off", "had.ticket_switched_on"),
        ("left.not_concerned", "had.ticket_concerned"),
    ];
    let nearest = |(reason, code): &(&str, &str)| {
        let left = weighed.iter().find(|candidate| candidate.reason == *reason)?;
        Some(format!("{code}:{}", left.name))
    };
    if let Some(nearest) = reasons.iter().find_map(nearest) {
        return Some(nearest);
    }
    match weighed.iter().find(|candidate| candidate.chosen) {
        Some(told) => Some(format!("had.ticket_own_act:{}", told.name)),
        None => Some("had.ticket_news".to_owned()),
    }
}
