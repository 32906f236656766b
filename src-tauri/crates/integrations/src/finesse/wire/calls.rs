//! Calls, told from the side of one operator.
//!
//! Deliberately not here: call variables and the other sides' parts, which nobody asks for.

use pult_domain::areas::floor::{DialogPhase, DialogReport, Direction};
use roxmltree::Node;

use super::xml::{child, entries, id, text, time};

/// Whose part of a call is told.
#[derive(Debug, Clone, Copy)]
pub(in crate::finesse) struct Side<'a> {
    /// The operator.
    pub(in crate::finesse) login_id: &'a str,
    /// Their phone, where it is known.
    pub(in crate::finesse) extension: Option<&'a str>,
}

/// The operator's part of a call; `None` for what is no telephone call or has no id.
pub(in crate::finesse) fn dialog(node: Node<'_, '_>, side: Side<'_>) -> Option<DialogReport> {
    if text(node, "mediaType").is_some_and(|media| !media.eq_ignore_ascii_case("Voice")) {
        return None;
    }
    let parts: Vec<_> = entries(node, "participants", "Participant").collect();
    let leg = leg(&parts, side.extension);
    let properties = child(node, "mediaProperties");
    let property = |name: &str| properties.and_then(|properties| text(properties, name));
    let (from, to) = (text(node, "fromAddress"), text(node, "toAddress"));
    let own = side.extension.map(str::to_owned).or_else(|| leg.and_then(|leg| text(leg, "mediaAddress")));
    // Whoever has the operator's own number at one end is called from the other.
    let calls = own.is_some() && from == own;
    let direction = property("callType").and_then(|kind| direction(&kind)).unwrap_or(match (calls, &from) {
        (true, _) => Direction::Outbound,
        (false, Some(_)) if own.is_some() => Direction::Inbound,
        _ => Direction::Unknown,
    });
    let dialed = property("dialedNumber").or_else(|| property("DNIS"));
    let calls = calls || (direction == Direction::Outbound && own.is_none());
    Some(DialogReport {
        id: id(node, "id")?,
        login_id: side.login_id.to_owned(),
        phase: phase(leg, text(node, "state").as_deref()),
        direction,
        number: if calls { to.clone().or_else(|| dialed.clone()) } else { from },
        dialed: dialed.or(to),
        queue: property("queueName").or_else(|| property("queueNumber")),
        began: leg.and_then(|leg| time(leg, "startTime")).or_else(|| earliest(&parts)),
        changed: leg.and_then(|leg| time(leg, "stateChangeTime")),
        wrap_up: property("wrapUpReason"),
    })
}

/// The part with the operator's phone. Where the phone is not known: of the agents' parts the one that is furthest from over.
fn leg<'a, 'input>(parts: &[Node<'a, 'input>], extension: Option<&str>) -> Option<Node<'a, 'input>> {
    if let Some(extension) = extension {
        return parts.iter().copied().find(|part| text(*part, "mediaAddress").as_deref() == Some(extension));
    }
    let agents =
        parts.iter().copied().filter(|part| text(*part, "mediaAddressType").as_deref() == Some("AGENT_DEVICE"));
    agents.min_by_key(|part| match part_phase(*part) {
        Some(DialogPhase::Active) => 0,
        Some(DialogPhase::Held) => 1,
        Some(DialogPhase::Ringing) => 2,
        Some(DialogPhase::WrapUp) => 3,
        Some(DialogPhase::Failed | DialogPhase::Ended) | None => 4,
    })
}

fn earliest(parts: &[Node<'_, '_>]) -> Option<pult_domain::Instant> {
    parts.iter().filter_map(|part| time(*part, "startTime")).min()
}

fn part_phase(part: Node<'_, '_>) -> Option<DialogPhase> {
    text(part, "state").and_then(|word| phase_of(&word))
}

/// How far the operator's part is; the whole call's state where the part says nothing we know.
fn phase(leg: Option<Node<'_, '_>>, whole: Option<&str>) -> DialogPhase {
    let whole = whole.and_then(phase_of);
    let part = leg.and_then(part_phase);
    part.or(whole).unwrap_or(DialogPhase::Active)
}

fn phase_of(word: &str) -> Option<DialogPhase> {
    match word {
        "INITIATING" | "INITIATED" | "ALERTING" | "ACCEPTED" => Some(DialogPhase::Ringing),
        "ACTIVE" => Some(DialogPhase::Active),
        "HELD" => Some(DialogPhase::Held),
        "WRAP_UP" => Some(DialogPhase::WrapUp),
        "DROPPED" => Some(DialogPhase::Ended),
        "FAILED" => Some(DialogPhase::Failed),
        _ => None,
    }
}

fn direction(kind: &str) -> Option<Direction> {
    match kind {
        "AGENT_INSIDE" | "CONSULT" | "CONSULT_OFFERED" | "CONFERENCE" | "SUPERVISOR_MONITOR" => {
            Some(Direction::Internal)
        }
        "OUT" | "PREVIEW" => Some(Direction::Outbound),
        "ACD_IN" | "OTHER_IN" => Some(Direction::Inbound),
        kind if kind.starts_with("OUTBOUND") => Some(Direction::Outbound),
        kind if kind.starts_with("PREROUTE_") => Some(Direction::Inbound),
        _ => None,
    }
}
