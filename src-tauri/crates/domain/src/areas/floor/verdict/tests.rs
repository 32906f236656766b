//! The verdict: what each kind of evidence leads to, and what no evidence may lead to.

use proptest::{prelude::*, sample::select};
use strum::IntoEnumIterator as _;

use super::*;

fn evidence(reason: Option<ReasonKind>, colleagues: u32, probes: Probes, messenger: Messenger) -> Evidence {
    let at = Instant::UNIX_EPOCH;
    Evidence { reason, code: None, colleagues, probes, target: None, messenger, from: at, to: at }
}

fn verdict(reason: Option<ReasonKind>, colleagues: u32, probes: Probes) -> Verdict {
    weigh(&evidence(reason, colleagues, probes, Messenger::NotWatched)).verdict
}

#[test]
fn a_lost_connection_is_the_networks_only_when_something_else_says_so() {
    let lost = Some(ReasonKind::ConnectionLost);
    assert_eq!(verdict(lost, 0, Probes::Good), Verdict::DesktopClosed);
    assert_eq!(verdict(lost, 0, Probes::Bad), Verdict::Network);
    assert_eq!(verdict(lost, 4, Probes::Good), Verdict::Network);
    assert_eq!(verdict(lost, 2, Probes::NotWatched), Verdict::Unknown);
}

#[test]
fn a_dead_phone_is_not_the_persons() {
    assert_eq!(verdict(Some(ReasonKind::PhoneDown), 0, Probes::NotWatched), Verdict::Phone);
    assert_eq!(verdict(Some(ReasonKind::PhoneDown), 9, Probes::NotWatched), Verdict::Network);
}

#[test]
fn an_unanswered_call_is_nobodys_while_the_network_was_not_watched() {
    assert_eq!(verdict(Some(ReasonKind::DidNotAnswer), 0, Probes::NotWatched), Verdict::Unknown);
    assert_eq!(verdict(Some(ReasonKind::DidNotAnswer), 0, Probes::Good), Verdict::Person);
}

#[test]
fn without_a_reason_nobody_is_blamed() {
    assert_eq!(verdict(None, 0, Probes::Good), Verdict::Unknown);
    assert_eq!(verdict(Some(ReasonKind::OtherSystem), 0, Probes::Bad), Verdict::Unknown);
}

#[test]
fn a_messenger_that_went_off_at_the_same_time_says_that_the_desktop_was_closed() {
    let of = |reason, probes| {
        let judged = weigh(&evidence(reason, 0, probes, Messenger::WentOff));
        (judged.verdict, judged.rule)
    };
    let closed = (Verdict::DesktopClosed, "verdict.messenger_off".to_owned());
    assert_eq!(of(Some(ReasonKind::ConnectionLost), Probes::Good), closed);
    assert_eq!(of(Some(ReasonKind::DidNotAnswer), Probes::Good), closed, "and not the person");
    assert_eq!(of(None, Probes::Good), closed);
    assert_eq!(of(None, Probes::NotWatched).0, Verdict::Unknown, "the network may have cut it off");
    assert_eq!(of(Some(ReasonKind::ConnectionLost), Probes::Bad).0, Verdict::Network);
}

#[test]
fn whoever_was_present_and_away_is_the_cause_unless_the_network_was_bad() {
    let of = |reason, probes| weigh(&evidence(reason, 0, probes, Messenger::Away)).verdict;
    assert_eq!(of(None, Probes::NotWatched), Verdict::Person);
    assert_eq!(of(Some(ReasonKind::DidNotAnswer), Probes::NotWatched), Verdict::Person);
    assert_eq!(of(Some(ReasonKind::DidNotAnswer), Probes::Bad), Verdict::Network);
    assert_eq!(of(None, Probes::Bad), Verdict::Unknown);
    assert_eq!(of(Some(ReasonKind::ConnectionLost), Probes::NotWatched), Verdict::Unknown, "being away loses no link");
}

#[test]
fn a_judgement_from_before_presence_was_kept_can_still_be_read() {
    let old = serde_json::json!({ "reason": "connection_lost", "code": 32765, "colleagues": 0, "probes": "good",
        "from": "1970-01-01T00:00:00Z", "to": "1970-01-01T00:00:00Z" });
    let read: Evidence = serde_json::from_value(old).unwrap();
    assert_eq!((read.messenger, read.target), (Messenger::NotWatched, None));
}

/// How much a verdict lays at somebody's door.
fn blame(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Network | Verdict::Phone | Verdict::Unknown => 0,
        Verdict::DesktopClosed => 1,
        Verdict::Person => 2,
    }
}

const PROBES: [Probes; 3] = [Probes::NotWatched, Probes::Good, Probes::Bad];

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let reasons: Vec<Option<ReasonKind>> = ReasonKind::iter().map(Some).chain([None]).collect();
    let messengers: Vec<Messenger> = Messenger::iter().collect();
    (select(reasons), 0u32..6, select(PROBES.to_vec()), select(messengers))
        .prop_map(|(reason, colleagues, probes, messenger)| evidence(reason, colleagues, probes, messenger))
}

proptest! {
    /// What the messenger showed blames nobody more than without it, but by a rule that names the messenger.
    #[test]
    fn presence_is_never_held_against_anybody_without_saying_so(all in any_evidence()) {
        let judged = weigh(&all);
        let without = weigh(&Evidence { messenger: Messenger::NotWatched, ..all.clone() });
        if blame(judged.verdict) > blame(without.verdict) {
            prop_assert!(judged.rule.starts_with("verdict.messenger_"), "{judged:?}");
        }
        if matches!(all.messenger, Messenger::There | Messenger::Off) {
            prop_assert_eq!(judged.verdict, without.verdict);
        }
    }

    /// More colleagues with the same, and a network that was bad, only ever take blame away.
    #[test]
    fn trouble_all_around_takes_blame_away(all in any_evidence(), more in 0u32..6) {
        let judged = blame(weigh(&all).verdict);
        let crowd = Evidence { colleagues: all.colleagues + more, ..all.clone() };
        prop_assert!(blame(weigh(&crowd).verdict) <= judged);
        let bad = Evidence { probes: Probes::Bad, ..all };
        prop_assert!(blame(weigh(&bad).verdict) <= judged);
    }

    /// A source that told nothing of its own, and nobody who watched: unknown.
    #[test]
    fn where_nothing_was_seen_nothing_is_known(colleagues in 0u32..6) {
        for reason in [None, Some(ReasonKind::OtherSystem)] {
            let judged = weigh(&evidence(reason, colleagues, Probes::NotWatched, Messenger::NotWatched));
            prop_assert_eq!(judged.verdict, Verdict::Unknown);
        }
        let lost = evidence(Some(ReasonKind::ConnectionLost), colleagues.min(2), Probes::NotWatched, Messenger::NotWatched);
        prop_assert_eq!(weigh(&lost).verdict, Verdict::Unknown);
    }
}
