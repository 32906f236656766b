use super::{decide as decide_keyed, *};
use jiff::SignedDuration;

fn at(second: i64) -> Instant {
    Instant::from_second(1_760_000_000 + second).unwrap()
}

fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    decide_keyed(fact, &FactKey::from("k1"), at, known, policy)
}

fn policy() -> Policy {
    Policy {
        repeat: SignedDuration::from_secs(60),
        same_call: SignedDuration::from_secs(60),
        open_at_most: SignedDuration::from_hours(4),
        card_wait: SignedDuration::from_mins(10),
        region: "lt".to_owned(),
        wrapup: Default::default(),
        agency_service: true,
    }
}

fn nothing_known() -> Known {
    Known { next_call: CallId(7), open: vec![], call: None, agencies: vec![], twin: None, operator: None }
}

fn open_call(id: i64, began: i64) -> OpenCall {
    OpenCall {
        id: CallId(id),
        began: at(began),
        state: CallState::Open,
        theme: None,
        called_back: false,
        has_card: false,
    }
}

fn started(number: &str) -> Fact {
    Fact::CallStarted { ani: number.to_owned(), number: PhoneNumber::digits_of(number), curator: "c1".to_owned() }
}

fn rule_of(decision: &Decision<Change>) -> &str {
    &decision.explanation.rule
}

#[test]
fn a_number_that_is_short_or_withheld_makes_no_row() {
    for number in ["", "+", "unknown", "12", "1234"] {
        let decision = decide(&started(number), at(0), &nothing_known(), &policy());
        assert_eq!((decision.changes.len(), rule_of(&decision)), (0, "call_started.no_number"), "{number}");
    }
    assert_eq!(decide(&started("12345"), at(0), &nothing_known(), &policy()).changes.len(), 1);
}

#[test]
fn the_largest_of_several_agencies_is_taken_and_its_card_asked_for() {
    let known = Known { agencies: vec![AgencyId(90), AgencyId(12)], ..nothing_known() };
    let decision = decide(&started("+37060011122"), at(0), &known, &policy());
    assert_eq!(rule_of(&decision), "call_started.several_agencies");
    let [Change::Begin(call)] = decision.changes.as_slice() else { panic!("{decision:?}") };
    assert_eq!((call.id, call.agency, call.region.as_str()), (CallId(7), AgencyId(90), "lt"));
    let [order] = decision.effects.as_slice() else { panic!("{decision:?}") };
    assert!(order.urgent && matches!(order.effect, Effect::LookUpAgency { agency: AgencyId(90), .. }));
}

#[test]
fn an_unknown_number_is_recorded_with_agency_zero_and_asks_for_nothing() {
    let decision = decide(&started("+37060011122"), at(0), &nothing_known(), &policy());
    let [Change::Begin(call)] = decision.changes.as_slice() else { panic!("{decision:?}") };
    assert_eq!((call.agency, decision.effects.len()), (AgencyId(0), 0));
}

#[test]
fn a_repeat_counts_for_sixty_seconds_of_an_open_call_only() {
    let known = Known { open: vec![open_call(5, 0)], ..nothing_known() };
    for (second, rows) in [(0, 0), (60, 0), (61, 1), (-60, 0), (-61, 1)] {
        let decision = decide(&started("+37060011122"), at(second), &known, &policy());
        assert_eq!(decision.changes.len(), rows, "{second} s");
    }
}

#[test]
fn an_end_goes_to_the_newest_open_call_and_never_before_its_beginning() {
    let known = Known { open: vec![open_call(6, 30), open_call(5, 0)], ..nothing_known() };
    let end = Fact::CallEnded { number: PhoneNumber::digits_of("37060011122"), curator: "c1".to_owned() };
    assert_eq!(decide(&end, at(90), &known, &policy()).changes, [Change::End { call: CallId(6), at: Some(at(90)) }]);
    assert_eq!(decide(&end, at(10), &known, &policy()).changes, [Change::End { call: CallId(6), at: Some(at(30)) }]);
    assert_eq!(decide(&end, at(90), &nothing_known(), &policy()).answer, Some(Answer::NoSuchCall));
}

