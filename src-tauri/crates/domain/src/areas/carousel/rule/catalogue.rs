//! Reading services, people and groups (behaviour/carousel 4): everything or nothing, and never the switches.
//!
//! Deliberately not here: what differs (`catalogue::Difference`).

use jiff::SignedDuration;
use serde_json::json;

use super::{
    super::{Catalogue, Change, Imported, Known, Policy},
    explain,
};
use crate::{
    Answer, Audience, Decision, Effect, EffectOrder, Instant, Level, Notice, NoticeChange, NoticeClass, Subject,
};

/// A reading that takes longer is given up.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Why a catalogue is not taken in which nobody and nothing is known.
const OTHER_TENANT: &str = "other_tenant";
/// The key of the notice that services, people and groups could not be read.
pub const NOTICE: &str = "carousel:import";

pub(super) fn begin(at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let idle = match (policy.connected, policy.by_file, known.importing) {
        (false, ..) => Some("carousel.import.off"),
        (true, true, _) => Some("carousel.import.by_file"),
        (true, false, Some(_)) => Some("carousel.import.underway"),
        (true, false, None) => None,
    };
    if let Some(rule) = idle {
        return Decision { answer: Some(Answer::Unchanged), ..Decision::nothing(explain(rule, known)) };
    }
    Decision {
        changes: vec![Change::Importing { since: Some(at) }],
        effects: vec![EffectOrder {
            subject: Subject::catalogue(),
            not_after: at.checked_add(LIFE).ok(),
            urgent: false,
            effect: Effect::ReadCatalogue {},
        }],
        answer: Some(Answer::Done),
        ..Decision::nothing(explain("carousel.import", known))
    }
}

pub(super) fn read(read: &Catalogue, at: Instant, known: &Known) -> Decision<Change> {
    // An empty list is a failed download that does not know it.
    let empty = [("services", read.services.is_empty()), ("people", read.people.is_empty())];
    if let Some((what, _)) = empty.iter().find(|(_, empty)| *empty) {
        return ended_badly(&format!("empty_{what}"), "carousel.import.empty", at, known);
    }
    let before = known.catalogue.clone().unwrap_or_default();
    // Right credentials of another tenant show another tenant: its people must not take the place of ours while tickets are given out.
    if known.in_use && before.is_anothers(read) {
        return ended_badly(OTHER_TENANT, "carousel.import.empty", at, known);
    }
    let difference = before.difference(read);
    let imported = difference.counts(&before, at);
    let count = |counts: super::super::Counts| counts.inserted + counts.updated + counts.removed;
    let explanation = explain("carousel.import.read", known)
        .with("services", count(imported.services))
        .with("people", count(imported.people))
        .with("groups", count(imported.groups))
        .with("bindings", count(imported.bindings));
    let mut changes = vec![Change::Importing { since: None }, Change::ImportEnded { imported }];
    if !difference.is_empty() {
        changes.push(Change::Import { difference: Box::new(difference), at });
    }
    let notices = vec![NoticeChange::Clear { key: NOTICE.to_owned() }];
    Decision { changes, notices, ..Decision::nothing(explanation) }
}

pub(super) fn failed(detail: &str, at: Instant, known: &Known) -> Decision<Change> {
    ended_badly(detail, "carousel.import.failed", at, known)
}

fn ended_badly(trouble: &str, rule: &str, at: Instant, known: &Known) -> Decision<Change> {
    let imported = Imported { at: Some(at), trouble: Some(trouble.to_owned()), ..Imported::default() };
    let mut values = serde_json::Map::new();
    values.insert("detail".to_owned(), json!(trouble));
    Decision {
        changes: vec![Change::Importing { since: None }, Change::ImportEnded { imported }],
        notices: vec![NoticeChange::Raise(Notice {
            key: NOTICE.to_owned(),
            class: NoticeClass::Carousel,
            level: Level::Warning,
            subject: Subject::catalogue(),
            code: "carousel.import_failed".to_owned(),
            values,
            to: Audience::Everyone,
        })],
        ..Decision::nothing(explain(rule, known).with("detail", trouble))
    }
}
