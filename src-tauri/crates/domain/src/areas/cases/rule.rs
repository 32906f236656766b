//! Which things belong together, and why: each two are looked at by themselves, so that the order in which they come does not matter.
//!
//! Deliberately not here: what is within reach of what (`assemble`), and what people said by hand, which goes before all of it.

use jiff::SignedDuration;

use super::{Hand, Join, Mention, Piece, Reason, Thing, Verdict};

/// How far apart two requests from one address may be and still be likely to be about the same.
pub const NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);

/// All joins among some things, by rule and by hand, in a settled order. What was split by hand is not joined by any rule.
#[must_use]
pub fn joins(pieces: &[Piece], hand: &[Hand]) -> Vec<Join> {
    // Of two texts that name each other one is the evidence: whichever order they come in, the same one.
    let mut pieces: Vec<&Piece> = pieces.iter().collect();
    pieces.sort_by(|x, y| x.thing.cmp(&y.thing));
    let mut found: Vec<Join> = vec![];
    for (place, one) in pieces.iter().enumerate() {
        for other in &pieces[place + 1..] {
            let said = hand.iter().find(|said| {
                (said.a == one.thing && said.b == other.thing) || (said.a == other.thing && said.b == one.thing)
            });
            match said {
                Some(said) if said.verdict == Verdict::Split => continue,
                Some(said) => found.push(by_hand(said)),
                None => {}
            }
            found.extend(one_way(one, other));
            found.extend(one_way(other, one));
            found.extend(both_ways(one, other));
        }
    }
    found.sort_by(|x, y| (&x.a, &x.b, x.reason).cmp(&(&y.a, &y.b, y.reason)));
    found.dedup_by(|x, y| (&x.a, &x.b, x.reason) == (&y.a, &y.b, y.reason));
    found
}

fn by_hand(said: &Hand) -> Join {
    Join::of(&said.a, &said.b, Reason::ByHand)
        .with("by", said.by.as_str())
        .with("why", said.reason.as_str())
        .with("hand", said.id)
        .with("at", said.at.as_millisecond())
}

/// Joins in which the two play different parts.
fn one_way(from: &Piece, to: &Piece) -> Vec<Join> {
    let join = |reason| Join::of(&from.thing, &to.thing, reason);
    let mut found = vec![];
    match (&from.thing, &to.thing) {
        (Thing::Call(_), Thing::Phone(number)) if from.phone.as_ref() == Some(number) => {
            found.push(join(Reason::SameNumber).with("phone", number.as_str()));
        }
        (Thing::Call(_), Thing::Agency(agency)) => {
            if let Some((_, name)) = from.agency.as_ref().filter(|(id, _)| id == agency) {
                let phone = from.phone.as_ref().map(|number| number.as_str().to_owned());
                found.push(join(Reason::AgencyOfNumber).with("agency", name.clone()).with("phone", phone));
            }
        }
        (Thing::Call(_), Thing::Stretch(_)) => found.extend(during(from, to)),
        (Thing::Document(document), Thing::Task(task)) if to.document == Some(*document) => {
            found.push(join(Reason::TaskOfDocument).with("task", *task).with("document", from.key.clone()));
        }
        (Thing::Ticket(child), Thing::Ticket(parent)) if from.parent == Some(*parent) => {
            found.push(join(Reason::PartOf).with("child", child.0).with("parent", parent.0));
        }
        _ => {}
    }
    found.extend(named(from, to));
    found
}

/// What the operator was doing while the call went on.
fn during(call: &Piece, stretch: &Piece) -> Option<Join> {
    let (call_spell, state) = (call.spell.as_ref()?, stretch.spell.as_ref()?);
    let together = call_spell.operator == state.operator && call_spell.from <= state.to && state.from <= call_spell.to;
    together.then(|| {
        Join::of(&call.thing, &stretch.thing, Reason::StateDuringCall)
            .with("operator", state.operator.as_str())
            .with("state", state.state.clone())
    })
}

/// A text of one names the other.
fn named(text: &Piece, thing: &Piece) -> Option<Join> {
    let (mention, reason) = match &thing.thing {
        Thing::Phone(number) => (Mention::Phone(number.clone()), Reason::NumberInText),
        Thing::Ticket(ticket) => (Mention::Number(ticket.0), Reason::NamedInText),
        Thing::Pair(_) | Thing::Document(_) => (Mention::Key(thing.key.clone()?), Reason::NamedInText),
        Thing::Rating(_) => (Mention::Number(thing.issue?.0), Reason::IssueNumberInText),
        Thing::Call(_) | Thing::Agency(_) | Thing::Stretch(_) | Thing::Task(_) => return None,
    };
    let written = text.written.get(&mention)?;
    let join = Join::of(&text.thing, &thing.thing, reason);
    Some(
        join.with("text", text.thing.to_string())
            .with("place", written.place.as_str())
            .with("named", mention.to_string()),
    )
}

/// Joins in which the two are alike.
fn both_ways(one: &Piece, other: &Piece) -> Vec<Join> {
    let join = |reason| Join::of(&one.thing, &other.thing, reason);
    let mut found = vec![];
    if let (Thing::Rating(_), Thing::Rating(_), Some(issue)) = (&one.thing, &other.thing, one.issue)
        && other.issue == Some(issue)
    {
        found.push(join(Reason::SameIssue).with("issue", issue.0));
    }
    let days = one.at.duration_since(other.at).abs();
    if days <= NEAR
        && let Some(address) = one.addresses.intersection(&other.addresses).next()
    {
        let days = days.as_hours() / 24;
        found.push(join(Reason::SameAddress).with("address", address.as_str()).with("days", days));
    }
    found
}