#[test]
fn a_theme_is_set_once_and_the_same_again_changes_nothing() {
    let fact = |theme: &str| Fact::ThemeSet { call: CallId(5), theme: theme.to_owned(), by: "c1".to_owned() };
    let known =
        Known { call: Some(OpenCall { theme: Some("Оплата".to_owned()), ..open_call(5, 0) }), ..nothing_known() };
    assert_eq!(decide(&fact("Оплата"), at(1), &known, &policy()).answer, Some(Answer::Unchanged));
    assert_eq!(decide(&fact("Другое"), at(1), &known, &policy()).changes.len(), 1);
    assert_eq!(decide(&fact("Другое"), at(1), &nothing_known(), &policy()).answer, Some(Answer::NoSuchCall));
}

#[test]
fn a_late_card_is_kept_once_and_a_lack_never_hides_a_card() {
    let found = Fact::AgencyFound { call: CallId(5), card: Box::default() };
    let missing =
        Fact::AgencyMissing { call: CallId(5), agency: AgencyId(1), lack: crate::areas::calls::Lack::TooLate };
    let waiting = Known { call: Some(open_call(5, 0)), ..nothing_known() };
    let has_card = Known { call: Some(OpenCall { has_card: true, ..open_call(5, 0) }), ..nothing_known() };
    for (fact, known, changes) in
        [(&found, &waiting, 1), (&found, &has_card, 0), (&missing, &waiting, 1), (&missing, &has_card, 0)]
    {
        assert_eq!(decide(fact, at(1), known, &policy()).changes.len(), changes, "{fact:?}");
    }
}

#[test]
fn a_reported_call_fills_its_own_row_then_its_twin_then_a_new_one() {
    let fact = Fact::CallReported(Box::new(ReportedCall { result: Some(1), ..ReportedCall::began("9", at(0)) }));
    let own = Known { call: Some(open_call(3, 0)), twin: Some(CallId(4)), ..nothing_known() };
    let twin = Known { twin: Some(CallId(4)), ..nothing_known() };
    for (known, row) in [(own, Some(CallId(3))), (twin, Some(CallId(4))), (nothing_known(), None)] {
        let decision = decide(&fact, at(1), &known, &policy());
        let [Change::Report { call, source_key, .. }] = decision.changes.as_slice() else { panic!("{decision:?}") };
        assert_eq!((*call, source_key.as_str()), (row, "feed/9"));
    }
}

#[test]
fn the_same_request_run_again_begins_no_second_call() {
    let known = Known { call: Some(OpenCall { state: CallState::Ended, ..open_call(5, 0) }), ..nothing_known() };
    let decision = decide(&started("+37060011122"), at(900), &known, &policy());
    assert_eq!((decision.changes.len(), rule_of(&decision)), (0, "call_started.again"));
}

#[test]
fn a_theme_from_the_telephony_goes_to_the_newest_open_call_else_to_a_fresh_ended_one() {
    let fact = |theme: &str| Fact::ThemeGiven {
        number: PhoneNumber::digits_of("37060011122"),
        curator: "c1".to_owned(),
        theme: theme.to_owned(),
    };
    let ended = OpenCall { state: CallState::Ended, ..open_call(4, 0) };
    let after_end = Known { call: Some(ended.clone()), ..nothing_known() };
    let talking = Known { open: vec![open_call(6, 30), open_call(5, 0)], call: Some(ended), ..nothing_known() };
    for (known, second, row) in
        [(&talking, 60, Some(6)), (&after_end, 3600, Some(4)), (&after_end, 3601, None), (&nothing_known(), 0, None)]
    {
        let decision = decide(&fact("Оплата"), at(second), known, &policy());
        let changes = row.map(|id| Change::SetTheme { call: CallId(id), theme: "Оплата".to_owned() });
        assert_eq!(decision.changes, Vec::from_iter(changes), "{second} s");
        assert_eq!(decision.answer, Some(if row.is_some() { Answer::Done } else { Answer::NoSuchCall }));
    }
    let same =
        Known { open: vec![OpenCall { theme: Some("Оплата".to_owned()), ..open_call(6, 0) }], ..nothing_known() };
    assert_eq!(decide(&fact("Оплата"), at(1), &same, &policy()).answer, Some(Answer::Unchanged));
}
